"""How a conversation with an ACP agent begins: signing in, mode and model, earlier conversations; scripted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from antiphon.model.events import (
    ItemStarted,
    SessionUpdated,
)
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Limits
from antiphon.testing import acp_agent
from antiphon.testing.check_provider import Opened, Prompts, Subject
from antiphon.testing.sink import RecordingSink
from tests.scripted import END, Scripted, heard, methods, open_failure, prompted, say


async def test_an_agent_of_another_version_is_refused(scripted: Scripted) -> None:
    """In words."""
    failure = await open_failure(scripted({"initialize": [{"reply": {"protocolVersion": 2}}]}))
    assert failure.code == "invalid-request"
    assert "another version" in failure.message


async def test_an_agent_that_is_not_signed_in(scripted: Scripted) -> None:
    """With the command that signs in."""
    error = {"error": {"code": -32000, "message": "Authentication required"}}
    failure = await open_failure(scripted({"session/new": [error]}))
    assert failure.code == "auth"
    assert failure.action.command == "agent login"


async def test_an_agent_that_never_answers(scripted: Scripted) -> None:
    """`stalled` at the limit, with its stderr; no process is left."""
    steps = {"initialize": [{"stderr": "waiting for the network"}, {"hang": True}]}
    failure = await open_failure(scripted(steps, limits=Limits(start=2.0)))
    assert (failure.code, failure.detail) == ("stalled", "waiting for the network")


@pytest.mark.parametrize("step", [{"exit": 0}, {"exit": 3}])
async def test_an_agent_that_leaves_at_its_start(scripted: Scripted, step: Any) -> None:
    """`provider-crashed`, with its stderr, and told once: by `open`."""
    failure = await open_failure(scripted({"session/new": [{"stderr": "no config"}, step]}))
    assert failure.code == "provider-crashed"
    assert failure.detail == "no config"


async def test_an_agent_that_closes_its_stdin(scripted: Scripted) -> None:
    """It can be asked nothing any more: a failure, not a wait."""
    steps = [{"reply": {"sessionId": "s"}}, {"close": "stdin"}, {"hang": True}]
    failure, _ = await prompted(scripted({"session/new": steps}))
    assert failure.code in ("truncated", "provider-crashed")


# Modes, models, earlier conversations

MODES = {"modes": {"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "plan"}]}}
MODELS = {
    "configOptions": [
        {
            "id": "m",
            "category": "model",
            "type": "select",
            "currentValue": "a",
            "options": [{"value": "a"}, {"value": "b"}],
        }
    ]
}


async def test_mode_and_model_are_chosen(scripted: Scripted) -> None:
    """By the agent's own means; what is current already is not set again."""
    subject = scripted(
        {
            "session/new": [{"reply": {"sessionId": "s", **MODES, **MODELS}}],
            "session/set_config_option": [{"reply": {}}],
        }
    )
    sink = RecordingSink()
    opened = await subject.provider.open(replace(subject.launch(new_id()), mode="plan", model="b"), sink)
    await opened.close()
    assert [message["params"] for message in heard(subject)[2:]] == [
        {"sessionId": "s", "modeId": "plan"},
        {"sessionId": "s", "configId": "m", "value": "b"},
    ]
    assert [(e.mode, e.model) for e in sink.of(SessionUpdated)] == [("ask", "a"), ("plan", None), (None, "b")]
    opened = await subject.provider.open(
        replace(subject.launch(new_id()), mode="ask", model="a"), RecordingSink()
    )
    await opened.close()
    assert methods(subject)[-2:] == ["initialize", "session/new"]


@pytest.mark.parametrize("choice", [{"mode": "yolo"}, {"model": "c"}])
async def test_a_mode_or_model_that_is_not_offered_is_told(scripted: Scripted, choice: Any) -> None:
    """Asked for the read-only mode, an agent must not silently work in another."""
    subject = scripted({"session/new": [{"reply": {"sessionId": "s", **MODES, **MODELS}}]})
    failure = await open_failure(subject, **choice)
    assert failure.code == "invalid-request"
    assert "does not offer" in failure.message


