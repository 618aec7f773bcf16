"""Where pip gets its packages on this machine, said in uv's variables.

A company's mirror or certificate is told to pip; uv reads no pip configuration, so what
is set there is carried over. What is set for uv itself stays as it is.
"""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ONE_TO_ONE = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
}
"""pip's option → the variable that says the same to uv."""

EXTRAS = {"extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
"""As above; they add files beside the index's own."""

OLDER_NAMES = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}
"""uv's variable → its older name, which counts as set too."""


def uv_variables(environ: Mapping[str, str], extras: bool = True) -> dict[str, str]:
    """What to add to `environ` for uv. Without `extras` only the index itself: locks hold public files."""
    options = pip_options(environ)
    names = ONE_TO_ONE | (EXTRAS if extras else {})
    found = {uv: _translate(uv, options.get(pip, "")) for pip, uv in names.items()}
    added = {uv: value for uv, value in found.items() if value and not _is_set(uv, environ)}
    if "UV_INDEX" in added:
        # pip looks into all indexes at once; uv by itself stops at the first that knows the name.
        added.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return added


def pip_options(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options in force: the files' [global] and [install], then PIP_* variables over them."""
    options: dict[str, str] = {}
    for path in config_files(environ):
        parser = configparser.RawConfigParser()
        parser.read(path, encoding="utf-8")
        for section in ("global", "install"):
            if parser.has_section(section):
                options.update(parser.items(section))
    for name, value in environ.items():
        if name.startswith("PIP_"):
            options[name[4:].lower().replace("_", "-")] = value
    return options


def config_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """pip's configuration files, the later one winning (pip's documentation, "Configuration")."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path(environ.get("HOME", "~")).expanduser()
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        yield home / "Library/Application Support/pip/pip.conf"
    for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        yield Path(folder) / "pip/pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip/pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"
    if named:
        yield Path(named)


def _translate(uv: str, value: str) -> str:
    """pip parts several values by white space, as uv does, but for places of files."""
    if uv != "UV_FIND_LINKS":
        return " ".join(value.split())
    # pip warns of a folder that is not there and goes on; uv would stop.
    return ",".join(place for place in value.split() if "://" in place or Path(place).is_dir())


def _is_set(uv: str, environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in (uv, OLDER_NAMES.get(uv, uv)))
