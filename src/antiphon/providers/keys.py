"""The keys that agents need, where they come from, and how they reach their own agent and no other.

1. What an agent has by itself, its login, goes first; then what the user's environment holds. A kept key is
   added only where neither is.
2. A new key goes to the system's keyring, and where that takes none to a file that only its owner can read.
3. A key is in its own provider's look and launch, and nowhere else. It is never shown again.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from antiphon.providers.key_file import Kept, KeyFile, KeysRefused
from antiphon.providers.system_keyring import KeyringFailed, SystemKeyring

LENGTH = 4096
"""Characters that a key may have; they are printable ASCII."""


class Keyed(Struct, frozen=True, kw_only=True):
    """How a provider takes a key."""

    variables: tuple[str, ...]
    """What its agent reads, whichever is set; a kept key is put into the first."""
    login: bool = True
    """Its agent can be signed in by itself, and then needs no key."""

    @property
    def variable(self) -> str:
        """Where a kept key goes."""
        return self.variables[0]


KEYED: Mapping[str, Keyed] = {
    "claude": Keyed(variables=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")),
    "codex": Keyed(variables=("OPENAI_API_KEY",)),
    "cursor": Keyed(variables=("CURSOR_API_KEY",)),
    "gemini": Keyed(variables=("GEMINI_API_KEY", "GOOGLE_API_KEY")),
    "gemini-api": Keyed(variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"), login=False),
    "openrouter": Keyed(variables=("OPENROUTER_API_KEY",), login=False),
    "localgpu": Keyed(variables=("LOCALGPU_API_KEY",), login=False),
}
"""The providers that take a key, by id."""

Place = Literal["environment", "keyring", "file"]


class KeySource(Struct, frozen=True, kw_only=True):
    """Where a provider's key is; not the key."""

    place: Place
    variable: str

    @property
    def kept(self) -> bool:
        """Antiphon keeps it, and can remove it."""
        return self.place != "environment"

    def __str__(self) -> str:
        return WORDS.get(self.place) or f"from {self.variable}"


WORDS: Mapping[str, str] = {
    "keyring": "in this system's keyring",
    "file": "in a file only you can read",
}


class KeyUnavailable(Exception):
    """{message}"""


class BadKey(ValueError):
    """{message}"""


def checked(key: str) -> str:
    """The key without what a paste brings along. Raises BadKey."""
    key = key.strip()
    if not key or len(key) > LENGTH or not all("!" <= character <= "~" for character in key):
        raise BadKey(f"A key is 1 to {LENGTH} characters without spaces.")
    return key


class Keys:
    """The keys of one data directory."""

    def __init__(
        self, folder: Path, users: Mapping[str, str] | None = None, ring: SystemKeyring | None = None
    ) -> None:
        """`users`: the user's environment; left out, it is `os.environ`."""
        self._users = os.environ if users is None else users
        self._file = KeyFile(folder)
        self._ring = ring or SystemKeyring(folder)
        self._known: dict[str, str] = {}
        """Keys that came out of the keyring, by the id of their entry."""

    def source(self, provider: str) -> KeySource | None:
        """Where the provider's key is; None: nowhere, or it takes none. Raises KeyUnavailable."""
        keyed = KEYED.get(provider)
        if keyed is None:
            return None
        for variable in keyed.variables:
            if self._users.get(variable):
                return KeySource(place="environment", variable=variable)
        kept = self._kept().get(provider)
        return KeySource(place=kept.place, variable=keyed.variable) if kept else None

    async def added(self, provider: str) -> dict[str, str]:
        """What a kept key adds to the environment of this provider's agent. Raises KeyUnavailable."""
        if provider not in KEYED:
            return {}
        source = await asyncio.to_thread(self.source, provider)
        if source is None or not source.kept:
            return {}
        kept = (await asyncio.to_thread(self._kept)).get(provider)
        return {source.variable: await self._value(provider, kept)} if kept else {}

    async def keep(self, provider: str, key: str) -> KeySource:
        """Keep a key, in the place of the one before; says where. Raises KeyUnavailable, BadKey."""
        key, variable = checked(key), KEYED[provider].variable
        await asyncio.to_thread(self._kept)  # a file that is refused stays as it is
        try:
            await self._ring.put(provider, key)
        except KeyringFailed:
            await self._put(provider, "file", key)
            return KeySource(place="file", variable=variable)
        await self._put(provider, "keyring")
        return KeySource(place="keyring", variable=variable)

    async def remove(self, provider: str) -> None:
        """Keep it no more. Raises KeyUnavailable."""
        kept = (await asyncio.to_thread(self._kept)).get(provider)
        if kept is None:
            return
        if kept.place == "keyring":
            try:
                await self._ring.remove(provider)
            except KeyringFailed as failed:
                raise KeyUnavailable(
                    f"The key is {WORDS['keyring']}, which did not let it be removed ({failed.why})."
                ) from None
        await self._do(lambda: self._file.remove(provider))

    async def _put(self, provider: str, place: Literal["keyring", "file"], key: str | None = None) -> None:
        await self._do(lambda: self._file.put(provider, place, key))

    async def _do(self, change: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(change)
        except KeysRefused as refused:
            raise KeyUnavailable(str(refused)) from None

    def stamp(self) -> object:
        """Another one when what is kept may have changed."""
        return self._file.stamp()

    def entries(self) -> dict[str, str]:
        """The id of each provider's entry: another one after a change. Raises KeyUnavailable."""
        return {provider: kept.id for provider, kept in self._kept().items()}

    def _kept(self) -> dict[str, Kept]:
        try:
            return self._file.read()
        except KeysRefused as refused:
            raise KeyUnavailable(str(refused)) from None

    async def _value(self, provider: str, kept: Kept) -> str:
        if kept.key is not None:
            return kept.key
        if kept.id not in self._known:
            try:
                found = await self._ring.get(provider)
            except KeyringFailed as failed:
                raise KeyUnavailable(
                    f"The key is {WORDS['keyring']}, which did not give it ({failed.why})."
                ) from None
            if found is None:
                raise KeyUnavailable(f"The key should be {WORDS['keyring']}, and is not there any more.")
            self._known = {**self._known, kept.id: found}
        return self._known[kept.id]
