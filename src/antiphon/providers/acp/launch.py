"""What the catalog says of an ACP agent: how to start it, and what is peculiar to it."""

import shlex
import sys
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from antiphon.model.failures import Action
from antiphon.providers import environment
from antiphon.providers.acp.errors import Names
from antiphon.providers.base import Capabilities, Launch, Limits
from antiphon.providers.login import Login, Prepared, prepared
from antiphon.providers.programs import Program


class AcpEntry(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """An ACP agent in catalog.toml."""

    id: str
    name: str
    command: list[str]
    """`{python}` stands for the Python that runs Antiphon."""
    model_arguments: list[str] = []
    """Added where a model is chosen; `{model}` stands for it."""
    default_model: str | None = None
    models: list[str] = []
    modes: list[str] = []
    bypass_modes: list[str] = []
    """Modes that skip approvals."""
    environment: dict[str, str] = {}
    """Set for the agent, over the user's own."""
    keys_of: list[str] = []
    """Other providers (as in environment.py) whose keys it gets, since it runs their models."""
    approvals: bool = True
    consent: str = ""
    """What a person agrees to, once for each project, before it starts there; "": nothing to agree to."""
    resume: bool = True
    images: bool = False
    files: Literal["paths", "text"] = "paths"
    """As in `Capabilities`."""
    fork: Literal["", "log"] = ""
    """As in `Capabilities`."""
    warm: bool = False
    """It may be started before the first prompt."""
    late_replay: bool = False
    """It answers session/load before it has told the conversation again."""
    forgets_reload: bool = False
    """It loses a conversation that is loaded within the minute in which it was last opened."""
    noise: list[str] = []
    """Beginnings of message chunks that are no message."""
    retries: str = ""
    """A pattern for what its stderr tells of a model call tried again (complaints.py)."""
    chatter: str = ""
    """A pattern for lines of its stderr that tell a person nothing."""
    version_arguments: list[str] = field(default_factory=lambda: ["--version"])
    install: str | None = None
    """The command that installs it."""
    sign_in: str | None = None
    """The command that signs in, in words that a person may type; run without a shell."""
    sign_in_hint: str = ""
    """What to do with what it prints."""
    sign_in_environment: dict[str, str] = {}
    """Set for the command that signs in, over `environment`."""
    add_key: str | None = None
    """What to do where its key is missing or refused, for an agent that has no sign-in."""
    authenticate: str = ""
    """Its ACP method of signing in, tried once when it says that it wants one."""
    extensions: Literal["", "cursor"] = ""
    """Whose requests and notifications beside ACP's it sends (acp/extensions.py)."""
    limits: Limits = Limits()

    @property
    def capabilities(self) -> Capabilities:
        """What the agent can do."""
        return Capabilities(
            approvals=self.approvals,
            consent=self.consent,
            resume=self.resume,
            images=self.images,
            files=self.files,
            fork=self.fork,
            modes=tuple(self.modes),
            bypass_modes=tuple(self.bypass_modes),
            models=tuple(self.models),
            warm=self.warm,
        )

    @property
    def login(self) -> Login | None:
        """How to sign in; None: not known."""
        if not self.sign_in:
            return None
        return Login(
            command=tuple(_words(shlex.split(self.sign_in))),
            label=f"Sign in to {self.name}",
            hint=self.sign_in_hint,
            environment=self.sign_in_environment,
        )

    @property
    def names(self) -> Names:
        """Whose failures they are, and how to sign in."""
        action = self.login.action if self.login else None
        if action is None and self.add_key:
            action = Action(kind="add-key", label=self.add_key)
        return Names(provider=self.id, name=self.name, sign_in=action)

    def program(self, arguments: list[str]) -> Program:
        """The command with these arguments."""
        return self._program([*_words(self.command), *arguments])

    def _program(self, command: list[str]) -> Program:
        install = None
        if self.install:
            install = Action(kind="install", label=f"Install {self.name}", command=self.install)
        return Program(provider=self.id, name=self.name, command=command, install=install)

    def started_for(self, launch: Launch) -> Program:
        """The command for one session."""
        model = launch.model or self.default_model
        if not model:
            return self.program([])
        return self.program([word.replace("{model}", model) for word in self.model_arguments])

    def login_prepared(self, login: Login) -> Prepared:
        """The command that signs in, with its environment out of the server's."""
        around = self.surroundings(environment.for_provider(self.id))
        return prepared(self._program(list(login.command)), login, around)

    def surroundings(self, users: Mapping[str, str]) -> dict[str, str]:
        """The agent's environment out of the user's; the process adds the marker."""
        return {**users, **environment.variables_of(self.keys_of), **self.environment}


def _words(command: list[str]) -> list[str]:
    return [sys.executable if word == "{python}" else word for word in command]
