"""What another program writes to an agent's conversation: read, followed, and never mixed up with ours."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from antiphon.log import imports as import_rows
from antiphon.log import sessions as rows
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.model.replies import Accepted, Notice, Rejected
from antiphon.providers.base import Outcome, Prompt
from antiphon.providers.claude.history import ClaudeHistory
from antiphon.sessions import subscription
from antiphon.sessions.importing import Importing
from antiphon.sessions.importing_lines import read_chunk
from antiphon.sessions.native import Claims
from antiphon.sessions.session import Session
from antiphon.sessions.supervisor import IDLE_AGENT_SECONDS, Supervisor
from antiphon.testing.scripted import ScriptedAgent, done
from tests.unit.sessions.conftest import World, no_environment

NATIVE = "3fb1ed79-35b3-4602-947e-65406da3e003"
FORK = "4fb1ed79-35b3-4602-947e-65406da3e003"


class History(ClaudeHistory):
    """Claude's transcripts, for the scripted agent."""

    provider = "scripted"


class Terminal:
    """Another program, writing to a transcript."""

    def __init__(self, world: "Home", native: str = NATIVE) -> None:
        self.world, self.native = world, native
        self.path = world.folder / "home" / "projects" / "-work" / f"{native}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.written = 0

    def write(self, type: str, content: Any, *, uuid: str = "", cut: bool = False, **message: Any) -> str:
        """Write one line as of the clock's now (`cut`: without its end); returns its uuid."""
        self.written += 1
        uuid = uuid or f"{self.written:08d}-0000-4000-8000-000000000000"
        at = datetime.fromtimestamp(self.world.clock.now() / 1000, UTC).isoformat()
        body = {"role": type, "content": content, **message}
        line = {"type": type, "uuid": uuid, "timestamp": at, "cwd": str(self.world.work), "message": body}
        with self.path.open("a") as file:
            file.write(
                json.dumps(line | {"sessionId": self.native}, separators=(",", ":")) + ("" if cut else "\n")
            )
        return uuid

    def prompt(self, text: str, **more: Any) -> str:
        return self.write("user", text, **more)

    def answer(self, text: str, **more: Any) -> str:
        return self.write("assistant", [{"type": "text", "text": text}], stop_reason="end_turn", **more)


class Home(World):
    """A node whose scripted agent keeps transcripts as Claude does."""

    async def start(self) -> None:
        self.log = await Log.open(self.folder / "data")
        self.history = History(self.folder / "home")
        self.claims = Claims(self.folder / "claims", str(self.folder / "data"))
        self.supervisor = self._supervise()
        await self.supervisor.start()

    def _supervise(self) -> Supervisor:
        return Supervisor(
            log=self.log,
            hub=self.hub,
            clock=self.clock,
            providers={"scripted": self.provider},
            environment=no_environment,
            reap=self._reap,
            archives={"scripted": self.history},
            claims=self.claims,
        )

    def importing(self) -> Importing:
        return Importing(
            log=self.log, hub=self.hub, clock=self.clock, archives=[self.history], user=self.user
        )

    async def look(self) -> None:
        """Import, and take the newest session as ours."""
        importing = self.importing()
        await importing.look()
        await importing.stop()
        found = await self.log.read(lambda conn: rows.list_sessions(conn, self.user))
        self.session = next(row.id for row in found if row.imported)

    async def texts(self) -> list[str]:
        """The prompts of all turns, the running one too."""
        return [event.text for event in await self.events() if isinstance(event, e.TurnStarted)]

    async def opened(self) -> None:
        """As if somebody subscribed."""
        await (await self.live()).caught_up()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()


@pytest.fixture
def terminal(home: Home) -> Terminal:
    return Terminal(home)


