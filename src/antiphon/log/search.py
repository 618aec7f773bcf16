"""The index of all that was said: `search.db`, beside the log and made of it.

1. It is no truth: it may be deleted at any time, and is made anew (so it is if it is damaged, or of another version).
2. What of a session is in it and how far (`progress`) are one transaction: a kill loses nothing and doubles nothing.
3. An entry's key is its time: newest first is the order of the keys, and a page is `key < before`.
4. It knows whose an entry is; whether its session lies in the trash, the log knows.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from antiphon.log import search_words as words

DATABASE = "search.db"
VERSION = 3
LAST = 2**63 - 1
"""No key is beyond it."""
SNIPPET_WORDS = 30
"""Of a message, around what was found (in Chinese a character is a word)."""
KEY_BITS = 20
"""Of a key, below its ms."""
LATEST = 2**42
"""ms since the Unix epoch: a later time counts as this one, as no key would hold it."""

_TABLES = """
    CREATE TABLE entry (
        key INTEGER PRIMARY KEY, session INTEGER NOT NULL, user INTEGER NOT NULL, project INTEGER NOT NULL,
        provider TEXT NOT NULL, seq INTEGER NOT NULL, turn TEXT, item TEXT, role TEXT NOT NULL
    );
    CREATE INDEX idx_entry_session ON entry (session);
    CREATE TABLE progress (session INTEGER PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, mark TEXT NOT NULL);
    CREATE VIRTUAL TABLE said USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2', prefix = '3');
"""


class Said(Struct, frozen=True, kw_only=True):
    """Something that a person or an agent said."""

    text: str
    at: int
    """ms since the Unix epoch."""
    role: str
    """person, agent."""
    seq: int = 0
    """Of its event; 0: only the agent's own record has it yet."""
    turn: str | None = None
    item: str | None = None


class Whose(Struct, frozen=True, kw_only=True):
    """The session that was spoken in."""

    session: int
    user: int
    project: int
    provider: str
    epoch: str


class Progress(Struct, frozen=True):
    """How far a session is in the index."""

    epoch: str
    seq: int
    """Of its log."""
    mark: str
    """The agent's file as it was when it was read, where the log holds nothing yet."""


class Hit(Struct, frozen=True):
    """Something said that was looked for."""

    key: int
    """The next page's `before`."""
    session: int
    """Its session's key."""
    seq: int
    turn: str | None
    item: str | None
    role: str
    parts: list[str]
    """What is around it, and what was found: by turns, beginning with what is around."""

    @property
    def at(self) -> int:
        """When it was said, ms since the Unix epoch."""
        return self.key >> KEY_BITS


class SearchIndex:
    """The file. Its methods block: call them off the event loop; any thread may, one at a time writes."""

    def __init__(self, folder: Path) -> None:
        """Open it, anew where it is not ours or damaged. Raises sqlite3.Error, OSError where there can be none."""
        self.path = folder / DATABASE
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._writing = threading.Lock()
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            self.close()
            self._remove()
            self._prepare()

    def interrupt(self) -> None:
        """Have what is asked of it end soon, by an error."""
        for connection in list(self._open):
            connection.interrupt()

    def close(self) -> None:
        """Let go of it. No thread may be at work with it."""
        while self._open:
            self._open.pop().close()
        self._local = threading.local()

    def progress(self, sessions: Sequence[int]) -> dict[int, Progress]:
        """How far each of these sessions is, where it is at all."""
        rows = self._connection().execute(_PROGRESS, (json.dumps(sessions),))
        return {session: Progress(*row) for session, *row in rows}

    def add(self, whose: Whose, said: Sequence[Said], seq: int, mark: str = "") -> None:
        """Add what was said: the session is indexed up to this seq now.

        Of another epoch, or of the agent's file, nothing stays.
        """
        with self._transaction() as db:
            row = db.execute(
                "SELECT epoch, seq, mark FROM progress WHERE session = ?", (whose.session,)
            ).fetchone()
            was = Progress(*row) if row else None
            if was and (was.epoch != whose.epoch or was.mark or mark):
                _forget(db, whose.session)
            elif was and was.seq >= seq:
                return
            for each in said:
                _insert(db, whose, each)
            db.execute(
                "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?)", (whose.session, whose.epoch, seq, mark)
            )

    def find(
        self,
        user: int,
        query: str,
        *,
        project: int | None = None,
        provider: str | None = None,
        before: int | None = None,
        limit: int = 20,
    ) -> list[Hit]:
        """What matches the query (`search_words.query`), the newest first."""
        values: Mapping[str, object] = {
            "query": query,
            "user": user,
            "project": project,
            "provider": provider,
            "before": LAST if before is None else before,
            "limit": limit,
            "words": SNIPPET_WORDS,
            "hit": words.HIT,
            "over": words.OVER,
        }
        rows = self._connection().execute(FIND, values)
        return [Hit(*row, parts=words.parts(snippet)) for *row, snippet in rows]

    # The file

    def _prepare(self) -> None:
        version = self._connection().execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            self._connection().execute("SELECT key FROM entry LIMIT 1").fetchone()
            return
        self.close()
        self._remove()
        db = self._connection()
        db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(DATABASE + suffix).unlink(missing_ok=True)

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            self.path.touch(mode=0o600)
            found = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._local.connection = found
            self._open.append(found)
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "cache_size=-4096"):
                found.execute(f"PRAGMA {pragma}").close()
        return found

    @contextlib.contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        db = self._connection()
        with self._writing:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


_PROGRESS = "SELECT session, epoch, seq, mark FROM progress WHERE session IN (SELECT value FROM json_each(?))"
FIND = """
    SELECT entry.key, entry.session, entry.seq, entry.turn, entry.item, entry.role,
        snippet(said, 0, :hit, :over, '…', :words)
    FROM said CROSS JOIN entry ON entry.key = said.rowid
    WHERE said MATCH :query AND said.rowid < :before
        AND entry.user = :user AND (:project IS NULL OR entry.project = :project)
        AND (:provider IS NULL OR entry.provider = :provider)
    ORDER BY said.rowid DESC LIMIT :limit
"""


def _forget(db: sqlite3.Connection, session: int) -> None:
    db.execute("DELETE FROM said WHERE rowid IN (SELECT key FROM entry WHERE session = ?)", (session,))
    db.execute("DELETE FROM entry WHERE session = ?", (session,))


def _insert(db: sqlite3.Connection, whose: Whose, said: Said) -> None:
    """At its ms's next free key."""
    first = min(max(said.at, 0), LATEST) << KEY_BITS
    taken = db.execute(
        "SELECT max(key) FROM entry WHERE key BETWEEN ? AND ?", (first, first | (1 << KEY_BITS) - 1)
    )
    key = max(first, (taken.fetchone()[0] or 0) + 1)
    db.execute("INSERT INTO said (rowid, text) VALUES (?, ?)", (key, words.indexed(said.text)))
    db.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            whose.session,
            whose.user,
            whose.project,
            whose.provider,
            said.seq,
            said.turn,
            said.item,
            said.role,
        ),
    )
