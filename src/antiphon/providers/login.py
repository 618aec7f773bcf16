"""Signing in: the agent's own login command, which the server may run for a person.

Each provider names its command once, in its own table. The words that a person may type instead
(`Action.command` of kind `sign-in`) are made of it, and nothing of it ever comes from a client.
"""

import shlex
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from antiphon.model.failures import Action
from antiphon.providers.programs import Program


class Login(Struct, frozen=True, kw_only=True):
    """How an agent is signed in to."""

    command: tuple[str, ...]
    """The program and its arguments, as a person would type them."""
    label: str
    """For a button: "Sign in to Claude"."""
    hint: str = ""
    """What to do with what it prints, for a person who is not at the server's screen."""
    environment: Mapping[str, str] = {}
    """Set for it, over the agent's own environment."""

    @property
    def action(self) -> Action:
        """What a person can do about a login that is missing."""
        return Action(kind="sign-in", label=self.label, command=shlex.join(self.command))


class Prepared(Struct, frozen=True, kw_only=True):
    """A login that can be started."""

    program: Program
    environment: Mapping[str, str]
    """Without Antiphon's secrets and other providers' keys."""


@runtime_checkable
class SignsIn(Protocol):
    """A provider whose agent has a login that can be run for a person."""

    @property
    def login(self) -> Login | None:
        """None: this one has none."""
        ...

    async def prepare_login(self) -> Prepared:
        """Find the program, and make its environment. Raises ProviderFailed (`provider-missing`)."""
        ...


def login_of(provider: object) -> Login | None:
    """The provider's login; None where its agent has none that we know."""
    return provider.login if isinstance(provider, SignsIn) else None


SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "COLUMNS", "LINES")
"""Of the terminal and the screen that the server was started on, which is not the person's."""
UNATTENDED = ("CI", "CONTINUOUS_INTEGRATION")
"""With one of these, or one that begins with `CI_`, agents hold that nobody is there to answer."""


def _of_the_server(name: str) -> bool:
    return name in SCREEN or name in UNATTENDED or name.startswith("CI_")


def prepared(program: Program, login: Login, agents: Mapping[str, str]) -> Prepared:
    """The login out of the program and the agent's own environment.

    No browser is opened on the server's screen: the address is for the person's own. (An opener that finds
    no screen would start a text browser in the terminal; `true` opens nothing.)
    """
    kept = {name: value for name, value in agents.items() if not _of_the_server(name)}
    around = {**kept, "TERM": "xterm-256color", "BROWSER": "true", **login.environment}
    return Prepared(program=program, environment=around)
