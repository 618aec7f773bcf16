"""The lock files: names, versions and hashes, for every system, without addresses.

So not uv.lock and not npm's `resolved`: they name the registry that was asked, which is
another one for each who installs.
"""

import hashlib
import json
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any, cast

from tools import ROOT, additions, uv
from tools.environment import DEVELOP, RUN
from tools.steps import run, say

COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
]
NPM_LOCKS = [ROOT / "web/package-lock.json", ROOT / "tests/agents/package-lock.json"]


def make(upgrade: bool = False) -> None:
    """Writes the Python locks anew; versions stay unless `upgrade`, or pyproject.toml, says otherwise."""
    extra = ["--upgrade"] if upgrade else []
    source = [ROOT / "pyproject.toml", "--extra", "postgres"]
    groups = ["--group", "dev", "--group", "node", "--constraints", RUN]
    _compile(RUN, [*source, *extra])
    _compile(DEVELOP, [*source, *extra, *groups])
    for name, lock in additions.LOCKS.items():
        _compile_addition(name, lock, extra)


def _compile_addition(name: str, lock: Path, extra: list[str]) -> None:
    """Only what the extra adds, in versions that stand beside those of all that .venv may hold."""
    with tempfile.TemporaryDirectory(prefix="antiphon-lock-") as folder:
        wanted = Path(folder) / "wanted.in"
        wanted.write_text("\n".join(_project()["project"]["optional-dependencies"][name]))
        _compile(lock, [wanted, "--constraints", DEVELOP, *extra])


def _compile(lock: Path, words: list[str | Path]) -> None:
    say(f"locking {lock.name} …")
    # Without the extra indexes and folders of this machine: only public files' hashes belong in a lock.
    run([uv.find(), *COMPILE, *words, "--output-file", lock], env=uv.environment(extras=False))
    lock.write_text(f"{_first_line()}\n{lock.read_text()}")


def problems() -> list[str]:
    """What is wrong with the locks, in words; empty when nothing is."""
    pythons = [RUN, DEVELOP, *additions.LOCKS.values()]
    found = [problem for lock in pythons for problem in python_problems(lock)]
    found += [problem for lock in additions.LOCKS.values() for problem in addition_problems(lock)]
    return found + [problem for lock in NPM_LOCKS if lock.exists() for problem in npm_problems(lock)]


def python_problems(lock: Path) -> list[str]:
    """A lock that is older than pyproject.toml's dependencies, or has a package without hashes."""
    text = lock.read_text()
    found: list[str] = []
    if not text.startswith(_first_line()):
        found.append(f"{lock.name} is not of pyproject.toml as it stands: ./dev lock")
    for entry in re.split(r"\n(?=\S)", text):
        if "==" in entry and "--hash=sha256:" not in entry:
            found.append(f"{lock.name}: no hash for {entry.split()[0]}")
    return found


def addition_problems(lock: Path) -> list[str]:
    """Packages that an addition would bring in another version than .venv has them in."""
    there, wanted = versions(DEVELOP), versions(lock)
    return [
        f"{lock.name}: {name} {wanted[name]}, but {there[name]} in {DEVELOP.name}: ./dev lock"
        for name in sorted(there.keys() & wanted.keys())
        if there[name] != wanted[name]
    ]


def versions(lock: Path) -> dict[str, str]:
    """Package → version, of a Python lock."""
    return dict(re.findall(r"^(\S+)==(\S+)", lock.read_text(), re.MULTILINE))


def npm_problems(lock: Path) -> list[str]:
    """A lock with addresses, without hashes, or made for one system only.

    npm drops other systems' packages from a lock when it makes it over an existing
    node_modules; such a lock installs here and fails elsewhere.
    """
    name = lock.relative_to(ROOT)
    packages: dict[str, dict[str, object]] = json.loads(lock.read_text())["packages"]
    found = [
        f"{name}: {path} has an address (resolved)" for path, entry in packages.items() if "resolved" in entry
    ]
    for path, entry in packages.items():
        if path and "integrity" not in entry and not entry.keys() & {"link", "inBundle"}:
            found.append(f"{name}: {path} has no hash (integrity)")
        for optional in _names(entry, "optionalDependencies"):
            if not _is_reachable(optional, path, packages):
                found.append(f"{name}: {optional} (of {path}) is left out; remove node_modules, lock again")
    return found


def _names(entry: dict[str, object], key: str) -> list[str]:
    return list(cast("dict[str, str]", entry.get(key, {})))


def _is_reachable(wanted: str, path: str, packages: dict[str, dict[str, object]]) -> bool:
    """Node's look-up: beside the package's own modules, then one folder up, and so on."""
    while path:
        if f"{path}/node_modules/{wanted}" in packages:
            return True
        path = path.rpartition("node_modules/")[0].rstrip("/")
    return f"node_modules/{wanted}" in packages


def _first_line() -> str:
    project = _project()
    wanted = [project["project"]["dependencies"], project["project"]["optional-dependencies"]]
    digest = hashlib.sha256(json.dumps([*wanted, project["dependency-groups"]]).encode()).hexdigest()
    return f"# Made by `./dev lock` from the dependencies in pyproject.toml ({digest[:16]})."


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
