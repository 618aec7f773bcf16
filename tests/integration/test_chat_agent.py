"""The agent of OpenRouter and of the local models, in this process: a real model server, a client that is scripted."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.chat import agent
from antiphon.providers.chat.agent import ChatAgent
from antiphon.providers.peer import RpcError
from tests.chat_server import ChatServer, serving

pytestmark = pytest.mark.timeout(90)

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


class Client:
    """The agent's peer: it answers each question with `option` ("": nobody will answer)."""

    def __init__(self, option: str = "allow") -> None:
        self.option = option
        self.asked: list[Json] = []
        self.updates: list[Json] = []
        self.open = self.most = 0
        """Questions that wait for an answer, now and at the most."""

    def notify(self, method: str, params: Json) -> None:
        assert method == "session/update"
        self.updates.append(params["update"])

    async def request(self, method: str, params: Json) -> Json:
        assert method == "session/request_permission"
        self.asked.append(params)
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in range(20):  # so that another could be asked meanwhile
            await asyncio.sleep(0)
        self.open -= 1
        if not self.option:
            return {"outcome": {"outcome": "cancelled"}}
        return {"outcome": {"outcome": "selected", "optionId": self.option}}

    async def flushed(self) -> None:
        """It keeps up."""

    def of(self, kind: str) -> list[Json]:
        return [each for each in self.updates if each["sessionUpdate"] == kind]

    @property
    def ends(self) -> list[str]:
        """How the tool calls ended, in order."""
        told = [each.get("status") for each in self.of("tool_call_update")]
        return [status for status in told if status in ("completed", "failed")]


Open = Callable[..., Awaitable[ChatAgent]]


@pytest.fixture
def opened(server: ChatServer, tmp_path: Path) -> Open:
    """Opens a conversation of a model that is at the scripted server."""

    async def open(client: Client, **setting: Any) -> ChatAgent:
        told = {
            "provider": "localgpu", "name": "The server", "session": "s", "server": "other",
            "url": f"{server.root}/v1", "model": "tiny", **setting,
        }  # fmt: skip
        found = ChatAgent(client)  # pyright: ignore[reportArgumentType]
        await found.answer("session/new", {"cwd": str(tmp_path), "_meta": {"antiphon": told}})
        return found

    return open


async def ask(agent: ChatAgent, *blocks: str | Json) -> Json:
    prompt = [{"type": "text", "text": each} if isinstance(each, str) else each for each in blocks]
    async with asyncio.timeout(60):
        return await agent.answer("session/prompt", {"prompt": prompt})


async def begun(agent: ChatAgent) -> None:
    """Until the turn is there, and has done nothing yet."""
    while not (agent._conversation and agent._conversation.running):  # noqa: ASYNC110 (it must be at once)
        await asyncio.sleep(0)


async def refused(agent: ChatAgent, method: str, **params: Any) -> int:
    """The code of the error."""
    with pytest.raises(RpcError) as error:
        await agent.answer(method, params)
    return error.value.code


# What it is asked


async def test_what_it_does_not_know_is_refused(opened: Open) -> None:
    """A method, a session, a mode: with the protocol's own codes, and nothing is changed."""
    assert await refused(ChatAgent(Client()), "session/prompt", prompt=[]) == agent.INVALID_PARAMS  # pyright: ignore[reportArgumentType]
    client = Client()
    found = await opened(client)
    assert await refused(found, "fs/read_text_file") == agent.METHOD_NOT_FOUND
    await found.answer("session/set_mode", {"modeId": "plan"})
    assert await refused(found, "session/set_mode", modeId="yolo") == agent.INVALID_PARAMS
    await ask(found, "WRITE")
    assert not client.asked, "it is in plan mode no more"


async def test_a_second_prompt_is_refused_and_hinders_nothing(opened: Open) -> None:
    """One at a time."""
    found = await opened(Client())
    first = asyncio.create_task(ask(found, "LONG"))
    await begun(found)
    assert await refused(found, "session/prompt", prompt=[]) == agent.INVALID_PARAMS
    assert not first.done()
    await found.answer("session/cancel", {})
    assert (await first)["stopReason"] == "cancelled"


async def test_a_cancel_before_the_turn_has_begun(opened: Open, server: ChatServer) -> None:
    """It is a cancelled turn, not an error, and the model is not asked."""
    found = await opened(Client())
    work = asyncio.create_task(ask(found, "SAY"))
    await begun(found)
    await found.answer("session/cancel", {})
    assert await work == {"stopReason": "cancelled"}
    assert not server.asked
    assert (await ask(found, "SAY"))["stopReason"] == "end_turn"


# What goes with a prompt


def link(path: Path, media: str) -> Json:
    return {"type": "resource_link", "uri": path.as_uri(), "name": path.name, "mimeType": media}


async def told(opened: Open, server: ChatServer, *blocks: Json, **setting: Any) -> str:
    """What the model is told of what goes with a prompt."""
    await ask(await opened(Client(), **setting), *blocks, "SAY")
    return str(server.asked[-1]["messages"][-1]["content"])


