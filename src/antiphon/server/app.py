"""The only place that wires concretes: from settings and an open log to one ASGI application."""

import asyncio
import gc
import os
import socket
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import structlog

from antiphon import __version__
from antiphon.clock import Clock, SystemClock
from antiphon.log.processes import ProcessRow
from antiphon.log.store import Log
from antiphon.log.users import User, the_user
from antiphon.model.ids import new_id
from antiphon.model.replies import Goodbye
from antiphon.providers import catalog
from antiphon.providers.archive import Archive
from antiphon.providers.base import ProcessStarted, Provider
from antiphon.providers.claude.history import ClaudeHistory, config_folder
from antiphon.providers.environment import for_provider
from antiphon.providers.keys import Keys
from antiphon.server.auth import Auth
from antiphon.server.config import Settings
from antiphon.server.context import Context
from antiphon.server.front import Front
from antiphon.server.gate import Gate
from antiphon.server.keys import KeyDesk
from antiphon.server.later import App, Later
from antiphon.server.limiter import Limiter
from antiphon.server.logins import Logins
from antiphon.server.page import STATIC, Page
from antiphon.server.passwords import Passwords
from antiphon.server.readiness import Lookout
from antiphon.server.websocket import Endpoint, WebSockets
from antiphon.sessions.hub import Hub
from antiphon.sessions.importing import Importing
from antiphon.sessions.native import Claims
from antiphon.sessions.searching import Searching
from antiphon.sessions.supervisor import Supervisor
from antiphon.workspace.workspaces import Workspaces

OWN_CATALOG = "agents.toml"
"""Agents of the user's own, or other settings for ours: in `~/.config/antiphon`, then in the data directory."""

_logger = structlog.get_logger(__name__)

STOPPING = Goodbye(code="server-stopping", message="The server is stopping.", retry=True)
SIGNED_OUT = Goodbye(code="signed-out", message="You are signed out.", retry=False)


class Application:
    """One server's parts, put together. `front` is the ASGI application."""

    def __init__(
        self,
        settings: Settings,
        log: Log,
        owner: User,
        port: int,
        providers: Mapping[str, Provider],
        clock: Clock,
    ) -> None:
        """Use `build`."""
        hub, auth, server = Hub(), Auth(log, clock), new_id()
        archives = _archives(settings, providers)
        keys, limiter = Keys(settings.data_dir), Limiter(clock)
        lookout = Lookout(clock, keys)
        self.keys = KeyDesk(keys, lookout, providers, clock, self._key_changed)
        self.importing = Importing(
            log=log,
            hub=hub,
            clock=clock,
            archives=archives,
            user=owner.key,
            allowed=partial(_allowed, settings.roots),
        )
        self.searching = Searching(
            log=log, hub=hub, clock=clock, user=owner.key, archives=self.importing.archives
        )
        self.workspaces = Workspaces(settings.data_dir / "workspaces")
        self.supervisor = Supervisor(
            log=log,
            hub=hub,
            clock=clock,
            providers=providers,
            environment=self.keys.environment,
            reap=_reap,
            archives=self.importing.archives,
            workspaces=self.workspaces,
            claims=Claims(settings.claims_dir or settings.data_dir / "conversations", str(settings.data_dir)),
            allow_bypass=settings.allow_bypass,
        )
        self.sockets = WebSockets(
            Endpoint(
                identify=auth.identify,
                supervisor=self.supervisor,
                hub=hub,
                clock=clock,
                version=__version__,
                user=owner.id,
                allow_bypass=settings.allow_bypass,
                warm=_warm,
                server=server,
            )
        )
        self.logins = Logins(
            identify=auth.identify,
            owner=owner.key,
            providers=providers,
            clock=clock,
            over=partial(self._login_over, lookout),
        )
        context = Context(
            settings=settings,
            log=log,
            hub=hub,
            supervisor=self.supervisor,
            importing=self.importing,
            searching=self.searching,
            workspaces=self.workspaces,
            providers=providers,
            clock=clock,
            auth=auth,
            passwords=Passwords(log, clock, limiter),
            limiter=limiter,
            lookout=lookout,
            keys=self.keys,
            server=server,
            connections=self.sockets.__len__,
            sign_out=self._sign_out,
        )
        self._watching: asyncio.Task[None] | None = None
        self._relaunching: set[asyncio.Task[None]] = set()
        self._rest = Later(partial(_rest, context))
        self.front = Front(
            gate=_gate(settings, port),
            auth=auth,
            base=settings.base,
            rest=self._rest,
            websocket=self.sockets,
            logins=self.logins,
            page=Page(STATIC, settings.base, offline=not settings.no_offline),
        )

    async def _sign_out(self, token: str) -> None:
        self.logins.end_of(token)
        await self.sockets.goodbye(SIGNED_OUT, token=token)

    async def _key_changed(self, provider: str) -> None:
        await self.supervisor.relaunch(provider)

    def _login_over(self, lookout: Lookout, provider: Provider) -> None:
        """Agents that were started before know nothing of it."""
        lookout.forget(provider)
        relaunching = asyncio.create_task(self.supervisor.relaunch(provider.id))
        self._relaunching.add(relaunching)
        relaunching.add_done_callback(self._relaunching.discard)

    async def start(self) -> None:
        """Recover what an earlier run left behind."""
        await self.supervisor.start()

    async def complete(self) -> None:
        """Put together what a start need not wait for."""
        await self._rest.made()
        self.importing.start()
        self.searching.start()
        self._watching = asyncio.create_task(self.keys.watch())

    async def end_turns(self) -> None:
        """End every turn, every agent and every login; the clients see it."""
        if self._watching:
            self._watching.cancel()
        logins = asyncio.create_task(self.logins.stop())
        await self.importing.stop()
        await self.searching.stop()
        await self.supervisor.stop()
        await self.workspaces.stop()
        await logins
        await asyncio.gather(*self._relaunching)

    async def say_goodbye(self) -> None:
        """Tell every client, and close."""
        await self.sockets.goodbye(STOPPING)


