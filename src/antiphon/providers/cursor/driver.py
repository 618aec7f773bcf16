"""Looking at Cursor, and opening it, over the road that there is."""

from collections.abc import Mapping

from antiphon.model.failures import Action, Failure, FailureCode
from antiphon.providers import environment
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.cursor import cli, roads

SDK_SESSION = "agent-"
"""How the SDK's ids of a conversation begin; the CLI's are bare UUIDs."""


class CursorDriver:
    """The part of CursorProvider that runs programs."""

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = environment.for_provider(roads.ID)
        entry = roads.road(around)
        if entry is None:
            message, action = roads.missing(around)
            return Readiness(found=False, message=message, action=action)
        if entry.approvals:
            return await cli.look(entry, entry.surroundings(around))
        return _of_sdk(await AcpDriver(entry).readiness(), around)

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        entry = roads.road(launch.environment)
        if entry is None:
            message, action = roads.missing(launch.environment)
            raise _failed("provider-missing", message, action)
        if entry.consent and not launch.consented:
            raise _failed("auth", "Nobody has agreed in this project that Cursor works without asking.", None)
        _check_road(entry, launch.native_session)
        return await AcpDriver(entry).open(launch, sink)


def _of_sdk(found: Readiness, around: Mapping[str, str]) -> Readiness:
    keyed = bool(around.get(roads.KEY))
    return Readiness(
        found=True,
        version=found.version,
        signed_in=keyed,
        account=f"API key from {roads.KEY}, over cursor-sdk" if keyed else "",
        message=roads.OVER_SDK if keyed else f"{roads.OVER_SDK} It needs a key.",
        action=None if keyed else roads.SDK.names.sign_in,
        warning=roads.CONSENT,
    )


def _check_road(entry: AcpEntry, native: str | None) -> None:
    """A conversation is known to the road that it was held over, and to no other. Raises ProviderFailed."""
    if native is None or native.startswith(SDK_SESSION) is not entry.approvals:
        return
    was, now = ("the Cursor CLI", "cursor-sdk") if entry is roads.SDK else ("cursor-sdk", "the Cursor CLI")
    message = (
        f"This conversation was held over {was}, and Cursor is used over {now} now, which does not know it."
    )
    raise _failed("invalid-request", message, None)


def _failed(code: FailureCode, message: str, action: Action | None) -> ProviderFailed:
    return ProviderFailed(Failure(provider=roads.ID, code=code, message=message, action=action))
