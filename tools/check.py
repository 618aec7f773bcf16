"""`./dev check`: every check runs, also when another fails; what failed is told in full at the end."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tools import ROOT, docs_check, environment, locks, node, packaging_check, protocol_types, tree_check
from tools.page import WEB
from tools.steps import Stop

BIN = environment.VENV / "bin"
LIMIT_SECONDS = 600
"""For one check; the slowest takes a small part of it."""

PYTHON_FOLDERS = ["src", "tests", "tools", "bench", "examples", "hatch_build.py", "dev"]


@dataclass(frozen=True)
class Result:
    """What a check said."""

    name: str
    problem: str
    """Empty: all is well."""
    seconds: float


Check = Callable[[], str]
"""Returns what is wrong, in words; empty when nothing is."""


def run(names: Iterable[str] = ()) -> list[str]:
    """Runs the named checks (none: all but the slow `packaging`); returns the names of those that failed."""
    chosen = _choose(list(names))
    results: list[Result] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for done in as_completed([pool.submit(_measure, name, check) for name, check in chosen.items()]):
            results.append(done.result())
            _print_line(results[-1])
    failed = [result for result in results if result.problem]
    for result in failed:
        print(f"\n---- {result.name} ----\n{result.problem.rstrip()}", flush=True)
    print(f"\ncheck: {len(failed)} of {len(results)} failed" if failed else f"check: {len(results)} passed")
    return [result.name for result in failed]


def all_checks() -> dict[str, Check]:
    """By name, the slow ones first, so that they do not come last."""
    folders = [name for name in PYTHON_FOLDERS if (ROOT / name).exists()]
    return {
        "page": _page,
        "types": _command([BIN / "basedpyright", "--level", "error"]),
        "eslint": _npm("lint"),
        "tsc": _npm("typecheck"),
        "generated": protocol_types.problem,
        "layers": _command([BIN / "lint-imports", "--no-cache"], PYTHONPATH="src"),
        "ruff": _command([BIN / "ruff", "check", "--quiet", "--output-format", "concise", *folders]),
        "format": _command([BIN / "ruff", "format", "--check", "--output-format", "concise", *folders]),
        "docs": lambda: "\n".join(docs_check.problems()),
        "tree": lambda: "\n".join(tree_check.problems()),
        "locks": lambda: "\n".join(locks.problems()),
    }


def _choose(names: list[str]) -> dict[str, Check]:
    checks = all_checks()
    known = checks | {"packaging": packaging_check.problem}
    if unknown := [name for name in names if name not in known]:
        raise Stop(f"no such check: {', '.join(unknown)}. There are: {', '.join(known)}.")
    return {name: known[name] for name in names} or checks


def _measure(name: str, check: Check) -> Result:
    start = time.monotonic()
    try:
        problem = check()
    except Stop as stop:
        problem = str(stop)
    except Exception as error:  # a check that breaks has not passed; the others still run
        problem = f"the check itself failed: {type(error).__name__}: {error}"
    return Result(name, problem, time.monotonic() - start)


def _print_line(result: Result) -> None:
    print(f"  {'FAILED' if result.problem else 'ok':6}  {result.name:10} {result.seconds:5.1f} s", flush=True)


def _page() -> str:
    environment.prepare_package()
    return ""


def _npm(script: str) -> Check:
    def check() -> str:
        found = node.of_venv()
        return run_command(found.npm("run", "--silent", script), WEB, found.environment())

    return check


def _command(argv: list[str | Path], **variables: str) -> Check:
    return lambda: run_command([str(word) for word in argv], ROOT, {**os.environ, **variables})


def run_command(argv: list[str], cwd: Path, env: Mapping[str, str]) -> str:
    """What the command printed if it failed, otherwise nothing."""
    done = subprocess.run(
        argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=LIMIT_SECONDS,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout or f"{argv[0]} ended with exit code {done.returncode}"
