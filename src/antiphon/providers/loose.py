"""Reading JSON that another program wrote: typed, and whatever has a wrong shape counts as missing."""

from typing import Any, cast

Json = dict[str, Any]


def table(value: object, *path: str) -> Json:
    """The object at `path` in the value; {} when there is none."""
    for name in path:
        value = cast(Json, value).get(name) if isinstance(value, dict) else None
    return cast(Json, value) if isinstance(value, dict) else {}


def tables(value: object) -> list[Json]:
    """The objects in an array."""
    return (
        [cast(Json, each) for each in cast(list[object], value) if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


def text(value: object) -> str:
    """A string; "" when it is none."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The strings in an array that say something."""
    return (
        [said for each in cast(list[object], value) if (said := text(each))]
        if isinstance(value, list)
        else []
    )


def count(value: object) -> int | None:
    """A whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