async def test_a_session_is_read_when_it_is_opened(home: Home, terminal: Terminal) -> None:
    """Nothing is read for the list; opened, its turns are there, and opening again adds nothing."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    assert await home.events() == []
    await home.opened()
    assert await home.types() == ["turn-started", "item-completed", "turn-completed"]
    await home.opened()
    assert len(await home.events()) == 3
    row = (await home.live()).row
    assert (row.title, row.imported) == ("one", True)


async def test_what_ended_long_ago_is_no_news(home: Home, terminal: Terminal) -> None:
    """A turn of the past is not told as one that has just ended; one that ends now is."""
    ends: list[bool] = []
    home.hub.watch(home.user, lambda _session, ended: ends.append(ended))
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    await home.opened()
    assert await home.types() == ["turn-started", "item-completed", "turn-completed"]
    assert ends and not any(ends)
    terminal.prompt("two")
    terminal.answer("yes")
    await home.opened()
    assert await home.texts() == ["one", "two"] and ends.count(True) == 1


async def test_what_was_read_survives_a_kill(home: Home, terminal: Terminal) -> None:
    """After kill -9 reading goes on where the log ends: nothing twice, nothing lost, no id of an item changed."""
    terminal.prompt("one")
    terminal.answer("yes")
    terminal.prompt("two")
    terminal.write(
        "assistant", [{"type": "tool_use", "id": "t1", "name": "Read", "input": {}}], stop_reason="tool_use"
    )
    await home.look()
    await home.opened()
    before = await home.events()
    await home.restart()
    terminal.write("user", [{"type": "tool_result", "tool_use_id": "t1", "content": "text"}])
    terminal.answer("done")
    terminal.prompt("three")
    await home.opened()
    events = await home.events()
    assert events[: len(before)] == before
    assert await home.texts() == ["one", "two", "three"]
    ends = [event.turn for event in events if isinstance(event, e.TURN_ENDS)]
    assert len(ends) == len(set(ends)) == 2
    later = [event for event in events[len(before) :] if isinstance(event, e.ItemCompleted)]
    assert next(event.item for event in before if isinstance(event, e.ItemStarted)) in [x.item for x in later]
    assert Message(text="done") in [event.content for event in later]


async def test_a_kill_in_the_middle_of_reading(
    home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and the place in the file are one transaction: reading that was cut off goes on without a double."""
    for number in range(30):
        terminal.prompt(f"prompt {number}")
        terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    session = await home.live()
    commits = 0
    commit = session.journal.commit

    async def failing(*given: Any, **more: Any) -> int:
        nonlocal commits
        commits += 1
        if commits > 2:
            raise OSError("cut off")
        return await commit(*given, **more)

    monkeypatch.setattr(session.journal, "commit", failing)
    await home.opened()
    assert 0 < len(await home.texts()) < 30
    await home.restart()
    await home.opened()
    events = await home.events()
    assert await home.texts() == [f"prompt {number}" for number in range(30)]
    assert len([event for event in events if isinstance(event, e.ItemCompleted)]) == 30
    assert len([event for event in events if isinstance(event, e.TURN_ENDS)]) == 30


async def test_another_program_is_followed_live(home: Home, terminal: Terminal) -> None:
    """While somebody looks, each second brings what was written; its turn is open until it ends."""
    terminal.prompt("one")
    await home.look()
    leave = home.hub.follow(home.session, lambda: None)
    await home.opened()
    session = await home.live()
    assert (session.state.elsewhere, session.state.running) == (True, "00000001-0000-4000-8000-000000000000")
    terminal.answer("yes")
    await home.clock.advance(1.1)
    await home.until(lambda: session.state.running is None)
    assert (await home.types())[-2:] == ["item-completed", "turn-completed"]
    leave()


async def test_a_half_written_line_waits(home: Home, terminal: Terminal) -> None:
    """A line counts once its end is there."""
    terminal.prompt("one", cut=True)
    await home.look()
    await home.opened()
    assert await home.texts() == []
    with terminal.path.open("a") as file:
        file.write("\n")
    await home.opened()
    assert await home.texts() == ["one"]


