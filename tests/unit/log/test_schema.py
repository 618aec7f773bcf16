"""The schema: made by migrations, on databases new and old, with its indexes after every start."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from antiphon.log import consents, schema
from antiphon.log.errors import LogUnwritable
from antiphon.log.projects import list_projects
from antiphon.log.sessions import get_session, list_sessions
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.testing.pen import Pen

PROMISED = {
    "idx_session_metadata_last_activity": ["last_activity"],
    "idx_session_metadata_project_activity": ["project_name", "last_activity"],
}


def start(folder: Path, times: int = 1) -> None:
    """Open and close the log."""

    async def run() -> None:
        await (await Log.open(folder)).close()

    for _ in range(times):
        asyncio.run(run())


def promised(folder: Path) -> dict[str, list[str]]:
    """The columns of the promised indexes, as `PRAGMA index_list(session_metadata)` shows them."""
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        names = {row[1] for row in raw.execute("PRAGMA index_list(session_metadata)")}
        return {
            name: [row[2] for row in raw.execute(f"PRAGMA index_info({name})")]
            for name in PROMISED
            if name in names
        }


def prepare(folder: Path, script: str) -> Path:
    """A database that somebody made before."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        raw.executescript(script)
    return folder


def migrated(folder: Path) -> None:
    """Make the log by its migrations, as on a database that is not empty."""
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        raw.execute("CREATE TABLE recipe (name TEXT)")
    start(folder)
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        raw.execute("DROP TABLE recipe")


@pytest.mark.parametrize("make", [start, migrated], ids=["at once", "by migrations"])
def test_migrations_make_the_schema(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """What the migrations make is what the tables here say, and every index is there; so it is on an empty database."""
    make(tmp_path)
    with create_engine(f"sqlite:///{tmp_path / 'antiphon.db'}").connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
    with closing(sqlite3.connect(tmp_path / "antiphon.db")) as raw:
        found = dict(
            raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        )
        stamp = raw.execute("SELECT version_num FROM alembic_version").fetchall()
    assert stamp == [(schema.REVISION,)]
    assert set(found) == {str(index.name) for index in schema.INDEXES}
    for index in schema.INDEXES:
        where = index.dialect_options["sqlite"]["where"]
        assert (f"WHERE {where}" in found[str(index.name)]) == (where is not None)
        assert ("UNIQUE" in found[str(index.name)]) == index.unique


def test_the_promised_indexes_are_there_after_two_restarts(tmp_path: Path) -> None:
    """On a new database."""
    start(tmp_path, 3)
    assert promised(tmp_path) == PROMISED


@pytest.mark.parametrize("index", sorted(str(index.name) for index in schema.INDEXES))
def test_an_index_dropped_by_hand_comes_back(tmp_path: Path, index: str) -> None:
    """Each index is made at every start where it is missing."""
    start(tmp_path)
    with closing(sqlite3.connect(tmp_path / "antiphon.db")) as raw:
        raw.execute(f"DROP INDEX {index}")
        before = raw.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (index,)).fetchone()
        assert before == (0,)
    start(tmp_path)
    with closing(sqlite3.connect(tmp_path / "antiphon.db")) as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (index,)).fetchone() == (1,)


EARLIER = """
    CREATE TABLE session_metadata (
        session_id TEXT PRIMARY KEY, project_name TEXT NOT NULL, provider TEXT NOT NULL, display_name TEXT,
        last_activity TEXT, message_count INTEGER DEFAULT 0, is_starred INTEGER DEFAULT 0, metadata TEXT,
        created_at TEXT DEFAULT CURRENT_TIMESTAMP
    );
    INSERT INTO session_metadata VALUES
        ('s-1', 'app', 'claude', 'One', '2026-01-02 03:04:05', 7, 1, '{"a":1}', '2026-01-01 00:00:00'),
        ('s-2', 'app', 'codex', NULL, '1767323046', 0, 0, NULL, NULL),
        ('an id with spaces', '/home/work', 'cursor', 'Three', NULL, 2, 0, NULL, '2026-01-01T00:00:00Z');
"""
INDEX = {
    "activity": "CREATE INDEX idx_session_metadata_last_activity ON session_metadata (last_activity);",
    "project": "CREATE INDEX idx_session_metadata_project_activity ON session_metadata (project_name, last_activity);",
}


@pytest.mark.parametrize("indexes", [(), ("activity",), ("project",), ("activity", "project")], ids="+".join)
def test_an_earlier_table_is_brought_over(tmp_path: Path, indexes: tuple[str, ...]) -> None:
    """Sessions of a database made before, with or without the indexes, are in the lists; the old table stays."""
    folder = prepare(tmp_path / "data", EARLIER + "".join(INDEX[name] for name in indexes))
    start(folder, 3)
    assert promised(folder) == PROMISED
    found = asyncio.run(listed(folder))
    by_title = {s.title: s for s in found}
    assert by_title.keys() == {"One", "", "Three"}
    assert by_title[""].last_activity == 1767323046000
    assert by_title["Three"].last_activity == by_title["Three"].created_at == 1767225600000
    one = by_title["One"]
    assert (one.id, one.provider, one.project_name, one.message_count, one.starred) == (
        "s-1",
        "claude",
        "app",
        7,
        True,
    )
    assert (one.last_activity, one.native_session) == (1767323045000, "s-1")
    assert by_title["Three"].native_session == "an id with spaces"
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        assert raw.execute("SELECT count(*) FROM session_metadata_earlier").fetchone() == (3,)


