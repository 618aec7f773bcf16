"""Commands over REST: the same effects as over the WebSocket, once per Idempotency-Key."""

from typing import Annotated, Any, cast

import msgspec
from litestar import Response, post
from litestar.params import HeaderParameter, RawBody

from antiphon.model import commands as c
from antiphon.model.ids import ID_PATTERN, is_id
from antiphon.model.replies import Accepted, Rejected, RejectedCode, Reply, SessionBusy
from antiphon.server.connection import LIMITS
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, refusals

EffectCommand = (
    c.Prompt | c.Cancel | c.Wait | c.Answer | c.Dequeue | c.Reorder | c.Edit | c.ResumeQueue | c.StopTask
)

IdempotencyKey = Annotated[
    str | None, HeaderParameter(name="Idempotency-Key", description=f"The command's id: {ID_PATTERN}")
]


@post(
    "/api/commands",
    status_code=200,
    tags=["commands"],
    request_max_body_size=LIMITS.frame_bytes,
    responses=refusals(400, 403, 404, 409, 413, 429, 500, 503, 504, 507),
)
async def command(
    parts: Parts, caller: Caller, body: RawBody, idempotency_key: IdempotencyKey = None
) -> Response[Accepted | SessionBusy | Rejected]:
    """Do what a command asks, exactly once. The body is the command without its `id`.

    Sent again with the same key and body it gets the same reply and has no second effect.
    """
    reply = await parts.supervisor.submit(caller.user, read_command(body, idempotency_key))
    return Response(cast(Accepted | SessionBusy | Rejected, reply), status_code=status_of(reply))


def read_command(body: bytes, key: str | None) -> EffectCommand:
    """The command in a body. Raises ApiError."""
    if key is None or not is_id(key):
        message = "The header Idempotency-Key must hold the command's id: 1 to 64 letters, digits, - or _."
        raise ApiError(400, "invalid", message)
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        if "id" in fields:
            raise ApiError(400, "invalid", "The command's id belongs into the header Idempotency-Key.")
        return msgspec.convert({**fields, "id": key}, EffectCommand)
    except msgspec.MsgspecError as error:
        raise ApiError(400, "invalid", f"This is no command: {error}.") from None


_STATUS: dict[RejectedCode, int] = {
    "too-large": 413,
    "id-reused": 409,
    "inbox-full": 429,
    "queue-full": 429,
    "unknown-session": 404,
    "unknown-turn": 404,
    "unknown-approval": 404,
    "unknown-attachment": 404,
    "unknown-provider": 404,
    "unknown-task": 404,
    "agent-silent": 504,
    "not-running": 409,
    "already-answered": 409,
    "untrusted-folder": 403,
    "consent-needed": 403,
    "workspace-missing": 409,
    "session-trashed": 409,
    "session-elsewhere": 409,
    "bypass-not-allowed": 403,
    "storage-full": 507,
    "server-stopping": 503,
    "internal": 500,
}


def status_of(reply: Reply) -> int:
    """The HTTP status that fits a reply."""
    match reply:
        case SessionBusy():
            return 409
        case Rejected(code=code):
            return _STATUS.get(code, 400)
        case _:
            return 200


ROUTES = (command,)
