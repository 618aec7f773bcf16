"""What a measurement says: numbers with their floor and their aim, and how they are shown."""

import math
import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """One number."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    """What the machine does without Antiphon, in the same unit."""
    at_most: float | None = None
    at_least: float | None = None
    added: bool = False
    """The aim is for what Antiphon adds to the floor."""

    @property
    def judged(self) -> float:
        """The number that the aim is for."""
        return self.value - (self.floor or 0) if self.added else self.value

    @property
    def missed(self) -> bool:
        """Whether it is beyond its aim."""
        over = self.at_most is not None and self.judged > self.at_most
        return over or (self.at_least is not None and self.judged < self.at_least)


class Result(Struct, frozen=True, kw_only=True):
    """One measurement."""

    title: str
    how: str
    """What was measured, and what its floor is."""
    rows: Sequence[Row]
    checked: str
    """What was found whole."""


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def median_of(rounds: Iterable[Sequence[float]], percent: float) -> float:
    """The median of the rounds' percentiles: one disturbed round does not count."""
    return statistics.median(percentile(values, percent) for values in rounds)


COLUMNS = ("", "Antiphon", "floor", "ratio", "aim", "")


def table(result: Result) -> str:
    """The rows as a markdown table."""
    cells = [COLUMNS, *[_cells(row) for row in result.rows]]
    widths = [max(3, *(len(line[at]) for line in cells)) for at in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    value, floor = f"{_number(row.value)} {row.unit}", ""
    if row.floor is not None:
        floor = f"{_number(row.floor)} {row.unit}"
    ratio = f"{row.value / row.floor:.2g}" if row.floor else ""
    verdict = "" if not _aim(row) else "**missed**" if row.missed else "met"
    if row.added and verdict:
        verdict += f" ({_number(row.judged)} {row.unit} added)"
    return row.what, value, floor, ratio, _aim(row), verdict


def _aim(row: Row) -> str:
    added = " added" if row.added else ""
    if row.at_most is not None:
        return f"≤ {_number(row.at_most)} {row.unit}{added}"
    return f"≥ {_number(row.at_least)} {row.unit}{added}" if row.at_least is not None else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """What it was measured on."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; CPython {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def load() -> str:
    """How busy the machine is: processes that want to run, on average of the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
