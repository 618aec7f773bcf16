"""Keys on a real server: kept, given to their own agent and to no other, never shown again."""

import hashlib
import json
import os
import pty
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from antiphon.model.ids import new_id
from tests import keyring_backend
from tests.rest import command, events, prompt, refusal
from tests.servers import RunningServer

pytestmark = pytest.mark.timeout(180)  # several starts of agents, on a machine that may be busy

KEY = "sk-fake-or-v1-0123456789abcdef"
NONE = hashlib.sha256(b"").hexdigest()
LIMIT_S = 60

AGENTS = """
[openrouter]
name = "OpenRouter"
command = ["{python}", "-P", "-m", "antiphon.providers.practice"]
"""
"""A real agent under the id of one that takes a key: the practice agent runs what it is told to."""

SHOW = f"""#!{sys.executable}
import hashlib, os
print(hashlib.sha256(os.environ.get("OPENROUTER_API_KEY", "").encode()).hexdigest())
"""


class Keyed:
    """A server with an agent that takes a key, and its owner's client."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.api = server, server.client()
        server.make_project()
        show = server.root / "site" / "show"
        show.write_text(SHOW)
        show.chmod(0o755)

    @property
    def file(self) -> Path:
        return self.server.data_dir / "keys.json"

    def put(self, key: str = KEY, provider: str = "openrouter") -> httpx.Response:
        return self.api.put(f"/api/providers/{provider}/key", json={"key": key})

    def shown(self, provider: str = "openrouter") -> dict[str, Any]:
        """What the list of providers says of one."""
        found = self.api.get("/api/providers").json()["providers"]
        return next(each for each in found if each["id"] == provider)

    def session(self, provider: str = "openrouter") -> str:
        return self.server.make_session(provider=provider)["id"]

    def has(self, session: str) -> str:
        """The hash of the key that the session's agent has in its environment, by its own command."""
        before = len(events(self.api, session))
        prompt(self.api, session, "run ./show")
        asked = self.until(session, "approval-requested", before)
        option = next(each["id"] for each in asked["options"] if each["kind"] == "allow-once")
        answer = {"type": "answer", "session": session, "approval": asked["approval"], "option": option}
        command(self.api, answer, new_id())
        self.until(session, "turn-completed", before)
        outputs = [
            event["content"]["output"]
            for event in events(self.api, session)[before:]
            if event["type"] == "item-completed" and event["content"].get("output")
        ]
        return outputs[-1].strip()

    def until(self, session: str, kind: str, after: int = 0) -> dict[str, Any]:
        limit = time.monotonic() + LIMIT_S
        while time.monotonic() < limit:
            found = [event for event in events(self.api, session)[after:] if event["type"] == kind]
            if found:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"no {kind}: {events(self.api, session)[after:]}")


@pytest.fixture
def keyed(make_server: Callable[..., RunningServer], tmp_path: Path) -> Iterator[Keyed]:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "agents.toml").write_text(AGENTS)
    made = Keyed(make_server(folder=tmp_path))
    yield made
    made.api.close()


