"""The catalog: which agents there are, and how each is started (catalog.toml, and the user's own)."""

import tomllib
from collections.abc import Mapping, Sequence
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import msgspec

from antiphon.model.ids import is_id
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Provider
from antiphon.providers.broken import BrokenProvider
from antiphon.providers.chat.provider import GeminiApiProvider, LocalProvider, OpenRouterProvider
from antiphon.providers.claude.provider import ClaudeProvider
from antiphon.providers.codex.provider import CodexProvider
from antiphon.providers.cursor.provider import CursorProvider
from antiphon.providers.gemini.provider import GeminiProvider

PECULIAR: Mapping[str, type[AcpProvider]] = {"gemini": GeminiProvider}
"""ACP agents of which more is known than the catalog says."""


class CatalogInvalid(Exception):
    """{file} is not a catalog of agents: {reason}"""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file} is not a catalog of agents: {reason}")
        self.file = file
        self.reason = reason


def load(*own: Path, local_models: Sequence[str] = ()) -> dict[str, Provider]:
    """Providers by id: Antiphon's, then those of the user's files (a later one replaces an earlier one).

    What is wrong with a file stands among them, as an agent that cannot be used and says why: the others work.
    `local_models`: addresses of model servers that may be asked beside those of this machine.
    """
    found = {**own_drivers(local_models), **{id: _provider(entry) for id, entry in shipped().items()}}
    for number, path in enumerate(own, 1):
        found |= of_file(path, f"agents-toml-{number}")
    return found


def of_file(path: Path, id: str) -> dict[str, Provider]:
    """The providers of a user's file. `id`: for what is wrong with the file as a whole."""
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        return {id: BrokenProvider(id, f"Agents of {path}", str(CatalogInvalid(str(path), str(error))))}
    return {name if is_id(name) else id: _of_table(name, tables[name], path, id) for name in tables}


def _of_table(name: str, table: Any, path: Path, id: str) -> Provider:
    try:
        return _provider(_entry(name, table))
    except ValueError as error:
        named = name if is_id(name) else id
        return BrokenProvider(named, f"{name} of {path}", str(CatalogInvalid(str(path), f"[{name}] {error}")))


def _provider(entry: AcpEntry) -> AcpProvider:
    return PECULIAR.get(entry.id, AcpProvider)(entry)


def problems(providers: Mapping[str, Provider]) -> list[str]:
    """What is wrong with the user's files, in words."""
    return [each.reason for each in providers.values() if isinstance(each, BrokenProvider)]


def own_drivers(local_models: Sequence[str] = ()) -> dict[str, Provider]:
    """The agents that have a driver of their own, by id."""
    made = (
        ClaudeProvider(),
        CursorProvider(),
        CodexProvider(),
        OpenRouterProvider(),
        GeminiApiProvider(),
        LocalProvider(local_models),
    )
    return {provider.id: provider for provider in made}


def shipped() -> dict[str, AcpEntry]:
    """Antiphon's own entries by id."""
    file = resources.files("antiphon.providers").joinpath("catalog.toml")
    return parse(file.read_text(), "catalog.toml")


def parse(text: str, file: str) -> dict[str, AcpEntry]:
    """The entries of a catalog file by id. Raises CatalogInvalid."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        return {id: _entry(id, table) for id, table in tables.items()}
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise CatalogInvalid(file, str(error)) from error


def _entry(id: str, table: Any) -> AcpEntry:
    if not is_id(id) or not isinstance(table, dict):
        raise ValueError(f"{id!r} must be a table, named by letters, digits and hyphens")
    entry = msgspec.convert({**table, "id": id}, AcpEntry)
    if not entry.command:
        raise ValueError(f"{id}: the command is empty")
    _ = entry.login  # ValueError, where its words have no end
    return entry


WHEN_NEEDED = (
    "antiphon.providers.acp.driver",
    "antiphon.providers.claude.driver",
    "antiphon.providers.codex.driver",
    "antiphon.providers.cursor.driver",
    "antiphon.providers.gemini.driver",
    "acp.connection",
)
"""Modules that agents need and a start does not; the last, the ACP library, takes a second."""


def warm() -> None:
    """Load what the first agent needs, so that the first prompt need not wait for it."""
    for name in WHEN_NEEDED:
        import_module(name)
