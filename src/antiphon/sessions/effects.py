"""What each command does to its session: a table of command → effect.

Every effect returns its Reply, or raises `Refused` with the reply that says why there was
none. Effects run one after the other under the session's lock.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from antiphon.clock import within
from antiphon.log import approvals as approval_rows
from antiphon.log import commands as command_rows
from antiphon.log import consents
from antiphon.log.errors import AlreadyResolved, CommandSeen, TurnRunning
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Outcome, Rejected, RejectedCode, Reply, SessionBusy
from antiphon.presence import missing
from antiphon.providers.base import Answered, Prompt, ProviderFailed
from antiphon.sessions import failures
from antiphon.sessions.attachments import UnknownAttachment, find
from antiphon.sessions.journal import Draft
from antiphon.sessions.native import NativeTaken
from antiphon.sessions.session import Session

QUEUE_LIMIT = 100
"""Prompts that may wait in one session."""
STEER_SECONDS = 5.0
"""For an agent to take words into a running turn."""
TASK_SECONDS = 5.0
"""For an agent to end a background task."""


class Refused(Exception):
    """The command had no effect; `reply` says why."""

    def __init__(self, reply: Rejected | SessionBusy) -> None:
        super().__init__(reply)
        self.reply = reply


class Asked:
    """One command on its way: who sent it, and how its reply is stored with its effect."""

    def __init__(self, user: int, command: c.AnyCommand, session: str, hash: bytes) -> None:
        self.user, self.command, self._session, self._hash = user, command, session, hash

    def accepted(self, outcome: Outcome, turn: str | None = None, seq: int | None = None) -> Accepted:
        return Accepted(id=self.command.id, session=self._session, outcome=outcome, turn=turn, seq=seq)

    def draft(self, outcome: Outcome, turn: str | None = None, *, logged: bool = True) -> Draft:
        """The reply as it will stand in the log; `logged`: an event records the effect."""
        return Draft(
            user=self.user,
            command=self.command.id,
            hash=self._hash,
            reply=lambda seq: self.accepted(outcome, turn, seq if logged else None),
        )

    def refuse(
        self, code: RejectedCode, message: str, *, by: str | None = None, option: str | None = None
    ) -> Refused:
        return Refused(Rejected(id=self.command.id, code=code, message=message, by=by, option=option))


Effect = Callable[[Session, Asked, Any], Awaitable[Reply]]


async def prompt(session: Session, asked: Asked, command: c.Prompt) -> Reply:
    """Start a turn; when one runs: reject, queue or steer, as the person chose."""
    await _check_folder(session, asked)
    _check_mode(session, asked)
    await _check_consent(session, asked)
    await _check_attachments(session, asked, command)
    wanted = e.QueuedTurn(
        turn=new_id(),
        text=command.text,
        at=session.clock.now(),
        attachments=command.attachments,
        command=command.id,
    )
    if session.turn is None:
        return await _start(session, asked, command, wanted)
    if command.if_busy == "reject":
        raise _busy(session, asked)
    if command.if_busy == "steer" and (steered := await _steer(session, asked, wanted)):
        return steered
    return await _queue(session, asked, wanted)


async def _start(session: Session, asked: Asked, command: c.Prompt, wanted: e.QueuedTurn) -> Reply:
    async with _conversation(session, asked, fork=command.fork):
        carried = command.carry and session.slot.lost
        draft = asked.draft("started", wanted.turn)
        try:
            seq = await session.begin(wanted, draft=draft, retry_of=command.retry_of, carried=carried)
        except TurnRunning:
            raise _busy(session, asked) from None
        if command.fork:
            session.slot.branch()  # now that it is in the log, and before its turn has asked for the agent
        return asked.accepted("started", wanted.turn, seq)


def _busy(session: Session, asked: Asked) -> Refused:
    state = session.state
    running = state.turn(state.running or "")
    return Refused(
        SessionBusy(
            id=asked.command.id,
            session=session.id,
            provider=session.row.provider,
            turn=session.running or state.running or "",
            since=running.started_at or 0 if running else session.clock.now(),
            queued=len(state.queue),
        )
    )


async def _queue(session: Session, asked: Asked, wanted: e.QueuedTurn) -> Reply:
    if len(session.state.queue) >= QUEUE_LIMIT:
        raise asked.refuse("queue-full", f"{QUEUE_LIMIT} prompts wait already; let some of them run first.")
    event = e.TurnQueued(
        turn=wanted.turn,
        at=wanted.at,
        text=wanted.text,
        attachments=wanted.attachments,
        command=wanted.command,
    )
    seq = await session.journal.commit([event], asked.draft("queued", wanted.turn))
    return asked.accepted("queued", wanted.turn, seq)


async def _steer(session: Session, asked: Asked, wanted: e.QueuedTurn) -> Reply | None:
    """Words into the running turn. None: it is over or the agent cannot, so they become a queued turn."""
    turn, agent = session.turn, session.agent
    if not turn or turn.stopping or not agent or not session.provider.capabilities.steer:
        return None
    await _check_new(session, asked)
    attachments = await find(session.log, session.row.user, wanted.attachments)
    words = Prompt(turn=turn.id, text=wanted.text, attachments=attachments)
    try:
        if not await within(session.clock, STEER_SECONDS, agent.steer(words)):
            return None
    except (TimeoutError, ProviderFailed):
        return None
    event = e.TurnSteered(
        turn=turn.id, at=wanted.at, text=wanted.text, attachments=wanted.attachments, command=wanted.command
    )
    seq = await session.journal.commit([event], asked.draft("steered", turn.id))
    return asked.accepted("steered", turn.id, seq)


async def _check_new(session: Session, asked: Asked) -> None:
    """Raises CommandSeen: what goes to the agent before it goes into the log must not go there twice."""
    stored = await session.log.read(lambda conn: command_rows.get_command(conn, asked.user, asked.command.id))
    if stored:
        raise CommandSeen(stored)


async def _check_folder(session: Session, asked: Asked) -> None:
    row = session.row
    if session.in_trash:
        raise asked.refuse("session-trashed", "This session is in the trash; restore it to go on.")
    if why := await missing(Path(row.project_path)):
        raise asked.refuse(
            "workspace-missing",
            f"The project's folder {row.project_path} {why}. Bring it back, or start a session in another.",
        )
    if not row.project_trusted:
        raise asked.refuse(
            "untrusted-folder",
            f"Nobody has said yet that {row.project_path} can be trusted. Trust it to let agents work there.",
        )


def _check_mode(session: Session, asked: Asked) -> None:
    """Whether the server lets agents work in the session's mode: it may have been started anew without the flag."""
    if mode := session.forbidden_mode:
        raise asked.refuse("bypass-not-allowed", failures.bypass_not_allowed(mode))