def sha(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_key_is_kept_and_given_to_its_own_agent(keyed: Keyed) -> None:
    """It reaches that one and no other; an idle agent that was started before ends."""
    session, other = keyed.session(), keyed.session("practice")
    assert keyed.has(session) == NONE
    kept = keyed.put()
    assert kept.status_code == 200
    assert kept.json() == {
        "variable": "OPENROUTER_API_KEY",
        "source": "in a file only you can read",
        "kept": True,
        "problem": "",
    }
    assert stat.S_IMODE(keyed.file.stat().st_mode) == 0o600
    assert keyed.has(session) == sha(KEY)
    assert keyed.has(other) == NONE
    assert keyed.shown()["key"]["source"] == "in a file only you can read"


def test_a_key_is_replaced_and_removed(keyed: Keyed) -> None:
    """The next agent has the new one, also after a restart; removed, it is gone from the disk, and no agent has it."""
    session = keyed.session()
    assert keyed.put().status_code == keyed.put(f"{KEY}2").status_code == 200
    keyed.server.restart()
    assert keyed.has(session) == sha(f"{KEY}2")
    assert keyed.api.delete("/api/providers/openrouter/key").status_code == 204
    assert keyed.has(session) == NONE
    assert KEY not in keyed.file.read_text()
    assert keyed.shown()["key"] == {
        "variable": "OPENROUTER_API_KEY",
        "source": "",
        "kept": False,
        "problem": "",
    }


def test_an_agent_at_work_is_not_disturbed(keyed: Keyed) -> None:
    """Its turn goes on with what it was started with; the next prompt has the new key."""
    session = keyed.session()
    prompt(keyed.api, session, "ask Go on?")
    asked = keyed.until(session, "approval-requested")
    keyed.put()
    answer = {"type": "answer", "session": session, "approval": asked["approval"]}
    command(keyed.api, {**answer, "option": asked["options"][0]["id"]}, new_id())
    keyed.until(session, "turn-completed")
    assert keyed.has(session) == sha(KEY)


def test_it_is_nowhere_but_in_its_file(keyed: Keyed) -> None:
    """Not in an answer, an event, the database, the server's log or an error."""
    answers = [keyed.put(), keyed.put(f"{KEY} {KEY}"), keyed.put(KEY * 200), keyed.put(KEY, "practice")]
    answers.append(keyed.api.put("/api/providers/openrouter/key", json={"key": [KEY]}))
    answers.append(keyed.api.put("/api/providers/openrouter/key", json={"Key": KEY}))
    session = keyed.session()
    prompt(keyed.api, session, "crash")
    keyed.until(session, "turn-failed")
    answers += [keyed.api.get("/api/providers"), keyed.api.get(f"/api/sessions/{session}/events")]
    keyed.server.stop()
    assert [answer.status_code for answer in answers] == [200, 400, 400, 400, 400, 400, 200, 200]
    for answer in answers:
        assert KEY not in answer.text
    assert KEY not in keyed.server.log() + "".join(keyed.server.printed)
    for path in keyed.server.data_dir.rglob("*"):
        if path.is_file() and path != keyed.file:
            assert KEY.encode() not in path.read_bytes(), path


def test_what_is_refused_says_why(keyed: Keyed) -> None:
    """No such provider, one that takes no key, no key at all."""
    assert refusal(keyed.put(provider="nobody")) == (404, "unknown-provider")
    assert refusal(keyed.put(provider="practice")) == (400, "invalid")
    assert refusal(keyed.put("two words")) == (400, "invalid")
    assert refusal(keyed.api.delete("/api/providers/nobody/key")) == (404, "unknown-provider")
    assert keyed.shown("practice")["key"] is None


def test_a_file_that_others_can_read_is_refused(keyed: Keyed) -> None:
    """Nothing is taken from it: the agent is not started, and its failure, the list and a change say how to mend it."""
    keyed.put()
    keyed.file.chmod(0o644)
    session = keyed.session()
    prompt(keyed.api, session, "run ./show")
    failure = keyed.until(session, "turn-failed")["failure"]
    assert (failure["code"], failure["action"]["kind"]) == ("auth", "add-key")
    mend = f"chmod 600 {keyed.file}"
    assert mend in failure["message"]
    assert mend in keyed.shown()["key"]["problem"]
    assert refusal(keyed.put()) == (409, "key-not-kept")
    assert mend in keyed.put().json()["message"]
    keyed.file.chmod(0o600)
    assert keyed.has(session) == sha(KEY)


def test_the_environment_goes_first(make_server: Callable[..., RunningServer], tmp_path: Path) -> None:
    """What Antiphon was started with is used, told by its name, and cannot be replaced by the page."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "agents.toml").write_text(AGENTS)
    keyed = Keyed(make_server(folder=tmp_path, environment={"OPENROUTER_API_KEY": "of-the-user"}))
    key = keyed.shown()["key"]
    assert (key["source"], key["kept"]) == ("from OPENROUTER_API_KEY", False)
    assert refusal(keyed.put()) == (409, "key-not-kept")
    assert keyed.has(keyed.session()) == sha("of-the-user")


def test_a_keyring_keeps_it(make_server: Callable[..., RunningServer], tmp_path: Path) -> None:
    """On a machine that has one: the data directory holds nothing of it, and it is still there after a restart."""
    ring = tmp_path / "ring.json"
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "agents.toml").write_text(AGENTS)
    around = keyring_backend.environment("Desktop", ring)
    keyed = Keyed(make_server(folder=tmp_path, environment=around))
    assert keyed.put().json()["source"] == "in this system's keyring"
    assert KEY in json.loads(ring.read_text()).values() and KEY not in keyed.file.read_text()
    keyed.server.restart()
    assert keyed.has(keyed.session()) == sha(KEY)
    assert keyed.api.delete("/api/providers/openrouter/key").status_code == 204
    assert KEY not in ring.read_text()


# The command


def test_the_command_keeps_a_key_that_a_running_server_notices(keyed: Keyed) -> None:
    """Without a restart: an idle agent ends, the next has it; removed, it is gone."""
    session = keyed.session()
    assert keyed.has(session) == NONE
    done = keyed.server.command("key", "set", "openrouter", typed=f"{KEY}\n")
    assert done.returncode == 0 and "in a file only you can read" in done.stdout, done.stderr
    assert KEY not in done.stdout + done.stderr
    _wait(lambda: '"key-changed"' in keyed.server.log())
    assert keyed.has(session) == sha(KEY)
    listed = keyed.server.command("key", "list").stdout
    assert "openrouter   in a file only you can read" in listed and KEY not in listed
    assert keyed.server.command("key", "remove", "openrouter").returncode == 0
    _wait(lambda: keyed.server.log().count('"key-changed"') == 2)
    assert keyed.has(session) == NONE


def _wait(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("set", "nobody"), KEY, "takes no key; these do: claude"),
        (("set", "openrouter"), "", "A key is 1 to"),
        (("set", "openrouter"), "two words", "A key is 1 to"),
        (("remove", "nobody"), "", "takes no key"),
    ],
)
def test_a_wrong_command_is_told(tmp_path: Path, words: tuple[str, ...], typed: str, says: str) -> None:
    """Exit code 2, a sentence, nothing kept."""
    server = RunningServer(tmp_path)
    done = server.command("key", *words, typed=typed)
    assert done.returncode == 2 and says in done.stderr
    assert not (server.data_dir / "keys.json").exists()


def test_on_a_terminal_it_is_not_shown(tmp_path: Path) -> None:
    """Typed where people look over one's shoulder: nothing of it comes back."""
    server = RunningServer(tmp_path)
    around = server.environment()
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover (another process)
        words = ["key", "set", "openrouter", "--data-dir", str(server.data_dir)]
        os.execve(sys.executable, [sys.executable, "-m", "antiphon", *words], around)
    said = b""
    try:
        while b"not shown" not in said:
            said += os.read(terminal, 1024)
        os.write(terminal, f"{KEY}\n".encode())
        while b"only you can read" not in said:
            said += os.read(terminal, 1024)
    finally:
        _, status = os.waitpid(child, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert KEY.encode() not in said
    assert KEY in (server.data_dir / "keys.json").read_text()