def test_an_earlier_table_of_another_form_is_brought_over(tmp_path: Path) -> None:
    """Whatever columns it has, doubled ids and odd values included: no session is left out."""
    script = """
        CREATE TABLE session_metadata (session_id, provider, project_name, message_count, is_starred, last_activity);
        INSERT INTO session_metadata VALUES
            ('s-1', 'claude', 'app', 'many', 'yes', 'yesterday'), ('s-1', 'codex', 'app', NULL, NULL, NULL),
            (NULL, NULL, NULL, 3, 1, 1767323045000), (7, 'cursor', '', '5', '0', 1767323045.5);
    """
    folder = prepare(tmp_path / "data", script)
    start(folder, 2)
    assert promised(folder) == PROMISED
    found = asyncio.run(listed(folder))
    assert len({s.id for s in found}) == 4
    assert sorted(s.provider for s in found) == ["claude", "claude", "codex", "cursor"]
    assert sorted(s.message_count for s in found) == [0, 0, 3, 5]
    assert [s.last_activity for s in found][-2:] == [1767323045500, 1767323045000]


async def listed(folder: Path):
    """The sessions in the log's list."""
    log = await Log.open(folder)
    found = await log.read(lambda conn: list_sessions(conn, the_user(conn).key))
    await log.close()
    return found


@pytest.mark.parametrize("version", [0, 7])
def test_a_database_of_another_program_is_no_newer_one(tmp_path: Path, version: int) -> None:
    """Another program's stamp does not keep the log from being made; its tables are left alone."""
    script = f"CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup'); PRAGMA user_version = {version};"
    folder = prepare(tmp_path / "data", script)
    start(folder, 2)
    assert promised(folder) == PROMISED
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        assert raw.execute("SELECT name FROM recipe").fetchall() == [("soup",)]


async def test_our_tables_without_a_stamp_are_kept(log: Log, pen: Pen) -> None:
    """A database that lost its stamp gets it again, with every row where it was."""
    await log.close()
    with closing(sqlite3.connect(log.folder / "antiphon.db")) as raw:
        raw.execute("DROP TABLE alembic_version")
        raw.execute("DROP INDEX idx_session_metadata_last_activity")
    again = await Log.open(log.folder)
    assert await again.read(partial(get_session, user=None, id=pen.session.id)) is not None
    assert len(await again.read(lambda conn: list_projects(conn, the_user(conn).key))) == 1
    await again.close()
    assert promised(log.folder) == PROMISED


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration is one transaction: after its failure the earlier database is as it was, and the next start works."""
    folder = prepare(tmp_path / "data", EARLIER)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def tables() -> list[tuple[str]]:
        with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
            return raw.execute("SELECT sql FROM sqlite_master ORDER BY 1").fetchall()

    before = tables()
    with monkeypatch.context() as patch:
        patch.setattr("antiphon.log.run._count", fail)
        with pytest.raises(LogUnwritable, match="No space left"):
            start(folder)
    assert tables() == before
    start(folder)
    assert len(asyncio.run(listed(folder))) == 3


LOADED = """
import asyncio, sys
from pathlib import Path
from antiphon.log.store import Log

async def run():
    await (await Log.open(Path(sys.argv[1]))).close()

asyncio.run(run())
print("alembic" in sys.modules)
"""


def test_alembic_is_loaded_for_a_migration_only(tmp_path: Path) -> None:
    """The start on an earlier database loads it; one on an empty database or on a schema of today does not."""

    def loaded(folder: Path) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", LOADED, str(folder)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return ran.stdout.strip()

    earlier = prepare(tmp_path / "earlier", EARLIER)
    assert [loaded(earlier), loaded(earlier)] == ["True", "False"]
    assert [loaded(tmp_path / "new"), loaded(tmp_path / "new")] == ["False", "False"]


async def test_a_database_of_the_first_version_is_brought_to_this_one(log: Log, pen: Pen) -> None:
    """What 0001 made gets what came later, stamp or no stamp, with every row where it was."""
    for stamp in ("UPDATE alembic_version SET version_num = '0001'", "DROP TABLE alembic_version"):
        await log.close()
        with closing(sqlite3.connect(log.folder / "antiphon.db")) as raw:
            raw.executescript(
                "DROP TABLE permission_rule; DROP TABLE consent; DROP INDEX idx_session_metadata_tasks;"
                "ALTER TABLE session_metadata DROP COLUMN lost; ALTER TABLE session_metadata DROP COLUMN tasks;"
                + stamp
            )
        log = await Log.open(log.folder)
        found = await log.read(partial(get_session, user=None, id=pen.session.id))
        assert found is not None and not found.lost and found.tasks == 0
    await log.close()
    with create_engine(f"sqlite:///{log.folder / 'antiphon.db'}").connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []


async def test_a_database_of_the_version_before_consents_gets_their_table(
    log: Log, pen: Pen, user: int
) -> None:
    """Stamp or no stamp, table or no table; what was agreed to before a stamp was lost stands."""
    project = pen.session.project
    for wreck in (
        "DROP TABLE consent; UPDATE alembic_version SET version_num = '0003'",
        "DROP TABLE alembic_version",
    ):
        await log.close()
        with closing(sqlite3.connect(log.folder / "antiphon.db")) as raw:
            raw.executescript(wreck)
        log = await Log.open(log.folder)
        await log.write(lambda conn: consents.give(conn, user, project, "practice", 5))
        assert len(await log.read(lambda conn: consents.list_consents(conn, user))) == 1
    await log.close()
    with create_engine(f"sqlite:///{log.folder / 'antiphon.db'}").connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
