"""The line to one ACP agent: requests over the ACP library's connection, and how the line ends.

The agent is dead when its stdout ends, or says what is not ACP. Whatever then waits for it
fails with the cause: how the process ended, what it wrote to stderr.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from msgspec import ValidationError

from antiphon.model.failures import Failure, FailureCode
from antiphon.providers import death
from antiphon.providers.acp import complaints, errors
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.wire import Tells, Wire
from antiphon.providers.base import ProviderFailed
from antiphon.providers.loose import Json, table
from antiphon.providers.process import AgentProcess
from antiphon.providers.surrogates import mend

if TYPE_CHECKING:
    from acp.connection import Connection

OnRequest = Callable[[str, Json, bool], Awaitable[Json | None]]
"""Answers the agent: method, parameters, whether it is only a notification."""


def library() -> "type[Connection]":
    """The ACP library: a second to import, so only when it is needed, and off the event loop."""
    from acp.connection import Connection

    return Connection


class Link:
    """Made over a started process; `close` is owed in every case."""

    def __init__(
        self,
        entry: AcpEntry,
        process: AgentProcess,
        connection: "type[Connection]",
        on_update: Callable[[Json], None],
        on_request: OnRequest,
        drained: Callable[[], Awaitable[None]],
        tells: Tells,
    ) -> None:
        self.entry = entry
        self.process = process
        self.updates = 0
        """How many have come."""
        self._on_update = on_update
        self._on_request = on_request
        self._wire = Wire(process, self._count, drained, tells)
        self._connection = connection(self._answer, self._wire)
        self._closing = False
        self.death = asyncio.create_task(self._watch(), name=f"watch {entry.id} {process.pid}")
        """Done when the agent is gone: why."""

    def _count(self, params: Json) -> None:
        self.updates += 1
        self._on_update(params)

    async def _answer(self, method: str, params: Any, notification: bool) -> Json | None:
        from acp.exceptions import RequestError

        try:
            return await self._on_request(method, table(mend(params)), notification)
        except NotImplementedError:
            raise RequestError.method_not_found(method) from None
        except ValidationError as error:
            raise RequestError.invalid_params({"details": str(error)}) from None

    async def request(self, method: str, params: Json) -> Json:
        """Ask the agent. Raises ProviderFailed, whatever went wrong."""
        from acp.exceptions import RequestError

        try:
            return table(await self._connection.send_request(method, params))
        except RequestError as error:
            failure = errors.failure(self.entry.names, error.code, mend(str(error)), mend(error.data))
            raise ProviderFailed(failure) from error
        except ConnectionError as error:
            if not self._wire.ended.is_set():  # its stdin is closed, its stdout is not
                await self.process.close()
            raise ProviderFailed(await asyncio.shield(self.death)) from error

    async def notify(self, method: str, params: Json) -> None:
        """Tell the agent. Raises ConnectionError when it is gone."""
        await self._connection.send_notification(method, params)

    async def answered(self) -> None:
        """Wait until every request of the agent has its response written."""
        await self._wire.answered()

    async def settled(self) -> None:
        """Wait until the agent has nothing more to tell.

        By its own event loop, not by a clock: it is asked for what no agent knows, until it
        answers twice in a row without an update between.
        """
        quiet = 0
        while quiet < 2:
            before = self.updates
            try:
                await self.request("_antiphon/settled", {})
            except ProviderFailed as failed:
                if self.death.done():
                    raise failed from None
            quiet = quiet + 1 if self.updates == before else 0

    def failed(
        self, code: FailureCode, message: str, words: str = "", *, quiet: bool = False
    ) -> ProviderFailed:
        """A failure of this agent. `{name}` in the message stands for it.

        The end of its stderr goes with it, unless that has nothing to do with it (`quiet`).
        """
        action = self.process.program.install if code == "provider-missing" else errors.ACTIONS.get(code)
        stderr = "" if quiet else complaints.without(self.entry.chatter, self.process.stderr)
        detail = "\n".join(filter(None, (words, stderr)))
        return ProviderFailed(
            Failure(
                provider=self.entry.id,
                code=code,
                message=message.replace("{name}", self.entry.name),
                action=action,
                detail=detail or None,
            )
        )

    async def _watch(self) -> Failure:
        await self._wire.ended.wait()
        return (await self._cause()).failure

    async def _cause(self) -> ProviderFailed:
        """Why nothing more can come from the agent."""
        found = await death.cause(
            self.process,
            name=self.entry.name,
            language="the Agent Client Protocol",
            broken=self._wire.broken,
            closing=self._closing,
        )
        return self.failed(found.code, found.message, found.detail)

    async def close(self) -> None:
        """End the agent and all below it. Idempotent; never raises."""
        self._closing = True
        await self.process.close()
        await self._connection.close()
