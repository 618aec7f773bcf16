"""What is asked over REST of a project on a drive that has gone away."""

import asyncio
from pathlib import Path

from antiphon.log.projects import Project
from antiphon.presence import presence
from antiphon.server.api import projects
from tests.drive import PATIENT_SECONDS, Drive

ASKED = 50
"""More often than there are threads that everything shares."""


def project(path: Path) -> Project:
    return Project(key=1, id=path.name, user=1, name=path.name, path=str(path), created_at=1, last_activity=1)


async def test_the_list_tells_it_as_missing(drive: Drive, tmp_path: Path) -> None:
    """However often it is asked for: threads for everything else are left."""
    (tmp_path / "here").mkdir()
    rows = [project(drive.folder / "site"), project(tmp_path / "here")]
    drive.limit(0.05)
    assert await presence(drive.folder / "site") == "silent"
    drive.limit(PATIENT_SECONDS)
    for _ in range(ASKED):
        assert [(row.id, row.missing) for row in await projects.shown(rows)] == [
            ("site", True),
            ("here", False),
        ]
    assert await asyncio.to_thread(int) == 0
    assert drive.looks == {str(drive.folder / "site"): 1}