async def _check_consent(session: Session, asked: Asked) -> None:
    """Whether a person agreed to what the agent does without asking."""
    words, key = session.provider.capabilities.consent, session.row.key
    if words and not await session.log.read(lambda conn: consents.given(conn, key)):
        raise asked.refuse("consent-needed", words)


@asynccontextmanager
async def _conversation(session: Session, asked: Asked, *, fork: bool) -> AsyncGenerator[None]:
    """The conversation, if it is ours to go on with; let go of again where no turn began. `fork`: in a copy."""
    if fork:
        await _check_new(session, asked)
        await _leave_file(session)
    elif session.turn is None:
        await _check_elsewhere(session, asked)
    try:
        yield
    finally:
        if session.turn is None:
            session.slot.unclaim()


async def _leave_file(session: Session) -> None:
    """What others write to the original is no longer ours; looked at again where the fork does not come about."""
    if session.follower:
        await session.follower.catch_up()
        await session.follower.leave()


async def _check_elsewhere(session: Session, asked: Asked) -> None:
    if session.follower:
        await session.follower.catch_up()
    if session.state.elsewhere:
        raise asked.refuse(
            "session-elsewhere",
            "Another program wrote to this conversation a moment ago. Go on there, wait a minute, or continue it as a fork.",
        )
    try:
        session.slot.claim()
    except NativeTaken as taken:
        message = f"This conversation is open in {taken.where}. Go on there, close it there, or continue it as a fork."
        raise asked.refuse("session-elsewhere", message) from taken


async def _check_attachments(session: Session, asked: Asked, command: c.Prompt) -> None:
    try:
        await find(session.log, asked.user, command.attachments)
    except UnknownAttachment as unknown:
        raise asked.refuse("unknown-attachment", str(unknown)) from unknown


async def cancel(session: Session, asked: Asked, command: c.Cancel) -> Reply:
    """Stop the running turn; a queued one is taken from the queue. Works on a full disk too."""
    if session.running != command.turn:
        if any(q.turn == command.turn for q in session.state.queue):
            return await _remove(session, asked, command.turn, "cancelled")
        raise asked.refuse("not-running", "That turn does not run any more.")
    assert session.turn is not None
    session.turn.stop("cancelled")
    await session.journal.commit([], asked.draft("cancelled", command.turn, logged=False))
    return asked.accepted("cancelled", command.turn)


async def wait(session: Session, asked: Asked, command: c.Wait) -> Reply:
    """Give a silent turn one more full limit."""
    if session.running != command.turn:
        raise asked.refuse("not-running", "That turn does not run any more.")
    await session.journal.commit([], asked.draft("waiting", command.turn, logged=False))
    session.alive()
    return asked.accepted("waiting", command.turn)


async def answer(session: Session, asked: Asked, command: c.Answer) -> Reply:
    """Answer an approval; the first answer wins, in the log."""
    await session.journal.flushed(at_once=True)
    request = next((a for a in session.state.approvals if a.approval == command.approval), None)
    if request is None:
        raise await _no_approval(session, asked, command)
    _check_answer(asked, request, command)
    resolved = e.ApprovalResolved(
        turn=request.turn,
        at=session.clock.now(),
        approval=command.approval,
        by="person",
        option=command.option,
        fields=command.fields,
    )
    try:
        seq = await session.journal.commit([resolved], asked.draft("answered", request.turn))
    except AlreadyResolved as late:
        raise _too_late(asked, late.by, late.option) from late
    session.approvals.give(command.approval, Answered(option=command.option, fields=command.fields))
    return asked.accepted("answered", request.turn, seq)


