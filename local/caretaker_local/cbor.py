"""CBOR (RFC 8949), as far as AWS's protocol Smithy RPC v2 uses it; ministack asks for the package cbor2, which it does not bring.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""

import struct
import sys
from dataclasses import dataclass

UNSIGNED, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, OTHER = range(8)
FALSE, TRUE, NULL, UNDEFINED, HALF, SINGLE, DOUBLE, UNTIL_BREAK = 20, 21, 22, 23, 25, 26, 27, 31
BREAK = object()


@dataclass(frozen=True)
class CBORTag:
    """A value with its tag; 1 is a moment, in seconds since the epoch."""

    tag: int
    value: object


def install() -> None:
    """Stands in for the package where it is not installed."""
    try:
        import cbor2  # noqa: F401
    except ImportError:
        sys.modules["cbor2"] = sys.modules[__name__]


def loads(data: bytes):
    """The first item of `data`."""
    return Reader(data).item()


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = bytes(data), 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at:self.at + count]
        if len(part) < count:
            raise ValueError("the CBOR ends too early")
        self.at += count
        return part

    def item(self):
        head = self.take(1)[0]
        major, info = head >> 5, head & 31
        if major == OTHER:
            return self.other(info)
        size = None if info == UNTIL_BREAK else self.number(info)
        if major in (UNSIGNED, NEGATIVE):
            return size if major == UNSIGNED else -1 - size
        if major in (BYTES, TEXT):
            text = b"".join(part if isinstance(part, bytes) else part.encode() for part in self.items(None)) if size is None else self.take(size)
            return text.decode() if major == TEXT else text
        if major == LIST:
            return list(self.items(size))
        if major == MAP:
            flat = list(self.items(None if size is None else 2 * size))
            return dict(zip(flat[::2], flat[1::2]))
        # A moment is its seconds: nobody here asks for more.
        return self.item()

    def items(self, count: int | None):
        while count is None or count > 0:
            one = self.item()
            if one is BREAK:
                return
            yield one
            count = None if count is None else count - 1

    def number(self, info: int) -> int:
        return info if info < 24 else int.from_bytes(self.take(1 << (info - 24)), "big")

    def other(self, info: int):
        simple = {FALSE: False, TRUE: True, NULL: None, UNDEFINED: None, UNTIL_BREAK: BREAK}
        if info in simple:
            return simple[info]
        form, size = {HALF: (">e", 2), SINGLE: (">f", 4), DOUBLE: (">d", 8)}[info]
        return struct.unpack(form, self.take(size))[0]


def dumps(value) -> bytes:
    """`value`, of JSON's types, bytes and tags."""
    if value is None:
        return bytes([OTHER << 5 | NULL])
    if isinstance(value, bool):
        return bytes([OTHER << 5 | (TRUE if value else FALSE)])
    if isinstance(value, int):
        return head(UNSIGNED, value) if value >= 0 else head(NEGATIVE, -1 - value)
    if isinstance(value, float):
        return bytes([OTHER << 5 | DOUBLE]) + struct.pack(">d", value)
    if isinstance(value, bytes):
        return head(BYTES, len(value)) + value
    if isinstance(value, str):
        return head(TEXT, len(value.encode())) + value.encode()
    if isinstance(value, CBORTag):
        return head(TAG, value.tag) + dumps(value.value)
    if isinstance(value, dict):
        return head(MAP, len(value)) + b"".join(dumps(key) + dumps(one) for key, one in value.items())
    return head(LIST, len(value)) + b"".join(dumps(one) for one in value)


def head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    power = next(power for power in range(4) if number < 1 << (8 << power))
    return bytes([major << 5 | 24 + power]) + number.to_bytes(1 << power, "big")
