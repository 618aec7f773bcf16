"""One client's side of the conversation, without I/O: what it sent, what it follows, what is next.

Rules:

1. A frame that cannot be read is answered `rejected`, with its id where one can be read.
2. A subscription is named by the id of the command that made it; a newer one of the same
   session takes its place, and frames of the older are no more.
3. Every `events` frame says which cursor it continues (`after`), and the next continues where
   it ends: at its last event, or at `to` where deltas were left out.
4. Subscriptions take turns, one frame each.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.model.commands import AnyCommand
from antiphon.model.ids import is_id
from antiphon.model.replies import Limits, Rejected

Encoded = tuple[int, bytes]

LIMITS = Limits(
    frame_bytes=8 * 1024 * 1024,
    prompt_characters=1_000_000,
    attachment_bytes=64 * 1024 * 1024,
    heartbeat_seconds=15.0,
    subscriptions=200,
)

_decode = msgspec.json.Decoder(AnyCommand).decode


class _Envelope(Struct):
    """What can be told of a frame that is no command."""

    id: Any = None
    type: Any = None


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_TYPES = frozenset(str(kind.__struct_config__.tag) for kind in AnyCommand.__args__)


class Following(Struct):
    """One subscription."""

    id: str
    session: str
    cursor: int
    """Up to here it has been sent."""
    opening: Sequence[Encoded] = ()
    """The tail to begin with; `cursor` is already behind it."""
    after: int = 0
    """The cursor that the opening continues."""


class Connection:
    """What one client follows. Pure state: no clock, no socket."""

    def __init__(self) -> None:
        self._following: dict[str, Following] = {}
        self._ready: OrderedDict[str, None] = OrderedDict()

    def decode(self, frame: str | bytes | None) -> AnyCommand | Rejected:
        """Read a frame."""
        if not isinstance(frame, str):
            return Rejected(id=None, code="bad-frame", message="Frames are JSON text.")
        if _too_large(frame):
            return Rejected(
                id=None, code="too-large", message=f"A frame has at most {LIMITS.frame_bytes} bytes."
            )
        try:
            return _decode(frame)
        except msgspec.DecodeError as error:
            return _unreadable(frame, error)

    def follow(self, following: Following) -> None:
        """Follow a session, in the place of an older subscription of it."""
        self._following[following.session] = following
        self.woken(following.session)

    def unfollow(self, session: str) -> None:
        """Follow it no longer."""
        self._following.pop(session, None)
        self._ready.pop(session, None)

    def follows(self, session: str) -> bool:
        """Whether the session is followed."""
        return session in self._following

    @property
    def full(self) -> bool:
        """Whether it follows as many sessions as it may."""
        return len(self._following) >= LIMITS.subscriptions

    def woken(self, session: str) -> None:
        """There may be something to read."""
        if session in self._following:
            self._ready[session] = None

    def next(self) -> Following | None:
        """The subscription whose turn it is to be read. It is ready again when `sent` or `woken` says so."""
        if not self._ready:
            return None
        session, _ = self._ready.popitem(last=False)
        return self._following[session]

    def is_current(self, following: Following) -> bool:
        """Whether the subscription still stands (it may have been replaced while it was read)."""
        return self._following.get(following.session) is following

    def opening(self, following: Following) -> bytes | None:
        """The frame of the tail, once; None: there is none."""
        events, following.opening = following.opening, ()
        if not events:
            return None
        to = following.cursor if events[-1][0] != following.cursor else None
        return encode(following, following.after, events, to)

    def frame(self, following: Following, events: Sequence[Encoded]) -> bytes:
        """The frame of these events, which come next; the cursor moves on, and there may be more."""
        encoded = encode(following, following.cursor, events, None)
        following.cursor = events[-1][0]
        self.woken(following.session)
        return encoded

    def cursors(self) -> dict[str, int]:
        """How far each subscription has been sent."""
        return {session: following.cursor for session, following in self._following.items()}


def encode(following: Following, after: int, events: Sequence[Encoded], to: int | None) -> bytes:
    """An `events` frame around events that are encoded already. Ids are safe in JSON as they are."""
    end = f'],"to":{to}}}' if to is not None else "]}"
    head = f'{{"type":"events","session":"{following.session}","subscription":"{following.id}","after":{after},"events":['
    return b"".join((head.encode(), b",".join([body for _, body in events]), end.encode()))


def _too_large(frame: str) -> bool:
    # Only a frame that may be too large is worth encoding to know: a character has 1 to 4 bytes.
    limit = LIMITS.frame_bytes
    return 4 * len(frame) > limit and len(frame.encode()) > limit


def _unreadable(frame: str, error: msgspec.DecodeError) -> Rejected:
    try:
        envelope = _decode_envelope(frame)
    except msgspec.DecodeError:
        return Rejected(id=None, code="bad-frame", message=f"That is no command in JSON: {error}")
    id = envelope.id if isinstance(envelope.id, str) and is_id(envelope.id) else None
    if isinstance(envelope.type, str) and envelope.type not in _TYPES:
        return Rejected(id=id, code="unknown-type", message=f"There is no command “{envelope.type[:64]}”.")
    return Rejected(id=id, code="invalid", message=f"The command is not complete: {error}")
