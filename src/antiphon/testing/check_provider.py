"""A suite that any provider can be run through: does it keep the rules of `providers.base`?

    @pytest.mark.parametrize("check", CHECKS, ids=name_of)
    async def test_provider(check, tmp_path):
        await check(Subject(provider=…, folder=tmp_path, prompts=Prompts(say="say hi", …)))

Every check starts real agents, and leaves no process. A prompt that an agent has no words for
is None: what needs it is skipped (`Skipped`).
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from antiphon.model.events import AnyEvent, ItemDelta, TurnCancelled, TurnCompleted, TurnFailed, TurnStarted
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.providers import environment, processes
from antiphon.providers.base import Agent, Answered, Launch, Outcome, Past, Prompt, Provider, ProviderFailed
from antiphon.testing.sink import RecordingSink, allow, never, reject

TOLD_S = 1.0
"""From an agent's death until the prompt has failed (promise 2)."""
SPARE_S = 0.5
"""For a busy machine, on top of a limit."""


class Skipped(Exception):
    """The provider has nothing to check this on."""


class Prompts(Struct, frozen=True, kw_only=True):
    """Words that make the agent do what is to be checked."""

    say: str
    """Answer with some words."""
    endless: str
    """Go on talking for a minute at least."""
    write: str | None = None
    """Do something that needs approval."""
    silent: str | None = None
    """Say a word, then nothing for a minute at least, but hear a cancel."""
    crash: str | None = None
    """Crash, with words on stderr."""
    crash_detail: str = ""
    """Some of those words."""
    leave: str | None = None
    """Exit with status 0 in the middle of the turn."""
    stray: str | None = None
    """Leave a process behind and end the turn."""
    remember: str | None = None
    """Answer with what was prompted before."""


class Subject(Struct, frozen=True, kw_only=True):
    """What to check."""

    provider: Provider
    folder: Path
    prompts: Prompts
    environment: Mapping[str, str] | None = None
    missing: Provider | None = None
    """The same, but its program does not exist."""
    model: str | None = None
    consented: bool = False
    """Whether its launches have a person's consent (`Capabilities.consent`)."""

    def launch(
        self,
        marker: str,
        native_session: str | None = None,
        folder: Path | None = None,
        mode: str | None = None,
        rules: Sequence[str] = (),
        session: str | None = None,
        past: Sequence[AnyEvent] = (),
    ) -> Launch:
        """A launch of the agent; `past`: what the log of its session holds."""
        around = self.environment
        return Launch(
            session=session or new_id(),
            folder=folder or self.folder,
            marker=marker,
            environment=environment.for_provider(self.provider.id) if around is None else around,
            native_session=native_session,
            model=self.model,
            mode=mode,
            rules=rules,
            past=partial(_past, list(past)),
            consented=self.consented,
        )


async def _past(events: Sequence[AnyEvent]) -> Past:
    return Past(events=events)


class Opened:
    """An agent that is closed at the end, whatever happens; then nothing of it may be left."""

    def __init__(
        self,
        subject: Subject,
        sink: RecordingSink | None = None,
        native: str | None = None,
        *,
        mode: str | None = None,
        rules: Sequence[str] = (),
        after: "Opened | None" = None,
    ) -> None:
        """`after`: the same session, whose agent is gone."""
        self._subject = subject
        self._native, self._mode, self._rules = native, mode, rules
        self.session = after.session if after else new_id()
        self.past: list[AnyEvent] = list(after.past) if after else []
        """What the log of the session would hold."""
        self.marker = new_id()
        self.sink = sink or RecordingSink()
        self.agent: Agent

    async def __aenter__(self) -> "Opened":
        launch = self._subject.launch(
            self.marker,
            self._native,
            mode=self._mode,
            rules=self._rules,
            session=self.session,
            past=self.past,
        )
        self.agent = await self._subject.provider.open(launch, self.sink)
        assert self.sink.processes, "no process was recorded"
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.agent.close()
        await self.agent.close()  # idempotent
        left(self.marker)
        assert self.sink.ended, "the end of the process was not told"

    def ask(self, text: str) -> "asyncio.Task[Outcome]":
        """Prompt, in the background."""
        return asyncio.create_task(self._prompt(Prompt(turn=new_id(), text=text)))

    async def _prompt(self, prompt: Prompt) -> Outcome:
        self.past.append(TurnStarted(turn=prompt.turn, text=prompt.text))
        before = len(self.sink.events)
        try:
            outcome = await self.agent.prompt(prompt)
        except ProviderFailed as failed:
            self.past += [*self.sink.events[before:], TurnFailed(turn=prompt.turn, failure=failed.failure)]
            raise
        self.past += [*self.sink.events[before:], outcome]
        return outcome

    @property
    def keeper(self) -> int:
        """The pid that was recorded."""
        return self.sink.processes[-1].pid


