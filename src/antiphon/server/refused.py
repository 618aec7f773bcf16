"""What a refused request is told: a code for programs and words for people."""

from typing import Literal

from msgspec import Struct

ErrorCode = Literal[
    "signed-out",
    "link-unknown",
    "password-wrong",
    "too-many-tries",
    "unknown-host",
    "foreign-origin",
    "origin-missing",
    "not-found",
    "method-not-allowed",
    "invalid",
    "too-large",
    "unknown-project",
    "unknown-session",
    "unknown-provider",
    "unknown-token",
    "unknown-attachment",
    "unknown-turn",
    "unknown-rule",
    "unknown-consent",
    "unknown-approval",
    "unknown-folder",
    "unknown-file",
    "unknown-changes",
    "changes-gone",
    "untrusted-folder",
    "workspace-missing",
    "not-a-repository",
    "git-missing",
    "git-refused",
    "git-slow",
    "git-failed",
    "outside-roots",
    "folder-exists",
    "name-taken",
    "not-over",
    "not-restorable",
    "agent-failed",
    "bypass-not-allowed",
    "key-not-kept",
    "search-unavailable",
    "storage-full",
    "server-stopping",
    "internal",
]


class Refused(Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of every answer from 400 on."""

    code: ErrorCode
    message: str