async def test_resume_is_better_than_load(scripted: Scripted) -> None:
    """An agent that can go on without telling it all again is asked to."""
    capabilities = {"loadSession": True, "sessionCapabilities": {"resume": {}}}
    hello = {"reply": {"protocolVersion": 1, "agentCapabilities": capabilities}}
    subject = scripted({"initialize": [hello], "session/resume": [{"reply": {}}]})
    async with Opened(subject, native="earlier"):
        pass
    assert heard(subject)[1]["method"] == "session/resume"
    assert heard(subject)[1]["params"]["sessionId"] == "earlier"


async def test_an_agent_that_cannot_resume_says_so(scripted: Scripted) -> None:
    """Not silently a new conversation."""
    subject = scripted({"initialize": [{"reply": {"protocolVersion": 1}}]})
    assert (await open_failure(subject, native_session="earlier")).code == "invalid-request"
    subject = scripted({"session/load": [{"error": {"code": -32603, "message": "Internal error"}}]})
    failure = await open_failure(subject, native_session="earlier")
    assert "does not know it any more" in failure.message


async def test_a_replay_that_comes_late_is_waited_for(scripted: Scripted) -> None:
    """Gemini answers session/load first, and tells the past then: none of it gets into the next answer."""
    past = [step for n in range(50) for step in (say(f"past {n} "), {"sleep": 0.002})]
    subject = scripted(
        {"session/load": [{"reply": {}}, *past], "session/prompt": [say("present"), END]}, late_replay=True
    )
    async with Opened(subject, native="earlier") as opened:
        await opened.ask("go")
        assert opened.sink.text == "present"
        assert [event.content for event in opened.sink.of(ItemStarted)] == [Message()]


async def test_a_replay_with_pauses_is_waited_for(scripted: Scripted) -> None:
    """An answer between two pieces of the past does not mean that it is over."""
    unknown = {"error": {"code": -32601, "message": "Method not found"}}
    subject = scripted(
        {
            "_antiphon/settled#1": [unknown, {"sleep": 0.1}, say("past")],
            "_antiphon/settled#3": [say("past"), unknown],
            "session/prompt": [say("present"), END],
        },
        late_replay=True,
    )
    async with Opened(subject, native="earlier") as opened:
        await opened.ask("go")
        assert opened.sink.text == "present"
    assert methods(subject).count("_antiphon/settled") == 5