async def build(
    settings: Settings,
    log: Log,
    port: int,
    *,
    providers: Mapping[str, Provider] | None = None,
    clock: Clock | None = None,
) -> Application:
    """Put one server together on an open log.

    `providers` and `clock` are for tests; left out, they are the catalog's and the machine's.
    """
    owner = await log.read(the_user)
    if providers is None:
        own = own_catalog(settings.data_dir)
        providers = catalog.load(*own, local_models=settings.local_model_urls)
        for problem in catalog.problems(providers):
            _logger.warning("agents-left-out", reason=problem)
    return Application(settings, log, owner, port, providers, clock or SystemClock())


def _archives(settings: Settings, providers: Mapping[str, Provider]) -> list[Archive]:
    """The agents' own records of this user: what agents of this server, started by it, would write to."""
    config = config_folder(for_provider("claude"))
    if settings.no_import or config is None or "claude" not in providers:
        return []
    return [ClaudeHistory(config)]


def _allowed(roots: Sequence[Path], folder: str) -> bool:
    real = Path(folder).resolve()
    return not roots or any(real.is_relative_to(root) for root in roots)


def own_catalog(data_dir: Path, around: Mapping[str, str] = os.environ) -> list[Path]:
    """The user's own files of agents, where there are any; what the last one says holds."""
    config = Path(around.get("XDG_CONFIG_HOME") or Path(around.get("HOME") or "/nonexistent", ".config"))
    paths = [config / "antiphon" / OWN_CATALOG, data_dir / OWN_CATALOG]
    return [path for path in dict.fromkeys(paths) if path.exists()]


def _warm() -> None:
    catalog.warm()
    gc.freeze()  # all this stays: a collection that looks through it stops everything for 10 ms


def _rest(context: Context) -> App:
    from antiphon.server.resources import resources

    return resources(context)


def _gate(settings: Settings, port: int) -> Gate:
    host = socket.gethostname().lower()
    return Gate(
        port=port,
        public_url=settings.public_url,
        expose=settings.expose,
        names=frozenset({host, f"{host}.local"}) if settings.expose else frozenset(),
    )


async def _reap(left: Sequence[ProcessRow]) -> None:
    if not left:
        return
    from antiphon.providers import process  # a start after an end in good order needs none of it

    await process.reap(
        [ProcessStarted(pid=row.pid, start_time=row.start_time, marker=row.marker) for row in left]
    )
