"""The command line of the local cloud."""

import argparse
import json
import shlex
import sys
from pathlib import Path

from caretaker_local import lifecycle
from caretaker_local.client import LocalCloudError
from caretaker_local.settings import BROKERS, PROFILES, Settings, client_environment

DEFAULT_STATE_DIR = Path(".local")


def main(arguments: list[str] | None = None) -> int:
    """Parses, runs one command, returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except LocalCloudError as error:
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="caretaker_local", description="The local cloud.")
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run in the foreground")
    server_options(serve, default_port=0)
    serve.add_argument("--ready-file", type=Path, help="written as JSON {endpoint, pid} once healthy")
    serve.set_defaults(run=run_serve)

    up = commands.add_parser("up", help="run in the background; prints the environment for `aws`")
    server_options(up, default_port=4566)
    up.set_defaults(run=run_up)

    down = commands.add_parser("down", help="end the one in the background")
    down.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
    down.set_defaults(run=run_down)

    status = commands.add_parser("status", help="is one running? exit code 1 if not")
    status.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
    status.set_defaults(run=run_status)

    deploy = commands.add_parser("deploy", help="deploy the template with the real sam; prints its outputs")
    deploy.add_argument("--endpoint", required=True)
    deploy.add_argument("--template", type=Path, default=Path("template.yaml"))
    deploy.add_argument("--binaries", type=Path, required=True, help="where cargo or cargo-lambda put them")
    deploy.add_argument("--stack", default="caretaker")
    deploy.add_argument("--parameter", action="append", default=[], metavar="KEY=VALUE")
    deploy.add_argument("--build-dir", type=Path, help="default: .local/deploy-STACK-PORT")
    deploy.set_defaults(run=run_deploy)

    world = commands.add_parser("world", help="what stands, by owner, as JSON")
    world.add_argument("--endpoint", required=True)
    world.set_defaults(run=run_world)

    environment = commands.add_parser("environment", help="put a Ready environment; prints its outputs")
    environment.add_argument("--endpoint", required=True)
    environment.add_argument("--fixture", type=Path, required=True)
    environment.add_argument("--table", required=True, help="the ledger")
    environment.set_defaults(run=run_environment)
    return root


def server_options(command: argparse.ArgumentParser, default_port: int) -> None:
    command.add_argument("--port", type=int, default=default_port, help="0: a free one")
    command.add_argument("--profile", choices=PROFILES, default="fast")
    command.add_argument("--time-scale", type=float, help="seconds here per second on AWS, in place of the profile's")
    command.add_argument("--broker", choices=BROKERS, default="none", help="a real one behind each replication group")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)


def run_serve(options) -> int:
    from caretaker_local import serve

    settings = Settings(options.profile, options.seed, options.state_dir.resolve(), options.time_scale, options.broker)
    return serve.main(options.port, settings, options.ready_file)


def run_up(options) -> int:
    server, already = lifecycle.up(
        options.state_dir.resolve(), options.port, options.profile, options.seed, options.time_scale, options.broker
    )
    note = "already up" if already else "up"
    print(f"# {note}: pid {server['pid']}, log {options.state_dir / 'local-cloud.log'}", file=sys.stderr)
    for name, value in client_environment(server["endpoint"]).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def run_down(options) -> int:
    ended = lifecycle.down(options.state_dir.resolve())
    print("down" if ended else "was not up", file=sys.stderr)
    return 0


def run_status(options) -> int:
    server = lifecycle.running(options.state_dir.resolve())
    print(json.dumps(server or {"endpoint": None, "pid": None}))
    return 0 if server else 1


def run_deploy(options) -> int:
    from caretaker_local.deploy import deploy

    outputs = deploy(
        options.endpoint, options.template, options.binaries, options.stack, options.parameter, options.build_dir
    )
    print(json.dumps(outputs, indent=2, sort_keys=True))
    return 0


def run_world(options) -> int:
    from caretaker_local.world import world

    print(json.dumps(world(options.endpoint), indent=2, sort_keys=True))
    return 0


def run_environment(options) -> int:
    from caretaker_local.environment import put_environment

    print(json.dumps(put_environment(options.endpoint, options.fixture, options.table), indent=2, sort_keys=True))
    return 0
