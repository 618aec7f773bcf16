"""The two roads to Cursor, and which of them there is here: the CLI first, since it asks before it acts.

Which one does not hang on a key, so that what a person is told of the road holds before they have given one.
"""

import shlex
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from msgspec.structs import replace

from antiphon.model.failures import Action
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Limits

ID, NAME = "cursor", "Cursor"
KEY = "CURSOR_API_KEY"
CLI_KEYS = (KEY, "CURSOR_AUTH_TOKEN")
"""With one of them the CLI needs no login."""
PACKAGE = "cursor_sdk"
LAUNCHER = "_vendor/bridge/bin/cursor-sdk-bridge"
"""The program in it."""
BRIDGE = "CURSOR_SDK_BRIDGE_BIN"
"""Names another launcher, to the SDK and so to us."""
INSTALL_CLI = "curl https://cursor.com/install -fsS | bash"
SIGN_IN = "cursor-agent login"
HOMES = (".local/bin/cursor-agent", ".cursor/bin/cursor-agent")
"""Where Cursor's installer puts it, below the home: a server's PATH often lacks them."""
ALIAS, OWNER = "agent", "cursor-agent"
"""The CLI's other name is a word that others use, too: it counts where it leads to Cursor's own folder."""

CONSENT = (
    "Over an API key, Cursor cannot ask before it acts: it writes files and runs commands in this project as your "
    "system user, without your approval. To be asked each time, install the Cursor CLI and sign in to it instead."
)

OVER_SDK = "Cursor works over its SDK, since there is no Cursor CLI here."

CLI = AcpEntry(
    id=ID,
    name=NAME,
    command=["cursor-agent", "acp"],
    modes=["agent", "plan", "ask"],
    images=True,
    warm=True,
    authenticate="cursor_login",
    extensions="cursor",
    environment={"NO_OPEN_BROWSER": "1"},
    install=INSTALL_CLI,
    sign_in=SIGN_IN,
    sign_in_hint="Open the address that it prints, on any device, and sign in there.",
    limits=Limits(start=60.0),
)
SDK = AcpEntry(
    id=ID,
    name=NAME,
    command=["{python}", "-P", "-m", "antiphon.providers.cursor"],
    approvals=False,
    consent=CONSENT,
    modes=["agent", "plan"],
    images=True,
    install=INSTALL_CLI,
    add_key="Add a valid key (cursor.com/dashboard), or install the Cursor CLI and sign in",
    limits=Limits(start=60.0),
)


def road(environment: Mapping[str, str]) -> AcpEntry | None:
    """The road that is open in this environment; None: neither."""
    if path := cli(environment):
        there = shutil.which(CLI.command[0], path=environment.get("PATH"))
        return replace(
            CLI,
            command=[path, *CLI.command[1:]],
            sign_in=SIGN_IN if there else shlex.join([path, "login"]),
        )
    return SDK if sdk(environment) else None


def cli(environment: Mapping[str, str]) -> str | None:
    """The path of the person's own Cursor CLI."""
    path = environment.get("PATH")
    if found := shutil.which("cursor-agent", path=path):
        return found
    home = Path(environment.get("HOME") or "/nonexistent")
    for place in HOMES:
        if found := shutil.which(str(home / place)):
            return found
    found = shutil.which(ALIAS, path=path) or shutil.which(str(home / ".local/bin" / ALIAS))
    return found if found and OWNER in Path(found).resolve().parts else None


def sdk(environment: Mapping[str, str]) -> bool:
    """Whether cursor-sdk is installed beside Antiphon, with the program that it brings for this system."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.origin:
        return False
    own = environment.get(BRIDGE)
    return (Path(own) if own else Path(spec.origin).parent / LAUNCHER).is_file()


def add_sdk(prefix: Path) -> str:
    """The command that adds it to the Antiphon that runs in the environment at `prefix`."""
    checkout = prefix.name == ".venv" and (prefix.parent / "dev").is_file()
    return "./dev add cursor" if checkout else "pip install 'antiphon[cursor]'"


def missing(environment: Mapping[str, str]) -> tuple[str, Action]:
    """Why there is no road, and what opens one."""
    words = f"{NAME} is not installed: there is no program cursor-agent here."
    if environment.get(KEY):
        add = add_sdk(Path(sys.prefix))
        label = "Add cursor-sdk (175 MB), which works with the key alone"
        return f"{words} {KEY} is set, which would do with cursor-sdk.", Action(
            kind="install", label=label, command=add
        )
    label = f"Install the Cursor CLI, then sign in ({SIGN_IN})"
    return words, Action(kind="install", label=label, command=INSTALL_CLI)
