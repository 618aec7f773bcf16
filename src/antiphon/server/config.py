"""What the server is started with: flags, then `ANTIPHON_*` in the environment, then defaults.

`OPTIONS` is the one list of them: the command line, the environment and the README's table
(`python -m antiphon.server.config` prints it) are made of it.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from msgspec import Struct

from antiphon.providers.chat.addresses import address

LogLevel = Literal["debug", "info", "warning", "error"]

DEFAULT_PORT = 8420

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Addresses that only this machine reaches."""


class BadSetting(Exception):
    """{name}: {reason}"""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class PublicUrl(Struct, frozen=True, kw_only=True):
    """The address that people use, where a proxy stands before the server."""

    scheme: str
    authority: str
    """The `Host` header's value: host[:port], without the scheme's own port."""
    base: str
    """The path that everything is served under: "" or "/path"."""

    @property
    def origin(self) -> str:
        """As browsers send it in `Origin`."""
        return f"{self.scheme}://{self.authority}"

    @property
    def secure(self) -> bool:
        """Whether cookies must not travel in the clear."""
        return self.scheme == "https"

    def __str__(self) -> str:
        return f"{self.origin}{self.base}"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything `antiphon serve` can be told. See `OPTIONS`."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0: any free port."""
    public_url: PublicUrl | None = None
    expose: bool = False
    roots: tuple[Path, ...] = ()
    allow_bypass: bool = False
    no_import: bool = False
    local_model_urls: tuple[str, ...] = ()
    """Model servers that may be asked beside those of this machine."""
    claims_dir: Path | None = None
    """The same for all servers of the user: who runs which conversation. None: in the data directory."""
    log_level: LogLevel = "info"

    @property
    def base(self) -> str:
        """The path that everything is served under: "" or "/path"."""
        return self.public_url.base if self.public_url else ""


def start_folder(roots: Sequence[Path]) -> Path:
    """Where looking for a folder begins: at home, where that is allowed."""
    home = Path.home().resolve()
    return home if any(home.is_relative_to(root) for root in roots) else roots[0]


class Option(Struct, frozen=True, kw_only=True):
    """One setting: how it is told, read and explained."""

    name: str
    """The field of `Settings`."""
    flag: str
    env: str
    metavar: str | None
    """None: a switch, without a value."""
    default: str
    """In words, for people."""
    help: str
    read: Callable[[str], Any]
    """Raises ValueError with the reason."""
    many: bool = False
    """The flag may be given more than once; the environment separates values by `separator`."""
    separator: str = os.pathsep


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError(f"{text!r} is no port; give a number from 0 (any free port) to 65535.")
    return int(text)


def _folder(text: str) -> Path:
    if not text.strip():
        raise ValueError("the folder's name is empty.")
    return Path(text).expanduser().absolute()


def _root(text: str) -> Path:
    path = _folder(text).resolve()
    if not path.is_dir():
        raise ValueError(f"{path} is no folder.")
    return path


def _switch(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"{text!r} is neither yes nor no.")


def _level(text: str) -> LogLevel:
    if text.lower() not in get_args(LogLevel):
        raise ValueError(f"{text!r} is none of {', '.join(get_args(LogLevel))}.")
    return cast(LogLevel, text.lower())


def _host(text: str) -> str:
    host = text.strip().strip("[]")
    if not host or any(c.isspace() or c in "/@" for c in host):
        raise ValueError(f"{text!r} is no address to listen on.")
    return host


def _model_url(text: str) -> str:
    address(text.strip())
    return text.strip()


def public_url(text: str) -> PublicUrl:
    """Read `https://host[:port][/path]`. Raises ValueError with the reason."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{text!r} is no address like https://example.org or https://example.org/antiphon.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("give scheme, host and path alone, with no user, query or fragment.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    own = {"http": 80, "https": 443}[parts.scheme]
    authority = host if parts.port in {None, own} else f"{host}:{parts.port}"
    return PublicUrl(scheme=parts.scheme, authority=authority, base=_base(parts.path))


def _base(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if any(part in {".", ".."} or not _plain(part) for part in parts):
        raise ValueError("the path may hold letters, digits and - . _ ~ only.")
    return "".join(f"/{part}" for part in parts)


def _plain(part: str) -> bool:
    return all(c.isascii() and (c.isalnum() or c in "-._~") for c in part)


def default_data_dir(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Where programs keep their data on this system."""
    if platform == "darwin":
        return home / "Library" / "Application Support" / "antiphon"
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "antiphon"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "antiphon"


