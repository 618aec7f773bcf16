"""As much of protobuf's wire format as a fake of a service needs: no schema, fields by their numbers."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    """A whole number that is not negative."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: int | str | bytes) -> bytes:
    """A field: a number as a varint; a text, or a message's bytes, with their length."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """(number, value) of each field. Raises ValueError when it is no message."""
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                found.append((key >> 3, value))
            case 2:
                size, at = _varint(data, at)
                found.append((key >> 3, data[at : at + size]))
                at += size
            case 1 | 5 as kind:
                size = 8 if kind == FIXED64 else 4
                found.append((key >> 3, data[at : at + size]))
                at += size
            case kind:
                raise ValueError(f"wire type {kind}")
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def get(data: bytes | None, *path: int) -> bytes | None:
    """The bytes at this path of field numbers; None when there are none."""
    for number in path:
        if data is None:
            return None
        data = next(
            (value for found, value in fields(data) if found == number and isinstance(value, bytes)), None
        )
    return data