async def test_a_text_goes_along_as_far_as_there_is_room(
    opened: Open, server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log of gigabytes would fill the memory, and no model's context."""
    monkeypatch.setattr(agent, "FILE_BYTES", 10)
    file = tmp_path / "a.log"
    file.write_text("0123456789abc")
    words = await told(opened, server, link(file, "text/plain"))
    assert "0123456789" in words and "abc" not in words and "a.log" in words


async def test_what_cannot_be_read_is_named(opened: Open, server: ChatServer, tmp_path: Path) -> None:
    """What is no text, and what is not there any more: the model can say so."""
    file = tmp_path / "a.bin"
    file.write_bytes(b"\xff\xfe\x00")
    assert "attached a.bin (x/y), which you cannot be shown" in await told(opened, server, link(file, "x/y"))
    file.unlink()
    assert "attached a.bin (x/y), which you cannot be shown" in await told(opened, server, link(file, "x/y"))


@pytest.mark.parametrize("images", [True, False])
async def test_an_image_only_to_a_model_that_sees(
    opened: Open, server: ChatServer, tmp_path: Path, images: bool
) -> None:
    """As it comes with a prompt, as a file, and as it came with an earlier one."""
    file = tmp_path / "a.png"
    file.write_bytes(PNG)
    block = {"type": "image", "mimeType": "image/png", "data": base64.b64encode(PNG).decode()}
    attached = {"path": str(file), "name": "a.png", "media_type": "image/png"}
    past = [
        {"type": "turn-started", "turn": "t", "text": "earlier", "attachments": ["i"]},
        {"type": "turn-completed", "turn": "t"},
    ]
    await told(
        opened, server, block, link(file, "image/png"), images=images, past=past, attachments={"i": attached}
    )
    messages = [str(each["content"]) for each in server.asked[-1]["messages"] if each["role"] == "user"]
    whole = "".join(messages)
    assert "earlier" in messages[0]
    assert whole.count("data:image/png;base64,") == (3 if images else 0)
    assert whole.count("cannot be shown") == (0 if images else 3)


# What it does


async def test_one_question_at_a_time(opened: Open, tmp_path: Path) -> None:
    """A person reads one after the other, though the model calls two tools at once."""
    client = Client()
    assert (await ask(await opened(client), "TWO"))["stopReason"] == "end_turn"
    assert (len(client.asked), client.most) == (2, 1)
    assert [(tmp_path / name).read_text() for name in ("a.txt", "b.txt")] == ["a", "b"]


async def test_where_nobody_answers_the_turn_stops(opened: Open, server: ChatServer, tmp_path: Path) -> None:
    """It is not taken for a yes, nor for a no that the model could go round."""
    client = Client("")
    found = await opened(client)
    assert (await ask(found, "WRITE"))["stopReason"] == "cancelled"
    assert len(server.asked) == 1 and client.ends == ["failed"]
    assert not (tmp_path / "hello.txt").exists()
    await ask(found, "REMEMBER")
    assert [message["role"] for message in server.asked[-1]["messages"]] == [
        "system", "user", "assistant", "tool", "user",
    ]  # fmt: skip


async def test_a_folder_needs_a_word_too(opened: Open, tmp_path: Path) -> None:
    """It is no file, so there is nothing to show of it."""
    client = Client()
    await ask(await opened(client), "FOLDER")
    [asked] = client.asked
    assert "content" not in asked["toolCall"] and (tmp_path / "made").is_dir()
    client = Client("reject")
    (tmp_path / "made").rmdir()
    await ask(await opened(client), "FOLDER")
    assert client.ends == ["failed"] and not (tmp_path / "made").exists()


async def test_what_is_no_text_can_be_written_over(opened: Open, tmp_path: Path) -> None:
    """The person sees what there is of it."""
    (tmp_path / "hello.txt").write_bytes(b"\xff\x00")
    client = Client()
    await ask(await opened(client), "WRITE")
    [diff] = client.asked[0]["toolCall"]["content"]
    assert (diff["oldText"], diff["newText"]) == ("\ufffd\x00", "hi there\n")
    assert client.ends == ["completed"]


async def test_a_person_decides_about_every_command(opened: Open, tmp_path: Path) -> None:
    """None is refused by its name behind their back."""
    (tmp_path / "old.txt").touch()
    client = Client()
    await ask(await opened(client), "REMOVE")
    assert len(client.asked) == 1 and client.ends == ["completed"]
    assert not (tmp_path / "old.txt").exists()


async def test_a_long_work_is_not_cut_short(opened: Open, server: ChatServer, tmp_path: Path) -> None:
    """As many steps as the model takes: the person can stop it."""
    (tmp_path / "hello.txt").write_text("x")
    assert (await ask(await opened(Client()), "MANY"))["stopReason"] == "end_turn"
    assert len(server.asked) == 53


async def test_an_end_by_the_providers_filter_says_so(opened: Open) -> None:
    """Words that were held back are no whole answer."""
    assert (await ask(await opened(Client()), "FILTERED"))["stopReason"] == "refusal"


async def test_without_a_count_no_usage_is_told(opened: Open) -> None:
    """A context of 0 tokens would be a lie."""
    client = Client()
    await ask(await opened(client), "UNCOUNTED")
    assert not client.of("usage_update") and client.of("agent_message_chunk")


async def test_a_command_is_told_once(opened: Open) -> None:
    """What was streamed is not told again with its end."""
    client = Client()
    await ask(await opened(client), "RUN")
    streamed = [
        meta["terminal_output"]["data"]
        for each in client.of("tool_call_update")
        if (meta := each.get("_meta"))
    ]
    [end] = [each for each in client.of("tool_call_update") if each.get("status") == "failed"]
    assert "".join(streamed) == "one\ntwo\n" and "content" not in end
    assert end["rawOutput"] == {"exitCode": 3}
