"""The practice agent is a real ACP agent: the protocol library's own client can drive it.

Antiphon's driver reads loosely, since agents differ; here the library's types are the judge.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import acp
import pytest
from acp import schema

from antiphon.providers.acp import handshake
from tests.transcripts import acp_replay


class Client:
    """Keeps what it is told, and answers by `choice`."""

    def __init__(self, choice: str | None = "allow") -> None:
        self.updates: list[Any] = []
        self.choice = choice
        self.asked = asyncio.Event()

    async def session_update(self, session_id: str, update: Any, **meta: Any) -> None:
        self.updates.append(update)

    async def request_permission(self, **params: Any) -> schema.RequestPermissionResponse:
        self.asked.set()
        if self.choice is None:
            await asyncio.get_running_loop().create_future()
        outcome = schema.AllowedOutcome(outcome="selected", option_id=self.choice or "")
        return schema.RequestPermissionResponse(outcome=outcome)

    def on_connect(self, conn: Any) -> None:
        pass

    def of(self, kind: type) -> list[Any]:
        """The updates of one type."""
        return [update for update in self.updates if isinstance(update, kind)]


@asynccontextmanager
async def driven(tmp_path: Path, client: Client) -> AsyncIterator[Any]:
    """The agent under the library's client, initialized."""
    around = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "PRACTICE_PACE_MS": "0"}
    command = [sys.executable, "-P", "-m", "antiphon.providers.practice"]
    async with acp.spawn_agent_process(client, *command, env=around) as (agent, _):  # pyright: ignore
        hello = await agent.initialize(protocol_version=acp.PROTOCOL_VERSION)
        assert hello.protocol_version == acp.PROTOCOL_VERSION
        assert hello.agent_info
        assert hello.agent_capabilities
        assert hello.agent_capabilities.load_session
        yield agent


async def ask(agent: Any, session: str, words: str) -> str:
    """Prompt; the stop reason."""
    async with asyncio.timeout(10):
        answer = await agent.prompt(session_id=session, prompt=[acp.text_block(words)])
    return answer.stop_reason


async def test_a_prompt_with_an_approval(tmp_path: Path) -> None:
    """Session, thoughts, tool call with a diff, permission, message, end."""
    client = Client()
    async with driven(tmp_path, client) as agent:
        session = await agent.new_session(cwd=str(tmp_path), mcp_servers=[])
        assert session.modes.current_mode_id == "ask"
        assert await ask(agent, session.session_id, "write a.txt: hello") == "end_turn"
    assert client.asked.is_set()
    assert (tmp_path / "a.txt").read_text() == "hello\n"
    [call] = client.of(schema.ToolCallStart)
    assert isinstance(call.content[0], schema.FileEditToolCallContent)
    assert [each.status for each in client.of(schema.ToolCallProgress)] == ["in_progress", "completed"]
    assert client.of(schema.AgentThoughtChunk)
    assert client.of(schema.AgentMessageChunk)
    assert client.of(schema.AvailableCommandsUpdate)


async def test_a_cancel(tmp_path: Path) -> None:
    """The prompt ends with `cancelled`; the agent takes the next one."""
    client = Client()
    async with driven(tmp_path, client) as agent:
        session = (await agent.new_session(cwd=str(tmp_path), mcp_servers=[])).session_id
        work = asyncio.create_task(ask(agent, session, "hang"))
        while not client.of(schema.AgentMessageChunk):  # noqa: ASYNC110 (the library tells of nothing)
            await asyncio.sleep(0.01)
        await agent.cancel(session_id=session)
        assert await work == "cancelled"
        assert await ask(agent, session, "say hi") == "end_turn"


async def test_the_past_is_told_again_before_load_answers(tmp_path: Path) -> None:
    """In a new process, as the protocol demands; and an unknown conversation is an error."""
    async with driven(tmp_path, Client()) as agent:
        session = (await agent.new_session(cwd=str(tmp_path), mcp_servers=[])).session_id
        await ask(agent, session, "say remember")
    client = Client()
    async with driven(tmp_path, client) as agent:
        await agent.load_session(cwd=str(tmp_path), session_id=session, mcp_servers=[])
        assert [each.content.text for each in client.of(schema.UserMessageChunk)] == ["say remember"]
        assert "remember" in client.of(schema.AgentMessageChunk)[0].content.text
        for unknown in ("0" * 32, "../../etc/passwd"):
            with pytest.raises(acp.RequestError):
                await agent.load_session(cwd=str(tmp_path), session_id=unknown, mcp_servers=[])


async def test_modes(tmp_path: Path) -> None:
    """Set and told; one that is not there is an error."""
    client = Client(choice=None)
    async with driven(tmp_path, client) as agent:
        session = (await agent.new_session(cwd=str(tmp_path), mcp_servers=[])).session_id
        await agent.set_session_mode(session_id=session, mode_id="bypass")
        assert client.of(schema.CurrentModeUpdate)[0].current_mode_id == "bypass"
        assert await ask(agent, session, "write a.txt: x") == "end_turn"
        assert not client.asked.is_set()
        with pytest.raises(acp.RequestError):
            await agent.set_session_mode(session_id=session, mode_id="nonsense")


async def test_bad_requests_are_errors(tmp_path: Path) -> None:
    """A folder that is not there, a session that is not there, a second prompt at once."""
    async with driven(tmp_path, Client()) as agent:
        for folder in ("/no/such/folder", "relative"):
            with pytest.raises(acp.RequestError):
                await agent.new_session(cwd=folder, mcp_servers=[])
        with pytest.raises(acp.RequestError):
            await ask(agent, "nobody", "say x")
        session = (await agent.new_session(cwd=str(tmp_path), mcp_servers=[])).session_id
        first = asyncio.create_task(ask(agent, session, "hang"))
        await asyncio.sleep(0)
        with pytest.raises(acp.RequestError):
            await ask(agent, session, "say x")
        await agent.cancel(session_id=session)
        assert await first == "cancelled"


@pytest.mark.parametrize("case", [case for case in acp_replay.cases() if case.startswith("practice")])
def test_what_it_says_is_the_protocols_to_the_letter(case: str) -> None:
    """Each message survives the library's types unchanged: no field is misspelt or of a wrong type."""
    for message in acp_replay.wire(case):
        kinds = {
            "session/update": schema.SessionNotification,
            "session/request_permission": schema.RequestPermissionRequest,
        }
        kind = kinds.get(message.get("method"), schema.PromptResponse)
        said = message["params"] if "method" in message else message.get("result")
        if said is not None:
            assert (
                kind.model_validate(said).model_dump(mode="json", by_alias=True, exclude_unset=True) == said
            )


def test_what_we_say_is_the_protocols_to_the_letter() -> None:
    """Our first words, too."""
    hello = schema.InitializeRequest.model_validate(handshake.HELLO)
    assert hello.model_dump(mode="json", by_alias=True, exclude_unset=True) == handshake.HELLO
    assert handshake.PROTOCOL_VERSION == acp.PROTOCOL_VERSION
