"""Codex's file changes as whole files: pure.

A change tells a new or deleted file whole, and an edited one as a unified diff. The page wants the file
before and after, so the diff is applied to the file as it is, or, where that is not known, only
what the diff shows of both sides is.
"""

import re

from antiphon.model.items import Diff
from antiphon.providers.loose import Json, table, text

FILE_LIMIT = 200_000
"""Characters of a file that is shown whole around a change; of a longer one only the changed part is."""
HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
MOVED = re.compile(r"\n\nMoved to: .*\Z")
"""What Codex writes below the diff of a file that it also moves."""


def diff(change: Json, before: str | None = None) -> Diff:
    """One change. `before`: the file as it is, where it is known."""
    kind, path, body = table(change, "kind"), text(change.get("path")), text(change.get("diff"))
    if kind.get("type") == "add":
        return Diff(path=path, before=None, after=body)
    if kind.get("type") == "delete":
        return Diff(path=path, before=body, after=None)
    to = text(kind.get("move_path")) or path
    lines = MOVED.sub("", body).splitlines(keepends=True)
    if before is not None and len(before) <= FILE_LIMIT and (after := applied(before, lines)) is not None:
        return Diff(path=to, before=before, after=after)
    old, new = sides(lines)
    return Diff(path=to, before=old, after=new)


def applied(before: str, lines: list[str]) -> str | None:
    """The file after the diff; None when it does not fit."""
    source, at = before.splitlines(keepends=True), 0
    made: list[str] = []
    for line in lines:
        if hunk := HUNK.match(line):
            start = max(int(hunk[1]) - 1, 0)
            if start < at or start > len(source):
                return None
            made += source[at:start]
            at = start
        elif line.startswith("+") and not line.startswith("+++ "):
            made.append(line[1:])
        elif line.startswith((" ", "-")) and not line.startswith("--- "):
            if at >= len(source) or source[at].rstrip("\n") != line[1:].rstrip("\n"):
                return None
            if line.startswith(" "):
                made.append(source[at])
            at += 1
    return "".join(made + source[at:])


def sides(lines: list[str]) -> tuple[str, str]:
    """What the diff shows of the file before and after."""
    told = [line for line in lines if not line.startswith(("@@", "\\", "+++ ", "--- "))]
    old = "".join(line[1:] for line in told if not line.startswith("+"))
    return old, "".join(line[1:] for line in told if not line.startswith("-"))
