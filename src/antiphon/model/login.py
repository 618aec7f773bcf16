"""The frames of `/ws/sign-in/{provider}`: a person types into an agent's own login, and sees what it prints.

Nothing of this is logged or stored: a device code or a token may stand in it.
"""

from typing import Literal

from msgspec import Struct

from antiphon.model.failures import Action


class _Frame(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What all frames share."""


class LoginStart(_Frame, frozen=True, tag="login-start", forbid_unknown_fields=True):
    """Client → server, first and once: start the login, in a terminal of this size (characters)."""

    columns: int = 80
    rows: int = 24


class LoginInput(_Frame, frozen=True, tag="login-input", forbid_unknown_fields=True):
    """Client → server: keys that were typed, or text that was pasted."""

    text: str


class LoginResize(_Frame, frozen=True, tag="login-resize", forbid_unknown_fields=True):
    """Client → server: the terminal has another size now."""

    columns: int
    rows: int


LoginCommand = LoginStart | LoginInput | LoginResize


class LoginStarted(_Frame, frozen=True, tag="login-started"):
    """Server → client: it runs."""

    provider: str
    command: str
    """What runs, as a person would type it."""
    hint: str = ""
    """What to do with what it prints."""


class LoginOutput(_Frame, frozen=True, tag="login-output"):
    """Server → client: what it printed, with the terminal's control sequences."""

    text: str


LoginEnd = Literal[
    "done",
    "failed",
    "refused",
    "time-limit",
    "elsewhere",
    "signed-out",
    "stopping",
    "too-much",
    "invalid",
    "internal",
]


class LoginEnded(_Frame, frozen=True, tag="login-ended"):
    """Server → client, last and once, also where nothing was started: the login is over, and nothing of it runs."""

    reason: LoginEnd
    message: str
    """What that means, for a person."""
    action: Action | None = None
    """What to do about it."""


LoginFrame = LoginStarted | LoginOutput | LoginEnded