async def test_a_prompt_is_refused_while_it_is_elsewhere(home: Home, terminal: Terminal) -> None:
    """Another program's last line is younger than a minute: `session-elsewhere`, and a minute later it is ours."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.look()
    reply = await _trusted(home)
    assert isinstance(reply, Rejected)
    assert reply.code == "session-elsewhere"
    assert home.provider.agents == []
    await home.clock.advance(61)
    assert isinstance(await home.prompt("mine"), Accepted)
    await home.idle()
    assert home.provider.agents[0].launch.native_session == NATIVE
    assert await home.texts() == ["one", "mine"]
    assert not (await home.live()).state.elsewhere


async def test_a_turn_that_falls_silent_elsewhere_ends(home: Home, terminal: Terminal) -> None:
    """A turn whose record breaks off keeps nobody from going on: after a minute it has failed as truncated."""
    terminal.prompt("one")
    await home.look()
    await home.opened()
    session = await home.live()
    assert session.state.running
    await home.clock.advance(61)
    await home.until(lambda: session.state.running is None and not session.state.elsewhere)
    end = next(event for event in await home.events() if isinstance(event, e.TURN_ENDS))
    assert isinstance(end, e.TurnFailed)
    assert end.failure.code == "truncated"


async def test_a_fork_leaves_the_original_alone(home: Home, terminal: Terminal) -> None:
    """`fork` resumes a copy: another native id, nothing read from the original any more, which becomes a session of its own."""

    async def forked(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.sink.native(FORK)
        return await done(agent, prompt)

    home.provider.script = forked
    terminal.prompt("one")
    await home.look()
    await home.opened()
    await _trusted(home, fork=True)
    await home.idle()
    session = await home.live()
    launch = home.provider.agents[0].launch
    assert (launch.native_session, launch.fork) == (NATIVE, True)
    assert (session.slot.native_session, session.slot.fork) == (FORK, False)
    await home.until(lambda: session.row.native_session == FORK)
    ours = home.session
    importing = home.importing()
    await importing.look()
    await importing.stop()
    found = await home.log.read(lambda conn: rows.list_sessions(conn, home.user))
    assert [row.native_session for row in found if row.imported and row.id != ours] == [NATIVE]
    terminal.answer("said in the original")
    await home.opened()
    assert await home.texts() == ["one", "x"]
    assert len([event for event in await home.events() if isinstance(event, e.ItemCompleted)]) == 1


async def test_our_own_turns_are_not_imported(home: Home, terminal: Terminal) -> None:
    """Of a file that our agent wrote, its lines named like our turns, nothing comes twice and nothing is elsewhere."""

    async def writing(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.sink.native(NATIVE)
        terminal.prompt(prompt.text, uuid=prompt.turn)
        terminal.answer(prompt.text)
        return await done(agent, prompt)

    home.provider.script = writing
    await home.prompt("ours")
    await home.idle()
    await home.until(lambda: True)
    await home.opened()
    assert await home.texts() == ["ours"]
    importing = home.importing()
    await importing.look()
    await importing.stop()
    found = await home.log.read(lambda conn: rows.list_sessions(conn, home.user))
    assert [row.id for row in found] == [home.session]
    assert not (await home.live()).state.elsewhere
    terminal.prompt("from the terminal", uuid="99999999-0000-4000-8000-000000000000")
    await home.opened()
    assert await home.texts() == ["ours", "from the terminal"]
    assert (await home.live()).state.elsewhere


async def test_our_agent_hears_what_was_said_elsewhere(home: Home, terminal: Terminal) -> None:
    """An agent that was started before another program went on is started anew for the next prompt."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    await _trusted(home)
    await home.idle()
    terminal.prompt("two")
    terminal.answer("yes")
    await home.opened()
    await home.clock.advance(61)
    await home.prompt("again")
    await home.idle()
    assert len(home.provider.agents) == 2
    assert await home.texts() == ["one", "x", "two", "again"]


async def test_one_conversation_is_run_by_one_process(home: Home, terminal: Terminal) -> None:
    """Where another Antiphon runs it a prompt is refused, naming where; when that one lets go, it is taken."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    other = Claims(home.folder / "claims", "/other/data").take("scripted", NATIVE, "Their session")
    reply = await _trusted(home)
    assert isinstance(reply, Rejected)
    assert reply.code == "session-elsewhere"
    assert "Their session" in reply.message
    other.release()
    assert isinstance(await home.prompt("mine"), Accepted)
    await home.idle()


async def test_two_sessions_never_drive_one_conversation(home: Home, terminal: Terminal) -> None:
    """A second session of the same native id is refused while the first has its agent, and not when it was retired."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    await _trusted(home)
    await home.idle()
    first = await home.live()
    await home.make()
    row = (await home.live()).row
    await home.log.write(lambda conn: rows.set_native(conn, row.key, NATIVE))
    (await home.live()).slot.native_session = NATIVE
    reply = await home.prompt("second")
    assert isinstance(reply, Rejected)
    assert reply.code == "session-elsewhere"
    await first.retire()
    assert isinstance(await home.prompt("second"), Accepted)
    await home.idle()


