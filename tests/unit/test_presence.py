"""Whether a folder is there, and what a drive that has gone away holds up: nothing."""

import asyncio
import subprocess
import sys
from pathlib import Path

from antiphon import presence as asked
from antiphon.presence import missing, presence, presence_now
from tests.drive import Drive


async def test_how_it_is_with_a_folder(tmp_path: Path) -> None:
    """There, gone, no folder; what is no path is not there either."""
    (tmp_path / "file").touch()
    assert await presence(tmp_path) == "there" and await missing(tmp_path) == ""
    for path, found in (("none", "gone"), ("file", "no-folder"), ("file/below", "gone"), ("a\0b", "gone")):
        assert await presence(tmp_path / path) == presence_now(tmp_path / path) == found
        assert await missing(tmp_path / path)


async def test_everything_else_goes_on(drive: Drive, tmp_path: Path) -> None:
    """While somebody waits for a dead drive; once it is back its folder is there."""
    waiting = asyncio.create_task(presence(drive.folder / "site"))
    await asyncio.sleep(0)
    assert await presence(tmp_path) == "there"
    assert await asyncio.to_thread(presence_now, tmp_path) == "there"
    assert not waiting.done()
    drive.comes_back()
    assert await waiting == "there"


async def test_a_dead_drive_is_told(drive: Drive) -> None:
    """Within the limit, in words; later at once, until its look has come back."""
    drive.limit(0.05)
    folder = drive.folder / "site"
    assert "does not answer" in await missing(folder)
    drive.limit(1000)
    assert await asyncio.to_thread(presence_now, folder) == await presence(folder) == "silent"
    look = asked._looks.at(folder)
    drive.comes_back()
    await asyncio.wrap_future(look.answer)
    assert await presence(folder) == "there"


async def test_many_who_ask_cost_one_look(drive: Drive) -> None:
    """However often a list is asked for, its dead folder holds up one thread."""
    drive.limit(0.05)
    folder = drive.folder / "site"
    for _ in range(2):
        assert set(await asyncio.gather(*(presence(folder) for _ in range(50)))) == {"silent"}
    assert drive.looks == {str(folder): 1}


async def test_many_dead_folders_hold_up_no_other(drive: Drive, tmp_path: Path) -> None:
    """More of them than there are threads, asked for before those that answer, and long after."""
    dead = [asyncio.create_task(presence(drive.folder / str(n))) for n in range(3 * asked.THREADS)]
    await asyncio.sleep(0)
    alive = [tmp_path / str(n) for n in range(3 * asked.THREADS)]
    for folder in alive:
        folder.mkdir()
    for _ in range(2):
        found = await asyncio.gather(*(presence(folder) for folder in alive))
        assert found == ["there"] * len(alive)
    assert not any(task.done() for task in dead)
    drive.comes_back()
    assert set(await asyncio.gather(*dead)) == {"gone"}


ENDING = """
import asyncio, time
from pathlib import Path
from antiphon import presence
presence.LIMIT_SECONDS = 0.1
presence._seen = lambda _: time.sleep(3600)
print(asyncio.run(presence.presence(Path("/mnt"))))
"""


def test_a_dead_drive_keeps_nothing_from_ending() -> None:
    """The thread that waits for it ends with the program."""
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "silent\n"
