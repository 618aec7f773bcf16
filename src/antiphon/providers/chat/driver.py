"""Opening the agent: what openrouter.py and localgpu.py have in common."""

from collections.abc import Mapping
from typing import Protocol

from msgspec.structs import replace

from antiphon.model.events import SessionUpdated
from antiphon.model.failures import Failure
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.chat.setting import Setting, to_json
from antiphon.providers.environment import KEYS


class ChatDriver(Protocol):
    """The part of a ChatProvider that asks servers and runs agents."""

    async def readiness(self) -> Readiness:
        """See Provider."""
        ...

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        ...


async def open_with(
    entry: AcpEntry, launch: Launch, sink: Sink, setting: Setting, shown_model: str
) -> AcpAgent:
    """Start the agent with this setting. Raises ProviderFailed.

    Its conversation is the session's own log, so its id of it is the session's.
    """
    if launch.native_session not in (None, launch.session):
        raise ProviderFailed(_unknown(entry))
    past = await launch.past()
    whole = replace(
        setting,
        session=launch.session,
        patience=entry.limits.stall + entry.limits.interrupt,
        rules=tuple(launch.rules),
        past=past.events,
        attachments=past.attachments,
    )
    # The key goes over the wire: what the model runs could read it in an environment.
    bare = replace(launch, model=None, environment=_without_keys(entry.id, launch.environment))
    agent = await AcpDriver(entry).open(bare, sink, to_json(whole))
    sink.emit(SessionUpdated(model=shown_model))
    return agent


def _without_keys(provider: str, environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(KEYS[provider])}


def _unknown(entry: AcpEntry) -> Failure:
    return Failure(
        provider=entry.id,
        code="invalid-request",
        message=f"{entry.name} cannot go on with this conversation: it is another session's.",
    )