def left(marker: str) -> None:
    """Raises AssertionError when a process of this marker runs."""
    found = processes.marked([marker])
    assert not found, f"left behind: {found}"


async def failure_of(work: "asyncio.Task[Outcome]", seconds: float) -> Failure:
    """The failure that the prompt ends with."""
    try:
        async with asyncio.timeout(seconds + SPARE_S):
            outcome = await work
    except ProviderFailed as failed:
        return failed.failure
    raise AssertionError(f"it did not fail: {outcome}")


def _need(text: str | None) -> str:
    if text is None:
        raise Skipped
    return text


async def answers(subject: Subject) -> None:
    """A prompt is answered, twice in a row: items open, grow and come whole, in order."""
    async with Opened(subject) as opened:
        for _ in range(2):
            assert isinstance(await opened.ask(subject.prompts.say), TurnCompleted)
            assert opened.sink.text
            opened.sink.check_items()
        assert not opened.sink.failures


async def is_ready(subject: Subject) -> None:
    """`readiness` finds the program, and says so within its limit."""
    async with asyncio.timeout(10):
        assert (await subject.provider.readiness()).found


async def is_cancelled(subject: Subject) -> None:
    """A cancel ends the turn within its limit, and the agent takes the next prompt."""
    async with Opened(subject) as opened:
        work = opened.ask(subject.prompts.endless)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        await opened.agent.cancel()
        async with asyncio.timeout(subject.provider.limits.interrupt + SPARE_S):
            assert isinstance(await work, TurnCancelled)
        opened.sink.check_items()
        assert isinstance(await opened.ask(subject.prompts.say), TurnCompleted)


async def is_cancelled_in_silence(subject: Subject) -> None:
    """A cancel is heard while the agent says nothing."""
    text = _need(subject.prompts.silent)
    async with Opened(subject) as opened:
        work = opened.ask(text)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        await opened.agent.cancel()
        async with asyncio.timeout(subject.provider.limits.interrupt + SPARE_S):
            assert isinstance(await work, TurnCancelled)


async def asks_and_does(subject: Subject) -> None:
    """What needs approval is asked with options, and done when allowed."""
    text = _need(subject.prompts.write)
    async with Opened(subject, RecordingSink(allow)) as opened:
        assert isinstance(await opened.ask(text), TurnCompleted)
        assert len(opened.sink.asked) == 1
        assert len(opened.sink.asked[0].options) > 1
        assert opened.sink.tool_calls[-1].status == "completed"
        opened.sink.check_items()


async def asks_and_leaves(subject: Subject) -> None:
    """What was rejected is not done, and shown as such."""
    text = _need(subject.prompts.write)
    async with Opened(subject, RecordingSink(reject)) as opened:
        assert isinstance(await opened.ask(text), TurnCompleted)
        assert opened.sink.tool_calls[-1].status == "failed"
        opened.sink.check_items()


async def is_cancelled_while_it_asks(subject: Subject) -> None:
    """A cancel is heard while a question is open."""
    text = _need(subject.prompts.write)
    async with Opened(subject, RecordingSink(never)) as opened:
        work = opened.ask(text)
        await opened.sink.until(lambda: opened.sink.asked)
        await opened.agent.cancel()
        async with asyncio.timeout(subject.provider.limits.interrupt + SPARE_S):
            assert isinstance(await work, TurnCancelled)
        opened.sink.check_items()
        opened.sink.answer = allow
        assert isinstance(await opened.ask(subject.prompts.say), TurnCompleted)


