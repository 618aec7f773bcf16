"""Rows as frozen structs."""

from collections.abc import Sequence
from typing import Any, Self

from msgspec import Struct


class Record(Struct, frozen=True):
    """A row; the columns that are selected for it are in the order of its fields."""

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        return cls(*row)
