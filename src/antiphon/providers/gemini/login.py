"""Whether the Gemini CLI is signed in, and who pays: what its files and the environment say. Pure, but for `read`."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from antiphon.providers.loose import Json, table, text

KEY = "GEMINI_API_KEY"
OTHER_KEY = "GOOGLE_API_KEY"
"""The CLI takes it for Vertex AI only."""
SETTINGS = ".gemini/settings.json"
ENV_FILES = (".gemini/.env", ".env")
BY_KEY, BY_GOOGLE, BY_VERTEX = "gemini-api-key", "oauth-personal", "vertex-ai"
"""Values of `security.auth.selectedType`."""


class Login(Struct, frozen=True, kw_only=True):
    """How it stands."""

    signed_in: bool | None = None
    """None: not known."""
    account: str = ""
    warning: str = ""
    by_key: bool = False
    """A key pays, though nothing was selected: the CLI forgets that when it loads a conversation."""


class Found(Struct, frozen=True, kw_only=True):
    """What there is in the home."""

    selected: str = ""
    """The way of signing in that the person chose."""
    google: bool = False
    """There is a login with Google."""
    email: str = ""
    key_in_file: bool = False
    """A `.env` holds a key."""


def home_of(around: Mapping[str, str]) -> Path:
    """The folder that has `.gemini`."""
    return Path(around.get("GEMINI_CLI_HOME") or around.get("HOME") or "/nonexistent")


def read(home: Path) -> Found:
    """Look into the home; what cannot be read is not there."""
    return Found(
        selected=text(table(_json(home / SETTINGS), "security", "auth").get("selectedType")),
        google=(home / ".gemini/oauth_creds.json").is_file(),
        email=text(_json(home / ".gemini/google_accounts.json").get("active")),
        key_in_file=any(f"{KEY}=" in _text(home / name) for name in ENV_FILES),
    )


def login(found: Found, around: Mapping[str, str]) -> Login:
    """Who pays for the next prompt."""
    key = bool(around.get(KEY))
    return _WAYS.get(found.selected, _other)(found, around, key)


def _none(found: Found, around: Mapping[str, str], key: bool) -> Login:
    if key:
        return Login(signed_in=True, account=f"API key from {KEY}", by_key=True)
    if found.key_in_file:
        return Login(signed_in=True, account=f"API key from {KEY} in a .env file", by_key=True)
    unread = f"{OTHER_KEY} is set, but Gemini CLI reads {KEY}." if around.get(OTHER_KEY) else ""
    return Login(signed_in=False, warning=unread)


def _key(found: Found, around: Mapping[str, str], key: bool) -> Login:
    if not key and not found.key_in_file:
        return Login()  # the system's keychain may have it
    place = KEY if key else f"{KEY} in a .env file"
    warning = ""
    if found.google:
        who = f" ({found.email})" if found.email else ""
        warning = (
            f"{KEY} pays instead of your Google login{who}. To use the login, choose it by /auth in gemini."
        )
    return Login(signed_in=True, account=f"API key from {place}", warning=warning)


def _google(found: Found, around: Mapping[str, str], key: bool) -> Login:
    if around.get("GEMINI_FORCE_ENCRYPTED_FILE_STORAGE") and not found.google:
        return Login(account=found.email)
    unused = f"{KEY} is set, and is not used: your Google login pays." if key and found.google else ""
    account = f"Google account {found.email}".strip() if found.google else ""
    return Login(signed_in=found.google, account=account, warning=unused)


def _vertex(found: Found, around: Mapping[str, str], key: bool) -> Login:
    project = around.get("GOOGLE_CLOUD_PROJECT", "")
    return Login(
        signed_in=True if project or around.get(OTHER_KEY) else None,
        account=f"Vertex AI, project {project}" if project else "Vertex AI",
    )


def _other(found: Found, around: Mapping[str, str], key: bool) -> Login:
    return Login(account=found.selected)


_WAYS = {"": _none, BY_KEY: _key, BY_GOOGLE: _google, BY_VERTEX: _vertex}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _json(path: Path) -> Json:
    """The file's object; the CLI allows comments in it, so that what is no JSON is looked at without them."""
    words = _text(path)
    for each in (words, re.sub(r"^\s*//.*$", "", words, flags=re.MULTILINE)):
        try:
            return table(msgspec.json.decode(each))
        except msgspec.DecodeError:
            continue
    return {}
