"""A line of a transcript: the part of it that we read, and how people's words stand in it.

Most of a file's bytes are not for us (requests to the model, reminders, snapshots), so a line
is decoded into a struct that passes over them.
"""

import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.providers.loose import Json, table, tables, text

INTERRUPTED = "[Request interrupted by user"
PRINTS = ("<local-command-stdout>", "<local-command-stderr>", "<bash-stdout>", "<bash-stderr>")
"""What a line begins with that tells the output of a command of the person's."""
COMMAND = re.compile(r"<command-name>(.*?)</command-name>", re.DOTALL)
COMMAND_ARGUMENTS = re.compile(r"<command-args>(.*?)</command-args>", re.DOTALL)
TYPED = re.compile(r"\A\s*<bash-input>(.*?)</bash-input>\s*\Z", re.DOTALL)
PRINTED = re.compile(r"<bash-(?:stdout|stderr)>(.*?)</bash-(?:stdout|stderr)>", re.DOTALL)
NOTIFIED = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)
"""What the CLI puts around people's words for the model's eyes only."""
ASIDE = re.compile(r"\A\s*<(ide_opened_file|ide_selection)>.*</\1>\s*\Z", re.DOTALL)


class Entry(Struct, frozen=True, rename="camel"):
    """A line of type `user`, `assistant`, `system` or `attachment`, or one that tells of the session."""

    type: str = ""
    subtype: Any = ""
    uuid: str = ""
    parent_uuid: Any = None
    is_sidechain: Any = False
    is_meta: Any = False
    is_compact_summary: Any = False
    is_api_error_message: Any = False
    timestamp: Any = None
    message: Any = None
    tool_use_result: Any = None
    origin: Any = None
    attachment: msgspec.Raw = msgspec.Raw()
    content: Any = None
    compact_metadata: Any = None
    error: Any = None
    api_error_status: Any = None
    retry_attempt: Any = None
    max_retries: Any = None
    retry_in_ms: Any = None


class _Kind(Struct, frozen=True):
    """Enough to pass over a line."""

    type: str = ""


_decode_kind = msgspec.json.Decoder(_Kind).decode
_decode = msgspec.json.Decoder(Entry).decode

READ = frozenset({"user", "assistant", "system", "attachment"})
"""Types of lines that are part of the conversation."""


def read(line: bytes) -> Entry | None:
    """The line, if it is part of the conversation; None also for what is no JSON of a known shape."""
    try:
        return _decode(line) if _decode_kind(line).type in READ else None
    except (ValueError, RecursionError):  # DecodeError and UnicodeDecodeError are ValueErrors
        return None


def at(timestamp: object) -> int | None:
    """ms since the Unix epoch, out of ISO 8601; None for anything else."""
    try:
        return int(datetime.fromisoformat(text(timestamp)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None


def has_results(entry: Entry) -> bool:
    """It carries what tools answered, not what a person said."""
    return any(block.get("type") == "tool_result" for block in tables(table(entry.message).get("content")))


def words(entry: Entry) -> str:
    """What a `user` line says, as text; pictures as `[image]`."""
    content = table(entry.message).get("content")
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, map(_block, tables(content))))


def _block(block: Json) -> str:
    kind = text(block.get("type"))
    if kind == "text":
        said = text(block.get("text"))
        return "" if ASIDE.match(said) else said
    return f"[{kind}]" if kind in ("image", "document") else ""


def prompt(said: str) -> str:
    """A prompt as the person typed it: a slash command by its name, without reminders to the model."""
    if command := COMMAND.search(said):
        arguments = COMMAND_ARGUMENTS.search(said)
        return f"{command[1].strip()} {arguments[1].strip() if arguments else ''}".strip()
    if typed := TYPED.match(said):
        return f"! {typed[1].strip()}"
    return REMINDER.sub("", said).strip()


def notified(entry: Entry, said: str) -> str | None:
    """What the agent began by itself with (a background task ended); None: a person's prompt."""
    if text(table(entry.origin).get("kind")) == "task-notification" or said.startswith("<task-notification>"):
        summary = NOTIFIED.search(said)
        return summary[1].strip() if summary else "A background task ended."
    return None


def printed(said: str) -> str:
    """What a command printed that the person typed after `!`."""
    return "\n".join(filter(None, (found.strip() for found in PRINTED.findall(said))))


def queued(entry: Entry) -> str:
    """Words given into the running turn; "" for any other attachment."""
    if b'"queued_command"' not in bytes(entry.attachment)[:200]:
        return ""
    found = table(msgspec.json.decode(entry.attachment))
    prompt_mode = text(found.get("commandMode")) in ("", "prompt")
    said = text(found.get("prompt"))
    return said if prompt_mode and not said.startswith("<task-notification>") else ""
