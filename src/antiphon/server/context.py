"""What the server's routes share: made once by `app.py`, given to each of them."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from msgspec import Struct, field

from antiphon.clock import Clock
from antiphon.log.store import Log
from antiphon.providers.base import Provider
from antiphon.server.auth import Auth
from antiphon.server.config import Settings
from antiphon.server.file_names import FileNames
from antiphon.server.keys import KeyDesk
from antiphon.server.limiter import Limiter
from antiphon.server.passwords import Passwords
from antiphon.server.readiness import Lookout
from antiphon.sessions.hub import Hub
from antiphon.sessions.importing import Importing
from antiphon.sessions.searching import Searching
from antiphon.sessions.supervisor import Supervisor
from antiphon.workspace.workspaces import Workspaces


class Context(Struct, frozen=True, kw_only=True):
    """The parts of one running server."""

    settings: Settings
    log: Log
    hub: Hub
    supervisor: Supervisor
    importing: Importing
    searching: Searching
    workspaces: Workspaces
    providers: Mapping[str, Provider]
    clock: Clock
    auth: Auth
    passwords: Passwords
    limiter: Limiter
    lookout: Lookout
    keys: KeyDesk
    server: str
    """This run of the server: a new id at each start."""
    connections: Callable[[], int]
    """How many WebSockets are open."""
    sign_out: Callable[[str], Awaitable[None]]
    """Ends the WebSockets that came by the token of this id."""
    file_names: FileNames = field(default_factory=FileNames)

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders that projects may lie in."""
        return self.settings.roots
