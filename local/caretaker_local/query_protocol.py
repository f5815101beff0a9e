"""AWS's query protocol: `Tags.Tag.1.Key=…` back into nested parameters."""


def unflatten(shape, flat: dict[str, str]) -> dict:
    """The parameters of a structure, as its shape says."""
    result = {}
    for name, member in shape.members.items():
        value = next((value for key in keys(member, name) if (value := read(member, key, flat)) is not None), None)
        if value is not None:
            result[name] = value
    return result


def keys(member, name: str):
    """How a member is called on the wire; EC2 has a name of its own for requests, or begins it with a capital letter."""
    if "queryName" in member.serialization:
        yield member.serialization["queryName"]
    wire = member.serialization.get("name", name)
    yield wire
    yield wire[:1].upper() + wire[1:]


def read(shape, key: str, flat: dict[str, str]):
    """The value under `key`, or None if it was not sent."""
    if shape.type_name == "structure":
        inner = below(key, flat)
        return unflatten(shape, inner) if inner else None
    if shape.type_name == "list":
        return read_list(shape, key, flat)
    if shape.type_name == "map":
        return read_map(shape, key, flat)
    return None if key not in flat else scalar(shape.type_name, flat[key])


def read_list(shape, key: str, flat: dict[str, str]):
    inner = below(key, flat)
    if not inner:
        # `Key=` is how an empty list travels.
        return [] if flat.get(key) == "" else None
    if not shape.serialization.get("flattened"):
        # AWS takes the member's own name as well as "member".
        names = (shape.member.serialization.get("name"), "member")
        prefix = next((name for name in names if name and below(name, inner)), None)
        inner = below(prefix, inner) if prefix else inner
    numbers = sorted({int(part) for part in (rest.partition(".")[0] for rest in inner) if part.isdigit()})
    return [read(shape.member, str(number), inner) for number in numbers]


def read_map(shape, key: str, flat: dict[str, str]):
    inner = below(key, flat)
    inner = below("entry", inner) or inner
    result = {}
    for number in sorted({rest.partition(".")[0] for rest in inner}):
        entry = below(number, inner)
        if "key" in entry:
            result[entry["key"]] = read(shape.value, "value", entry)
    return result or None


def below(key: str, flat: dict[str, str]) -> dict[str, str]:
    """The entries under `key.`, without that prefix."""
    return {rest[len(key) + 1:]: value for rest, value in flat.items() if rest.startswith(f"{key}.")}


def scalar(type_name: str, text: str):
    if type_name in ("integer", "long"):
        return int(text) if text.lstrip("-").isdigit() else text
    if type_name in ("float", "double"):
        try:
            return float(text)
        except ValueError:
            return text
    if type_name == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text
