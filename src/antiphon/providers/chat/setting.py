"""What the driver tells the agent of its task: `_meta.antiphon` of session/new and session/load.

It goes over the wire and not through the environment, which other processes of the same user can read.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.model.events import AnyEvent
from antiphon.providers.base import Attachment
from antiphon.providers.loose import Json, table


class Setting(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Whom to ask, for what, and what was said before."""

    provider: str
    """`openrouter`, `gemini-api` or `localgpu`: whose failures they are."""
    name: str
    """For people: "OpenRouter", "llama.cpp"."""
    session: str
    server: str
    """What answers at `url`: `openrouter`, `gemini`, `ollama`, `llama.cpp`, `vllm`, `lm-studio`, `other`."""
    url: str
    """Without a slash at its end: "http://127.0.0.1:8080/v1"."""
    model: str
    """As its server names it."""
    key: str = ""
    context: int | None = None
    """Tokens that fit; None: not known."""
    images: bool = False
    """It can be shown images."""
    tools: bool = True
    """It can call tools."""
    patience: float = 180.0
    """Seconds without a byte until the connection is given up (the session ends the turn before)."""
    rules: Sequence[str] = ()
    """What is allowed for always (permission.py)."""
    past: Sequence[AnyEvent] = ()
    attachments: Mapping[str, Attachment] = {}
    """The past's, by id."""


def to_json(setting: Setting) -> Json:
    """As it goes over the wire."""
    return table(msgspec.to_builtins(setting, enc_hook=str))


def of_json(told: Json) -> Setting:
    """The same, read again. Raises msgspec.ValidationError."""
    return msgspec.convert(told, Setting, dec_hook=_path)


def _path(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(kind)
