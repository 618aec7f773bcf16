"""The line to one Codex: requests both ways, and every way in which it ends."""

import asyncio
from typing import Any

import pytest

from antiphon.model.failures import Failure
from antiphon.providers.base import ProviderFailed
from antiphon.providers.codex.wire import Line, Refused
from tests.unit.providers.codex import scripted

LIMIT_S = 30.0


async def death_of(line: Line) -> Failure:
    """Why it ended."""
    async with asyncio.timeout(LIMIT_S):
        return await asyncio.shield(line.death)


class Heard:
    """Notifications, and waiting for them."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def __call__(self, method: str, params: dict[str, Any]) -> None:
        self.queue.put_nowait((method, params))

    async def next(self) -> tuple[str, dict[str, Any]]:
        async with asyncio.timeout(LIMIT_S):
            return await self.queue.get()


async def test_a_request_gets_its_own_answer() -> None:
    """Answers are told apart by their ids, in whatever order they come."""
    script = """
        first, second = hear(), hear()
        answer(second, of=second["method"]); answer(first, of=first["method"]); hear()
    """
    async with scripted.line(script) as line:
        answers = await asyncio.gather(line.request("a/b"), line.request("c/d", word=1))
    assert answers == [{"of": "a/b"}, {"of": "c/d"}]


async def test_a_request_has_no_jsonrpc_field() -> None:
    """As Codex's own protocol: id, method, params."""
    heard = Heard()
    script = """tell("heard", **{"of": sorted(hear())}); hear()"""
    async with scripted.line(script, heard) as line:
        await line.send({"id": 1, "method": "a", "params": {}})
        assert (await heard.next())[1]["of"] == ["id", "method", "params"]


async def test_a_refused_request_says_why() -> None:
    """Its method and Codex's words are fields of the exception."""
    async with scripted.line("""refuse(hear(), "no such thread"); hear()""") as line:
        with pytest.raises(Refused, match="refused thread/resume: no such thread") as refused:
            await line.request("thread/resume")
    assert (refused.value.method, refused.value.reason) == ("thread/resume", "no such thread")


async def test_an_answer_to_nobody_is_no_harm() -> None:
    """Nor one whose id is none of ours."""
    script = """
        raw('{"id": 77, "result": {}}\\n{"id": "x", "result": {}}\\n\\n'); answer(hear(), well=True); hear()
    """
    async with scripted.line(script) as line:
        assert await line.request("a") == {"well": True}


async def test_its_requests_are_answered_side_by_side() -> None:
    """A question to a person holds up nothing."""
    heard, asked = Heard(), asyncio.Event()

    async def reply(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "slow":
            asked.set()
            await asyncio.Event().wait()
        return {"for": method}

    script = """
        ask(0, "slow"); ask(1, "quick")
        tell("got", answer=hear()); hear()
    """
    async with scripted.line(script, heard, reply):
        assert (await heard.next())[1]["answer"] == {"id": 1, "result": {"for": "quick"}}
        assert asked.is_set()


@pytest.mark.parametrize(
    ("error", "code"), [(NotImplementedError(), -32601), (ZeroDivisionError("seven over nothing"), -32603)]
)
async def test_its_request_gets_an_answer_whatever_goes_wrong(error: Exception, code: int) -> None:
    """What we do not know, and what we fail at, is an error for it, never silence."""
    heard = Heard()

    async def fail(method: str, params: dict[str, Any]) -> dict[str, Any]:
        raise error

    async with scripted.line("""ask(5, "x"); tell("got", answer=hear()); hear()""", heard, fail):
        answered = (await heard.next())[1]["answer"]
    assert (answered["id"], answered["error"]["code"]) == (5, code)


async def test_a_question_that_codex_takes_back_is_closed() -> None:
    """`serverRequest/resolved` before our answer: nobody waits for it."""
    asked, closed = asyncio.Event(), asyncio.Event()

    async def wait(method: str, params: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        try:
            return await asyncio.Event().wait()  # type: ignore[return-value]
        finally:
            closed.set()

    script = """ask(3, "x"); hear("go"); tell("serverRequest/resolved", requestId=3); hear()"""
    async with scripted.line(script, on_request=wait) as line, asyncio.timeout(LIMIT_S):
        await asked.wait()
        await line.send({"method": "go"})
        await closed.wait()


async def test_reading_waits_for_the_log() -> None:
    """The back pressure: no line is read while the log is behind."""
    heard, behind = Heard(), asyncio.Event()
    async with scripted.line("""tell("one"); hear()""", heard, drained=behind.wait):
        await asyncio.sleep(0)
        assert heard.queue.empty()
        behind.set()
        assert (await heard.next())[0] == "one"


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("sys.exit(0)", "provider-crashed", "left with exit status 0"),
        ("sys.exit(3)", "provider-crashed", "left with exit status 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "provider-crashed", "SIGKILL"),
        ("raw('{\"meth'); sys.exit(0)", "truncated", "in the middle of a message"),
        ("raw('not json\\n'); hear()", "provider-crashed", "not its protocol"),
        ("raw('[1]\\n'); hear()", "provider-crashed", "not its protocol"),
        ("os.close(1); time.sleep(60)", "truncated", "closed its stdin or stdout"),
    ],
)
async def test_an_end_says_why(script: str, code: str, words: str) -> None:
    """Each way in which nothing more can come."""
    async with scripted.line(script) as line:
        failure = await death_of(line)
    assert (failure.code, failure.provider) == (code, "codex")
    assert words in failure.message


async def test_what_waits_fails_with_the_end() -> None:
    """A request of a Codex that leaves, with the end of its stderr."""
    async with scripted.line("hear(); sys.stderr.write('out of cheese'); sys.exit(1)") as line:
        with pytest.raises(ProviderFailed) as failed:
            await line.request("a")
        assert failed.value.failure.detail == "out of cheese"
        with pytest.raises(ProviderFailed):
            await line.request("b")


async def test_our_own_mistake_is_told_as_ours() -> None:
    """A notification that we fail at ends the agent, and does not blame it."""

    async def fail(method: str, params: dict[str, Any]) -> None:
        raise ZeroDivisionError("seven over nothing")

    async with scripted.line("""tell("x"); hear()""", fail) as line:
        failure = await death_of(line)
    assert failure.code == "internal" and "Antiphon failed" in failure.message
    assert "seven over nothing" in (failure.detail or "")