async def ends_with_a_question_closed(subject: Subject) -> None:
    """A question closed without an answer does not hang the turn."""
    text = _need(subject.prompts.write)

    async def close(request: object) -> Answered:
        return Answered(option=None)

    async with Opened(subject, RecordingSink(close)) as opened:
        work = opened.ask(text)
        await opened.sink.until(lambda: opened.sink.asked)
        await asyncio.wait({work}, timeout=subject.provider.limits.interrupt + SPARE_S)
        assert work.done()
        assert work.exception() is None or isinstance(work.exception(), ProviderFailed)


async def crash_is_told(subject: Subject) -> None:
    """A crash is `provider-crashed`, with the end of stderr."""
    text = _need(subject.prompts.crash)
    async with Opened(subject) as opened:
        failure = await failure_of(opened.ask(text), TOLD_S + 5)
        assert failure.code == "provider-crashed"
        assert subject.prompts.crash_detail in (failure.detail or "")
        assert opened.sink.failures == [failure]
        opened.sink.check_items()
        again = await failure_of(opened.ask(subject.prompts.say), TOLD_S)
        assert again.code == failure.code, "a dead agent takes no prompt"


async def leaving_is_told(subject: Subject) -> None:
    """Exit status 0 in the middle of a turn is a failure, too."""
    text = _need(subject.prompts.leave)
    async with Opened(subject) as opened:
        failure = await failure_of(opened.ask(text), TOLD_S + 5)
        assert failure.code in ("provider-crashed", "truncated")
        assert opened.sink.failures == [failure]


async def kill_is_told(subject: Subject) -> None:
    """A killed agent fails its prompt at once, and leaves nothing."""
    async with Opened(subject) as opened:
        work = opened.ask(subject.prompts.endless)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        [agent, *_] = processes.descendants(opened.keeper)
        os.kill(agent.pid, signal.SIGKILL)
        failure = await failure_of(work, TOLD_S)
        assert failure.code == "provider-crashed"
        await opened.sink.until(lambda: opened.sink.ended)
        left(opened.marker)
        opened.sink.check_items()


async def kill_of_the_keeper_is_told(subject: Subject) -> None:
    """Even without its keeper the agent ends, and is told of."""
    async with Opened(subject) as opened:
        work = opened.ask(subject.prompts.endless)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        os.kill(opened.keeper, signal.SIGKILL)
        assert (await failure_of(work, TOLD_S)).code == "provider-crashed"
        await opened.sink.until(lambda: opened.sink.ended)
        left(opened.marker)


async def death_while_idle_is_told(subject: Subject) -> None:
    """An agent that dies between two prompts is told of."""
    async with Opened(subject) as opened:
        os.kill(opened.keeper, signal.SIGKILL)
        await opened.sink.until(lambda: opened.sink.failures)
        assert (await failure_of(opened.ask(subject.prompts.say), TOLD_S)).code == "provider-crashed"


async def stopped_agent_is_closed(subject: Subject) -> None:
    """An agent that is stopped (SIGSTOP) is closed all the same."""
    async with Opened(subject) as opened:
        work = opened.ask(subject.prompts.endless)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        for seen in processes.descendants(opened.keeper):
            os.kill(seen.pid, signal.SIGSTOP)
        began = time.monotonic()
        await opened.agent.close()
        assert time.monotonic() - began < 2 * TOLD_S + SPARE_S
        await failure_of(work, TOLD_S)
        left(opened.marker)


async def closing_ends_the_prompt(subject: Subject) -> None:
    """Closed in the middle of a turn, the prompt ends, and nothing is left."""
    async with Opened(subject) as opened:
        work = opened.ask(subject.prompts.endless)
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        await opened.agent.close()
        await failure_of(work, TOLD_S)
        assert not opened.sink.failures, "who was closed has not died"


