"""`python -m bench [--quick] [--write] [NAMES…]`: measure, print, and (`--write`) tell it in docs/performance.md."""

import argparse
import datetime
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench import figures

NAMES = ("stream", "burst", "lists", "screen", "start", "answers", "page", "claude")
PAGE = Path(__file__).parent.parent / "docs/performance.md"

INTRODUCTION = """# Performance

Measured by `./dev bench` on {machine}, on {day}, at a {load}. `./dev bench --write` measures all of it
anew and writes this page. The floor is what the machine does without Antiphon, by the same reader; a ratio
is Antiphon's number by the floor's. Nothing counts that is not whole: each measurement says what it checked.
"""


def main() -> int:
    """Measure. Exit code 1: an aim was missed."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure Antiphon.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; none: all")
    parser.add_argument("--quick", action="store_true", help="few rounds: a first look, no figures to quote")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    if arguments.write and (arguments.names or arguments.quick):
        parser.error("--write measures everything, and thoroughly")
    load = figures.load()
    print(f"{figures.machine()}; {load}", flush=True)
    results = [_measure(name, arguments.quick) for name in arguments.names or NAMES]
    if arguments.write:
        PAGE.write_text(_page(results, load))
        print(f"written: docs/{PAGE.name}")
    return 1 if any(row.missed for result in results for row in result.rows) else 0


def _measure(name: str, quick: bool) -> figures.Result:
    result = uvloop.run(importlib.import_module(f"bench.{name}").run(quick))
    print(f"\n{_section(result)}({figures.load()})", flush=True)
    return result


def _page(results: Sequence[figures.Result], load: str) -> str:
    day = datetime.date.today().isoformat()
    introduction = INTRODUCTION.format(machine=figures.machine(), day=day, load=load)
    return "\n".join([introduction, *map(_section, results)])


def _section(result: figures.Result) -> str:
    return f"## {result.title}\n\n{result.how}\n\n{figures.table(result)}\n\nChecked: {result.checked}.\n"


sys.exit(main())