def state_dir(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Where what is only true for now is kept, the same for all of the user's servers."""
    if platform in ("darwin", "win32"):
        return default_data_dir(platform, environment, home)
    return Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state") / "antiphon"


DATA_DIR = Option(
    name="data_dir",
    flag="--data-dir",
    env="ANTIPHON_DATA_DIR",
    metavar="DIR",
    default="`$XDG_DATA_HOME/antiphon`, `~/.local/share/antiphon` (macOS: `~/Library/Application Support/antiphon`)",
    help="where the log, attachments and secrets' hashes are kept",
    read=_folder,
)

LOCAL_MODELS = Option(
    name="local_model_urls",
    flag="--local-model-url",
    env="ANTIPHON_LOCAL_MODEL_URLS",
    metavar="URL",
    default="none",
    help="a model's server that may be asked beside the usual ports of this machine, such as http://gpu.example:8000; may be given more than once (in the environment: separated by commas)",
    read=_model_url,
    many=True,
    separator=",",
)

OPTIONS = (
    Option(
        name="host",
        flag="--host",
        env="ANTIPHON_HOST",
        metavar="HOST",
        default="127.0.0.1",
        help="address to listen on; other than loopback needs --public-url or --expose",
        read=_host,
    ),
    Option(
        name="port",
        flag="--port",
        env="ANTIPHON_PORT",
        metavar="PORT",
        default=str(DEFAULT_PORT),
        help="port to listen on; where it is taken, the next free one is used; 0: any",
        read=_port,
    ),
    DATA_DIR,
    Option(
        name="public_url",
        flag="--public-url",
        env="ANTIPHON_PUBLIC_URL",
        metavar="URL",
        default="none",
        help="the address people use when a proxy stands before the server, such as https://example.org/antiphon",
        read=public_url,
    ),
    Option(
        name="expose",
        flag="--expose",
        env="ANTIPHON_EXPOSE",
        metavar=None,
        default="off",
        help="listen beyond this machine without a proxy; signing in is always required, but nothing is encrypted",
        read=_switch,
    ),
    Option(
        name="roots",
        flag="--root",
        env="ANTIPHON_ROOTS",
        metavar="DIR",
        default="any folder",
        help="folder that projects may lie in; may be given more than once",
        read=_root,
        many=True,
    ),
    Option(
        name="allow_bypass",
        flag="--allow-bypass",
        env="ANTIPHON_ALLOW_BYPASS",
        metavar=None,
        default="off",
        help="offer the agents' modes that skip approvals",
        read=_switch,
    ),
    Option(
        name="no_import",
        flag="--no-import",
        env="ANTIPHON_NO_IMPORT",
        metavar=None,
        default="off",
        help="do not show the sessions that agents keep themselves, such as Claude Code's",
        read=_switch,
    ),
    LOCAL_MODELS,
    Option(
        name="log_level",
        flag="--log-level",
        env="ANTIPHON_LOG_LEVEL",
        metavar="LEVEL",
        default="info",
        help="how much the server tells on stderr: debug, info, warning, error",
        read=_level,
    ),
)


def read(option: Option, flags: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    """The option's value from a flag or the environment; None: neither. Raises BadSetting."""
    given = flags.get(option.name)
    source, texts = option.flag, [] if given is None else given if option.many else [given]
    if not texts and environment.get(option.env):
        text = environment[option.env]
        source, texts = option.env, text.split(option.separator) if option.many else [text]
    try:
        values = [option.read(str(text)) for text in texts]
    except ValueError as error:
        raise BadSetting(source, str(error)) from None
    if not values:
        return None
    return tuple(values) if option.many else values[0]


def data_dir(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Path:
    """The data directory alone, for the commands that need no more. Raises BadSetting."""
    found = read(DATA_DIR, flags, environment)
    return found or default_data_dir(sys.platform, environment, Path.home())


def local_models(flags: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses of model servers alone, for the commands that only look. Raises BadSetting."""
    return read(LOCAL_MODELS, flags, environment) or ()


def load(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """All settings. Raises BadSetting."""
    found = {option.name: read(option, flags, environment) for option in OPTIONS}
    found["data_dir"] = data_dir(flags, environment)
    found["claims_dir"] = state_dir(sys.platform, environment, Path.home()) / "conversations"
    found["roots"] = found["roots"] or (Path(Path.home().anchor),)
    settings = Settings(**{name: value for name, value in found.items() if value is not None})
    _check_reach(settings)
    return settings


def _check_reach(settings: Settings) -> None:
    if settings.host in LOOPBACK or settings.public_url or settings.expose:
        return
    raise BadSetting(
        "--host",
        f"{settings.host} is reachable from other machines. Signing in is always required, but nothing is encrypted "
        "on the way. Put a proxy with TLS before the server and name its address by --public-url https://…, "
        "or say --expose to accept this.",
    )


def table() -> str:
    """The options as a markdown table, for the README."""
    rows = ["| Option | Environment | Default | What it does |", "| --- | --- | --- | --- |"]
    for option in OPTIONS:
        flag = f"{option.flag} {option.metavar}" if option.metavar else option.flag
        default = option.default if "`" in option.default else f"`{option.default}`"
        rows.append(f"| `{flag}` | `{option.env}` | {default} | {option.help[0].upper()}{option.help[1:]}. |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