async def strays_are_ended(subject: Subject) -> None:
    """No process outlives its turn, and the person is told."""
    text = _need(subject.prompts.stray)
    async with Opened(subject) as opened:
        before = {seen.pid for seen in processes.descendants(opened.keeper)}
        assert isinstance(await opened.ask(text), TurnCompleted)
        assert {seen.pid for seen in processes.descendants(opened.keeper)} <= before
        assert "left behind" in opened.sink.tool_calls[-1].title


async def resumes(subject: Subject) -> None:
    """A new process goes on with the conversation, and does not tell it all again."""
    text = _need(subject.prompts.remember)
    if not subject.provider.capabilities.resume:
        raise Skipped
    async with Opened(subject) as first:
        assert isinstance(await first.ask(subject.prompts.say), TurnCompleted)
        native = first.sink.native_session
        assert native
    async with Opened(subject, native=native, after=first) as second:
        assert second.sink.text == "", "the past was told again"
        assert isinstance(await second.ask(text), TurnCompleted)
        assert subject.prompts.say in second.sink.text


async def bad_resume_is_told(subject: Subject) -> None:
    """A conversation that the agent does not know is a failure of `open`, not a silent new one."""
    marker = new_id()
    launch = subject.launch(marker, native_session="00000000-0000-7000-8000-000000000000")
    await _open_fails(subject.provider, launch, "invalid-request", "internal", "truncated")
    left(marker)


async def missing_program_is_told(subject: Subject) -> None:
    """A program that is not there is `provider-missing`, with something to do about it."""
    if subject.missing is None:
        raise Skipped
    assert not (await subject.missing.readiness()).found
    failure = await _open_fails(subject.missing, subject.launch(new_id()), "provider-missing")
    assert failure.action is None or failure.action.kind == "install"


async def missing_folder_is_told(subject: Subject) -> None:
    """A folder that is not there is `workspace-missing`."""
    launch = subject.launch(new_id(), folder=subject.folder / "not there")
    failure = await _open_fails(subject.provider, launch, "workspace-missing")
    assert failure.action


async def _open_fails(provider: Provider, launch: Launch, *codes: str) -> Failure:
    failure = None
    try:
        await (await provider.open(launch, RecordingSink())).close()
    except ProviderFailed as failed:
        failure = failed.failure
    assert failure, "it opened"
    assert failure.code in codes, failure
    return failure


async def giving_up_leaves_nothing(subject: Subject) -> None:
    """`open` cancelled in the middle leaves no process."""
    marker, sink = new_id(), RecordingSink()
    opening = asyncio.ensure_future(subject.provider.open(subject.launch(marker), sink))
    await sink.until(lambda: sink.processes)
    opening.cancel()
    await asyncio.wait({opening})
    assert opening.cancelled()
    left(marker)


async def an_unknown_task_is_not_stopped(subject: Subject) -> None:
    """Asked to stop a task that is not there, the agent says so, and takes the next prompt."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask(subject.prompts.say), TurnCompleted)
        assert not await opened.agent.stop_task("there is no such task")
        assert isinstance(await opened.ask(subject.prompts.say), TurnCompleted)


CHECKS: list[Callable[[Subject], Awaitable[None]]] = [
    is_ready,
    answers,
    is_cancelled,
    is_cancelled_in_silence,
    asks_and_does,
    asks_and_leaves,
    is_cancelled_while_it_asks,
    ends_with_a_question_closed,
    crash_is_told,
    leaving_is_told,
    kill_is_told,
    kill_of_the_keeper_is_told,
    death_while_idle_is_told,
    stopped_agent_is_closed,
    closing_ends_the_prompt,
    strays_are_ended,
    an_unknown_task_is_not_stopped,
    resumes,
    bad_resume_is_told,
    missing_program_is_told,
    missing_folder_is_told,
    giving_up_leaves_nothing,
]
"""All of them; each is independent of the others."""


def name_of(check: Callable[[Subject], Awaitable[None]]) -> str:
    """For a test's id."""
    return check.__name__