async def test_ids_that_tell_nothing_apart_lock_nobody_out(home: Home) -> None:
    """An agent that names each of its conversations alike serves two sessions, prompt after prompt."""

    async def alike(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.sink.native("session-1")
        return await done(agent, prompt)

    home.provider.script = alike
    assert isinstance(await home.prompt("one"), Accepted)
    await home.idle()
    await home.make()
    for text in ("two", "three"):
        assert isinstance(await home.prompt(text), Accepted)
        await home.idle()


async def test_a_start_without_a_prompt_is_held_as_well(home: Home, terminal: Terminal) -> None:
    """A warm start, too, leaves alone what another process runs."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    other = Claims(home.folder / "claims", "/other/data").take("scripted", NATIVE, "Their session")
    session = await home.live()
    await session.warm()
    await session.journal.flushed()
    assert home.provider.agents == []
    failure = next(event for event in await home.events() if isinstance(event, e.AgentFailed)).failure
    assert "Their session" in failure.message
    assert session.slot.native_session == NATIVE
    other.release()


async def test_a_record_that_cannot_be_read_is_said_once(
    home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at each second, told once; and again when it broke anew after it could be read."""
    terminal.prompt("one")
    terminal.answer("yes")
    await home.look()
    told: list[Any] = []
    home.hub.listen(home.user, told.append)
    session = await home.live()
    looks = iter((True, True, False, True))

    def failing(*_: object) -> None:
        if next(looks):
            raise OSError("no permission")

    monkeypatch.setattr("antiphon.sessions.importing_follow.look_at", failing)
    for _ in range(4):
        await session.caught_up()
    said = [notice for notice in told if isinstance(notice, Notice)]
    assert [(notice.code, notice.session) for notice in said] == [("import-failed", session.id)] * 2
    assert "no permission" in said[0].message


async def test_a_long_line_is_passed_over(
    home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line beyond the limit costs no memory, and the lines after it are read."""
    monkeypatch.setattr("antiphon.sessions.importing_lines.LINE_BYTES", 1000)
    terminal.prompt("one")
    terminal.answer("x" * 5000)
    terminal.answer("short")
    await home.look()
    await home.opened()
    said = [event for event in await home.events() if isinstance(event, e.ItemCompleted)]
    assert [event.content.text for event in said] == ["short"]  # type: ignore[union-attr]


async def test_a_large_file_is_read_in_pieces(
    home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No piece is larger than its limit and a line."""
    monkeypatch.setattr("antiphon.sessions.importing_lines.CHUNK_BYTES", 2000)
    sizes: list[int] = []

    def watched(reading: Any, place: Any, offset: int) -> Any:
        chunk = read_chunk(reading, place, offset)
        sizes.append(chunk.offset - offset)
        return chunk

    monkeypatch.setattr("antiphon.sessions.importing_follow.read_chunk", watched)
    for number in range(50):
        terminal.prompt(f"prompt {number}")
        terminal.answer("yes")
    await home.look()
    await home.opened()
    assert len(sizes) > 5
    assert max(sizes) < 3000
    assert len(await home.texts()) == 50


async def test_a_stop_ends_the_turn_that_was_followed(home: Home, terminal: Terminal) -> None:
    """No turn is left open when the server stops, another program's neither."""
    terminal.prompt("one")
    await home.look()
    await home.opened()
    session = await home.live()
    await home.supervisor.stop()
    key = session.row.key
    running = await home.log.read(lambda conn: import_rows.turns(conn, key))
    assert list(running) == ["00000001-0000-4000-8000-000000000000"]
    row = await home.log.read(lambda conn: rows.get_session(conn, None, home.session))
    assert row
    assert (row.running, row.last_end) == (None, "turn-interrupted")


async def _trusted(home: Home, **more: Any) -> Any:
    """Trust the folder, then prompt."""
    await home.supervisor.refresh(home.session)
    return await home.prompt("x", id=new_id(), **more)


async def test_what_nobody_looks_at_any_more_is_forgotten(home: Home) -> None:
    """Of sessions without an agent, read a while ago, nothing but their logs is left; and all of them go on as before."""
    terminals = [Terminal(home, f"{n}{NATIVE[1:]}") for n in range(3)]
    for terminal in terminals:
        terminal.prompt("one")
        terminal.answer("yes")
    await home.clock.advance(3600)
    importing = home.importing()
    await importing.look()
    await importing.stop()
    found = await home.log.read(lambda conn: rows.list_sessions(conn, home.user))
    sessions = [await home.supervisor.get(home.user, row.id) for row in found if row.imported]
    for session in sessions:
        await session.caught_up()
    kept, followed = [_kept(session) for session in sessions], sessions[0]
    assert len(kept) == 3 and all(kept)
    leave = home.hub.follow(followed.id, lambda: None)
    await home.clock.advance(IDLE_AGENT_SECONDS + 30)
    await home.supervisor._look_once()
    assert [bool(_kept(session)) for session in sessions] == [True, False, False]
    leave()
    await home.supervisor._look_once()
    assert not _kept(followed)
    for terminal in terminals:
        terminal.prompt("two")
        terminal.answer("yes")
    for session in sessions:
        await session.caught_up()
        home.session = session.id
        assert await home.texts() == ["one", "two"]
        events = await home.events()
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        read = await subscription.read(session, 0)
        assert [seq for seq, _ in read] == [event.seq for event in events]


async def test_what_another_program_is_at_is_not_forgotten(home: Home, terminal: Terminal) -> None:
    """Its turn is open, and ends when its record falls silent, however long nobody reads along."""
    terminal.prompt("one")
    await home.look()
    await home.opened()
    session = await home.live()
    session.idle_since -= IDLE_AGENT_SECONDS
    await home.supervisor._look_once()
    assert session.state.elsewhere
    await home.clock.advance(61)
    await home.until(lambda: session.state.running is None and not session.state.elsewhere)


def _kept(session: Session) -> list[Any]:
    """What the session has in memory of what its log holds."""
    follower = session.follower
    assert follower
    return [x for x in (session.journal.tail._seqs, follower._reading, follower._turns) if x]
