"""Stands for a provider that this server does not have: its turns fail, and say so."""

from antiphon.providers.base import Agent, Capabilities, Launch, Limits, ProviderFailed, Readiness, Sink
from antiphon.sessions import failures


class MissingProvider:
    """A session's provider that is no longer in this server's catalog."""

    def __init__(self, id: str) -> None:
        self._id = id

    @property
    def id(self) -> str:
        return self._id

    @property
    def name(self) -> str:
        return self._id

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(approvals=False)

    @property
    def limits(self) -> Limits:
        return Limits()

    async def readiness(self) -> Readiness:
        return Readiness(found=False, message=failures.not_installed(self._id).message)

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        raise ProviderFailed(failures.not_installed(self._id))
