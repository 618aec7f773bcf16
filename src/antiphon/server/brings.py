"""What a folder brings along that agents obey: shown to the person before they trust it.

Opening a stranger's repository with an agent can run its hooks, start its MCP servers and
take over its permission rules. `brings(folder)` reads them from the files that the agents
look for; it starts nothing, follows no link out of the folder, and reads little.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast

from msgspec import Struct

BringsKind = Literal["hook", "mcp-server", "permission", "command", "instructions"]

FILE_BYTES = 256 * 1024
"""Read of one file at most."""

TEXT_CHARACTERS = 2000
"""Shown of one thing at most."""

BRINGS_LIMIT = 200
"""Things shown at most."""


class Brings(Struct, frozen=True, kw_only=True, rename="camel"):
    """One thing that a folder brings along."""

    kind: BringsKind
    file: str
    """Relative to the folder."""
    name: str
    text: str
    """What it says or would run, cut after 2,000 characters."""


Found = tuple[BringsKind, str, str]
"""kind, name, text"""


class Source(Struct, frozen=True):
    """How files of one sort are read."""

    kind: BringsKind
    """What the file is when it cannot be understood."""
    read: Callable[[str], Iterator[Found]]
    """From a file's text to what it brings. Raises ValueError when it cannot be understood."""


def brings(folder: Path) -> list[Brings]:
    """All that `folder` brings, in the order of `_SOURCES`. A file that cannot be understood is shown as it is."""
    found: list[Brings] = []
    for pattern, source in _SOURCES.items():
        for path in sorted(islice(folder.glob(pattern), BRINGS_LIMIT + 1)):
            found.extend(_read(folder, path, source))
    if len(found) <= BRINGS_LIMIT:
        return found
    more = f"The folder brings {len(found) - BRINGS_LIMIT} more things, or even more than that."
    return [*found[:BRINGS_LIMIT], Brings(kind="instructions", file="", name="…", text=more)]


def _read(folder: Path, path: Path, source: Source) -> Iterator[Brings]:
    file = path.relative_to(folder).as_posix()
    try:
        real = path.resolve()
        if not real.is_relative_to(folder.resolve()):
            text = f"A link out of the folder, to {real}. What stands there is not shown."
            yield Brings(kind=source.kind, file=file, name=path.name, text=_cut(text))
        elif real.is_file():
            with real.open("rb") as opened:
                yield from _things(file, opened.read(FILE_BYTES).decode(errors="replace"), source)
    except (OSError, RuntimeError) as error:
        yield Brings(
            kind=source.kind, file=file, name=path.name, text=f"It cannot be read: {error}"[:TEXT_CHARACTERS]
        )


def _things(file: str, text: str, source: Source) -> Iterator[Brings]:
    try:
        things = list(source.read(text))
    except (ValueError, AttributeError, TypeError, RecursionError):
        # Broken to us may be well formed to the agent: show the whole file rather than nothing.
        things: list[Found] = [(source.kind, file, text)]
    for kind, name, body in things:
        yield Brings(kind=kind, file=file, name=name[:200], text=_cut(body))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"


def _settings(text: str) -> Iterator[Found]:
    """Claude's and Gemini's settings.json, Codex's hooks.json: hooks, servers, permissions, and programs to run."""
    settings = cast(dict[str, Any], json.loads(text))
    for event, value in _items(settings.get("hooks")):
        yield "hook", event, _shown(value)
    yield from _servers(settings)
    for name in _PERMISSION_KEYS:
        if name in settings:
            yield "permission", name, _shown(settings[name])
    for name in _PROGRAM_KEYS:
        if name in settings:
            yield "command", name, _shown(settings[name])


_PERMISSION_KEYS = (
    "permissions", "enableAllProjectMcpServers", "enabledMcpjsonServers", "autoAccept", "coreTools", "allowedTools",
    "excludeTools", "tools", "trustedFolders", "approvalMode", "sandbox", "security", "allow", "deny",
)  # fmt: skip
_PROGRAM_KEYS = (
    "apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "statusLine", "env", "otelHeadersHelper",
    "toolDiscoveryCommand", "toolCallCommand", "enabledPlugins", "extraKnownMarketplaces",
)  # fmt: skip


def _mcp(text: str) -> Iterator[Found]:
    """.mcp.json, .cursor/mcp.json: servers alone."""
    yield from _servers(cast(dict[str, Any], json.loads(text)))


def _servers(settings: dict[str, Any]) -> Iterator[Found]:
    for name, value in _items(settings.get("mcpServers")):
        yield "mcp-server", name, _shown(value)


def _codex(text: str) -> Iterator[Found]:
    """.codex/config.toml."""
    settings = tomllib.loads(text)
    for name, value in _items(settings.pop("mcp_servers", None)):
        yield "mcp-server", name, _shown(value)
    for name, value in settings.items():
        yield ("hook" if name in {"hooks", "notify"} else "permission"), name, _shown(value)


def _whole(kind: BringsKind) -> Source:
    """Files that are one thing each, shown as they are."""

    def read(text: str) -> Iterator[Found]:
        first = next((line.strip("#- \t") for line in text.splitlines() if line.strip("#- \t")), "")
        yield kind, first[:80], text

    return Source(kind, read)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """The entries of an object, or of a list by their place."""
    if isinstance(value, dict):
        yield from cast(dict[str, Any], value).items()
    elif isinstance(value, list):
        for at, entry in enumerate(cast(list[Any], value), 1):
            yield str(at), entry
    elif value is not None:
        yield "1", value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)


_SOURCES: dict[str, Source] = {
    ".claude/settings.json": Source("permission", _settings),
    ".claude/settings.local.json": Source("permission", _settings),
    ".gemini/settings.json": Source("permission", _settings),
    ".cursor/cli.json": Source("permission", _settings),
    ".cursor/hooks.json": Source("permission", _settings),
    ".codex/hooks.json": Source("permission", _settings),
    ".codex/config.toml": Source("permission", _codex),
    ".mcp.json": Source("mcp-server", _mcp),
    ".cursor/mcp.json": Source("mcp-server", _mcp),
    ".claude/commands/**/*.md": _whole("command"),
    ".claude/agents/**/*.md": _whole("command"),
    ".claude/skills/*/SKILL.md": _whole("command"),
    ".cursor/commands/*.md": _whole("command"),
    ".codex/rules/*": _whole("permission"),
    ".gemini/commands/**/*.toml": _whole("command"),
    ".gemini/extensions/*/gemini-extension.json": Source("permission", _settings),
    ".gemini/.env": _whole("command"),
    "CLAUDE.md": _whole("instructions"),
    "CLAUDE.local.md": _whole("instructions"),
    ".claude/CLAUDE.md": _whole("instructions"),
    "AGENTS.md": _whole("instructions"),
    "AGENTS.override.md": _whole("instructions"),
    "GEMINI.md": _whole("instructions"),
    ".cursorrules": _whole("instructions"),
    ".cursor/rules/**/*.mdc": _whole("instructions"),
}
"""Where the agents look, as patterns relative to the folder (shared order: what runs first)."""
