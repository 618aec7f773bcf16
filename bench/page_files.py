"""A large folder, as the page asks for it: files by letters of their names, and what changed since the last commit."""

import subprocess
import time
from pathlib import Path

from bench.figures import Row, percentile
from bench.served import Server
from bench.wire import Wrong

FILES, CHANGED = 40_000, 20
GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]


async def rows(server: Server, times: int) -> list[Row]:
    """Both, so many times, in a folder that was looked at once before."""
    work = server.folder / "work"
    _fill(work)
    project = (await server.get("/api/projects"))["projects"][0]["id"]
    named = await _named(server, project, times)
    _commit(work)
    changed, status = await _changed(server, project, work, times)
    return [
        Row(what=f"@ in {FILES:,} files, p50", value=percentile(named, 50), unit="ms", at_most=50),
        Row(what=f"@ in {FILES:,} files, p99", value=percentile(named, 99), unit="ms"),
        Row(
            what=f"what changed in {FILES:,} files, p50",
            value=percentile(changed, 50),
            floor=percentile(status, 50),
            unit="ms",
            at_most=500,
        ),
    ]


def _fill(work: Path) -> None:
    for folder in range(FILES // 400):
        place = work / f"part-{folder}"
        place.mkdir()
        for number in range(400):
            (place / f"module_{number}.py").touch()


async def _named(server: Server, project: str, times: int) -> list[float]:
    """ms of each request for files by some letters."""
    took = []
    for number in range(-1, times):  # the first looks through the folder
        began = time.perf_counter()
        found = await server.get(f"/api/projects/{project}/file-names?match=p{number % 90}mod3")
        took.append(1000 * (time.perf_counter() - began))
        if not found["files"]:
            raise Wrong("no file was found")
    return took[1:]


def _commit(work: Path) -> None:
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "all"]):
        subprocess.run([*GIT, *words], cwd=work, check=True)


async def _changed(server: Server, project: str, work: Path, times: int) -> tuple[list[float], list[float]]:
    """ms of each look at what changed, and of `git status` beside it."""
    for number in range(CHANGED):
        (work / f"part-{number}/module_7.py").write_text("changed = True\n")
    took, status = [], []
    for _ in range(-1, times):
        began = time.perf_counter()
        found = await server.get(f"/api/projects/{project}/changes")
        took.append(1000 * (time.perf_counter() - began))
        if len(found["files"]) != CHANGED:
            raise Wrong("not all that changed was told")
        status.append(_status(work))
    return took[1:], status[1:]


def _status(work: Path) -> float:
    began = time.perf_counter()
    subprocess.run(["git", "status", "--porcelain"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - began)
