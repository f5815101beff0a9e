"""Reads and writes CloudFormation YAML, keeping its short functions (!Ref, !Sub, …)."""

from dataclasses import dataclass

import yaml


@dataclass(frozen=True)
class Short:
    """A value under a short tag, such as `!Sub`."""

    tag: str
    value: object


class Loader(yaml.SafeLoader):
    """SafeLoader with CloudFormation's tags, and dates left as text (policy versions)."""


class Dumper(yaml.SafeDumper):
    """Writes what Loader read."""

    def ignore_aliases(self, _data):
        return True


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def construct_short(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return Short(suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return Short(suffix, loader.construct_sequence(node, deep=True))
    return Short(suffix, loader.construct_mapping(node, deep=True))


def represent_short(dumper, short):
    tag = f"!{short.tag}"
    if isinstance(short.value, str):
        return dumper.represent_scalar(tag, short.value)
    if isinstance(short.value, list):
        return dumper.represent_sequence(tag, short.value)
    return dumper.represent_mapping(tag, short.value)


Loader.add_multi_constructor("!", construct_short)
Dumper.add_representer(Short, represent_short)


def load(text: str) -> dict:
    """The template as plain data, short functions as `Short`."""
    return yaml.load(text, Loader)  # noqa: S506 (Loader is a SafeLoader)


def dump(template: dict) -> str:
    """The template as YAML again."""
    return yaml.dump(template, Dumper=Dumper, sort_keys=False, width=10_000)