def _check_answer(asked: Asked, request: e.ApprovalRequested, command: c.Answer) -> None:
    if command.option not in {option.id for option in request.options}:
        raise asked.refuse("invalid", f"“{command.option}” is not one of this question's options.")
    known = {field.id for field in request.fields}
    if unknown := set(command.fields) - known:
        raise asked.refuse("invalid", f"The question has no field {', '.join(sorted(unknown))}.")


async def _no_approval(session: Session, asked: Asked, command: c.Answer) -> Refused:
    key = session.row.key
    row = await session.log.read(lambda conn: approval_rows.get_approval(conn, key, command.approval))
    if row is None:
        return asked.refuse("unknown-approval", "There is no such question in this session.")
    return _too_late(asked, row.by, row.option)


def _too_late(asked: Asked, by: str | None, option: str | None) -> Refused:
    how = f"answered already ({option})" if option else "closed already, without an answer"
    return asked.refuse("already-answered", f"This question was {how}.", by=by, option=option)


async def dequeue(session: Session, asked: Asked, command: c.Dequeue) -> Reply:
    """Take a waiting turn out of the queue."""
    if not any(q.turn == command.turn for q in session.state.queue):
        raise asked.refuse("unknown-turn", "That prompt does not wait in the queue any more.")
    return await _remove(session, asked, command.turn, "dequeued")


async def _remove(session: Session, asked: Asked, turn: str, outcome: Outcome) -> Reply:
    event = e.TurnCancelled(turn=turn, at=session.clock.now(), dequeued=True)
    seq = await session.journal.commit([event], asked.draft(outcome, turn))
    return asked.accepted(outcome, turn, seq)


async def reorder(session: Session, asked: Asked, command: c.Reorder) -> Reply:
    """Put the queue into another order."""
    if sorted(command.turns) != sorted(q.turn for q in session.state.queue):
        raise asked.refuse("invalid", "The queue has changed meanwhile; look again.")
    event = e.SessionUpdated(at=session.clock.now(), queue=command.turns)
    seq = await session.journal.commit([event], asked.draft("reordered"))
    return asked.accepted("reordered", None, seq)


async def edit(session: Session, asked: Asked, command: c.Edit) -> Reply:
    """Give a waiting turn other words."""
    if not any(q.turn == command.turn for q in session.state.queue):
        raise asked.refuse("unknown-turn", "That prompt does not wait in the queue any more.")
    event = e.TurnEdited(turn=command.turn, at=session.clock.now(), text=command.text)
    seq = await session.journal.commit([event], asked.draft("edited", command.turn))
    return asked.accepted("edited", command.turn, seq)


async def resume_queue(session: Session, asked: Asked, command: c.ResumeQueue) -> Reply:
    """Let a held queue run."""
    await _check_folder(session, asked)
    _check_mode(session, asked)
    await _check_consent(session, asked)
    async with _conversation(session, asked, fork=False):
        event = e.SessionUpdated(at=session.clock.now(), queue_held=False)
        seq = await session.journal.commit([event], asked.draft("resumed"))
        await session.next()
        return asked.accepted("resumed", None, seq)


async def stop_task(session: Session, asked: Asked, command: c.StopTask) -> Reply:
    """End something that the agent runs in the background."""
    agent = session.agent
    if agent is None or not any(task.id == command.task for task in session.state.tasks):
        raise _no_task(asked)
    await _check_new(session, asked)
    try:
        stopped = await within(session.clock, TASK_SECONDS, agent.stop_task(command.task))
    except (TimeoutError, ProviderFailed) as error:
        message = f"{session.provider.name} did not answer; try again, or stop its turn."
        raise asked.refuse("agent-silent", message) from error
    if not stopped:
        raise _no_task(asked)
    await session.journal.commit([], asked.draft("stopped", logged=False))
    return asked.accepted("stopped")


def _no_task(asked: Asked) -> Refused:
    return asked.refuse("unknown-task", "That does not run in the background any more.")


EFFECTS: dict[type[c.AnyCommand], Effect] = {
    c.Prompt: prompt,
    c.Cancel: cancel,
    c.Wait: wait,
    c.Answer: answer,
    c.Dequeue: dequeue,
    c.Reorder: reorder,
    c.Edit: edit,
    c.ResumeQueue: resume_queue,
    c.StopTask: stop_task,
}

LOCKED_OUT = (
    "The disk is full: nothing can be saved. Free some space and send it again; your words are kept here."
)


def cancel_without_log(session: Session, asked: Asked, command: c.Cancel) -> Reply | None:
    """Stop the turn though the log cannot be written; its end is logged when storage returns. None: it does not run."""
    if session.running == command.turn and session.turn:
        session.turn.stop("cancelled")
        return asked.accepted("cancelled", command.turn)
    return None
