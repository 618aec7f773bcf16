"""Commands that Codex runs beside its turns: listed, told as tasks, ended.

Codex lists them (`thread/backgroundTerminals`), but does not tell when one is begun; it tells the end as
that of the item which began it.
"""

from antiphon.clock import SystemClock
from antiphon.model.events import BackgroundTask, SessionUpdated
from antiphon.providers.base import ProviderFailed, Sink
from antiphon.providers.codex import tools
from antiphon.providers.codex.wire import Line, Refused
from antiphon.providers.loose import Json, tables, text


class Terminals:
    """Those of one thread."""

    def __init__(self, sink: Sink, line: Line) -> None:
        self._sink, self._line = sink, line
        self.thread = ""
        self._tasks: dict[str, BackgroundTask] = {}
        """By the id of the item that began it."""
        self._processes: dict[str, str] = {}
        """Codex's id of the process, by that of the item."""
        self._over: set[str] = set()
        """Items that ended while the list was asked for: it may still have them."""

    @property
    def known(self) -> bool:
        """Whether any is told of."""
        return bool(self._tasks)

    async def after(self, *, keep: bool) -> None:
        """After a turn: tell what goes on beside it. `keep` False: what the turn began is ended."""
        self._over.clear()
        found = {text(each.get("itemId")): each for each in await self._listed()}
        listed = {id: each for id, each in found.items() if id not in self._over}
        new = [id for id in listed if id not in self._tasks]
        if not keep:
            for id in new:
                await self._end(text(listed.pop(id).get("processId")))
        was = self._tasks
        self._processes = {id: text(each.get("processId")) for id, each in listed.items()}
        self._tasks = {id: was.get(id) or _task(id, each) for id, each in listed.items()}
        if self._tasks != was:
            self._tell()

    async def _listed(self) -> list[Json]:
        try:
            found = await self._line.request("thread/backgroundTerminals/list", threadId=self.thread)
        except (Refused, ProviderFailed):  # of a dead agent the prompt tells
            return []
        return tables(found.get("data"))

    def ended(self, item: str) -> None:
        """An item is done."""
        self._over.add(item)
        if self._tasks.pop(item, None):
            self._processes.pop(item, None)
            self._tell()

    async def stop(self, task: str) -> bool:
        """End a task; False when there is none of this id."""
        process = self._processes.get(task)
        if process is None or not await self._end(process):
            return False
        self.ended(task)
        return True

    async def _end(self, process: str) -> bool:
        try:
            found = await self._line.request(
                "thread/backgroundTerminals/terminate", threadId=self.thread, processId=process
            )
        except (Refused, ProviderFailed):
            return False
        return found.get("terminated") is True

    def _tell(self) -> None:
        self._sink.emit(SessionUpdated(tasks=list(self._tasks.values())))


def _task(id: str, terminal: Json) -> BackgroundTask:
    title = tools.line(tools.command(text(terminal.get("command")))) or id
    return BackgroundTask(id=id, title=title, kind="command", started_at=SystemClock().now())