async def test_a_conversation_is_not_loaded_in_its_own_minute(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the agent would lose it: its id carries the minute, and the next one is waited for, visibly."""
    from antiphon.providers.acp import handshake

    now = 1_700_000_040.0 + 58.9  # the last second of a minute
    monkeypatch.setattr(handshake.time, "time", lambda: now)
    monkeypatch.setattr(handshake, "MINUTE_MARGIN_S", 0.1)
    subject = scripted({}, forgets_reload=True)
    async with Opened(subject) as opened:
        native = opened.sink.native_session
    assert native == f"{acp_agent.SESSION}_28333334"
    began = asyncio.get_running_loop().time()
    async with Opened(subject, native=native) as opened:
        assert asyncio.get_running_loop().time() - began > 1
        assert [event.next_at for event in opened.sink.events] == [1_700_000_100_100]
    assert heard(subject)[-1]["params"]["sessionId"] == acp_agent.SESSION


SIGN_IN = {"error": {"code": -32000, "message": "Authentication required"}}


async def test_it_is_offered_nothing_of_ours(scripted: Scripted) -> None:
    """No files, no terminal: what it does goes through its own tools, which ask."""
    subject = scripted({})
    async with Opened(subject):
        pass
    offered = heard(subject)[0]["params"]["clientCapabilities"]
    assert offered["fs"] == {"readTextFile": False, "writeTextFile": False} and offered["terminal"] is False


async def test_an_agent_that_signs_in_by_itself_does(scripted: Scripted) -> None:
    """Where it needs no person; then it is asked again."""
    script = {
        "session/new#1": [SIGN_IN],
        "authenticate": [{"reply": {}}],
        "session/new#2": [{"reply": {"sessionId": "mine"}}],
    }
    subject = scripted(script, authenticate="login")
    async with Opened(subject) as opened:
        assert opened.sink.native_session == "mine"
    assert methods(subject) == ["initialize", "session/new", "authenticate", "session/new"]
    assert heard(subject)[2]["params"] == {"methodId": "login"}


async def test_signing_in_mends_nothing_else(scripted: Scripted) -> None:
    """It is not tried for another failure, nor where there is no way of it."""
    broken = {"session/new": [{"error": {"code": 500, "message": "fetch failed"}}]}
    subject = scripted(broken, authenticate="login")
    assert (await open_failure(subject)).code == "network"
    assert "authenticate" not in methods(subject)
    subject = scripted({"session/new": [SIGN_IN]})
    assert (await open_failure(subject)).code == "auth"
    assert "authenticate" not in methods(subject)


async def test_signed_out_is_not_forgotten(scripted: Scripted) -> None:
    """A conversation that cannot be gone on with, since nobody is signed in, is not lost."""
    failure = await open_failure(scripted({"session/load": [SIGN_IN]}), native_session="earlier")
    assert failure.code == "auth" and failure.action.command == "agent login"


async def test_a_mode_where_there_are_none_is_told(scripted: Scripted) -> None:
    """Nor can a model be chosen where the agent offers no choice."""
    for choice in ({"mode": "plan"}, {"model": "b"}):
        failure = await open_failure(scripted({}), **choice)
        assert failure.code == "invalid-request" and "does not offer" in failure.message


async def test_a_model_that_it_was_started_with_is_not_chosen_again(scripted: Scripted) -> None:
    """It may offer none at all."""
    subject = scripted({}, model_arguments=["--model", "{model}"])
    opened = await subject.provider.open(replace(subject.launch(new_id()), model="b"), RecordingSink())
    await opened.close()
    assert methods(subject) == ["initialize", "session/new"]


async def test_an_id_with_a_minute_of_its_own(scripted: Scripted) -> None:
    """Only of an agent that forgets is it ours; nor is one waited for that tells its past in time."""
    subject = scripted({"session/new": [{"reply": {"sessionId": "mine_28333334"}}]})
    async with Opened(subject) as opened:
        assert opened.sink.native_session == "mine_28333334"
    async with Opened(subject, native="mine_28333334") as opened:
        assert not opened.sink.events
    assert heard(subject)[-1]["params"]["sessionId"] == "mine_28333334"
    assert "_antiphon/settled" not in methods(subject)


async def test_an_agent_that_dies_while_its_past_is_waited_for(scripted: Scripted) -> None:
    """It is told, and not taken for quiet."""
    subject = scripted({"_antiphon/settled": [{"exit": 3}]}, late_replay=True)
    assert (await open_failure(subject, native_session="earlier")).code == "provider-crashed"


async def test_what_its_log_tells_nobody_is_not_told(scripted: Scripted) -> None:
    """The catalog knows which lines these are."""
    steps = [{"stderr": "DEBUG routing\n  by default\nit broke\n"}, {"exit": 3}]
    failure = await open_failure(scripted({"session/new": steps}, chatter="^DEBUG"))
    assert failure.detail == "it broke"


async def test_a_program_that_cannot_be_run_says_how_to_install_it(tmp_path: Path) -> None:
    """It is there, and its interpreter is not."""
    program = tmp_path / "agent"
    program.write_text("#!/nonexistent/python\n")
    program.chmod(0o755)
    entry = AcpEntry(id="a", name="The agent", command=[str(program)], install="npm install agent")
    subject = Subject(provider=AcpProvider(entry), folder=tmp_path, prompts=Prompts(say="", endless=""))
    failure = await open_failure(subject)
    assert failure.code == "provider-missing" and failure.action.command == "npm install agent"
