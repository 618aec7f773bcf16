"""Codex's file changes as whole files."""

from typing import Any

import pytest

from antiphon.model.items import Diff
from antiphon.providers.codex import diffs
from antiphon.providers.codex.diffs import applied, diff

BEFORE = "one\ntwo\nthree\nfour\nfive\n"


def change(kind: str, body: str, **more: Any) -> dict[str, Any]:
    """A FileUpdateChange."""
    return {"path": "/p/f", "kind": {"type": kind, **more}, "diff": body}


def test_a_new_and_a_deleted_file_are_told_whole() -> None:
    """Their diff is their text."""
    assert diff(change("add", "hi\n")) == Diff(path="/p/f", before=None, after="hi\n")
    assert diff(change("delete", "hi\n")) == Diff(path="/p/f", before="hi\n", after=None)


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("@@ -2 +2 @@\n-two\n+2\n", "one\n2\nthree\nfour\nfive\n"),
        ("@@ -1,2 +1,3 @@\n+zero\n one\n two\n", "zero\none\ntwo\nthree\nfour\nfive\n"),
        ("@@ -1 +1 @@\n-one\n+1\n@@ -5 +5,2 @@\n five\n+six\n", "1\ntwo\nthree\nfour\nfive\nsix\n"),
        ("@@ -4,2 +4 @@\n-four\n-five\n+end\n\\ No newline at end of file\n", "one\ntwo\nthree\nend\n"),
        ("--- a/f\n+++ b/f\n@@ -3 +3 @@\n-three\n+3\n", "one\ntwo\n3\nfour\nfive\n"),
    ],
)
def test_a_diff_is_applied_to_its_file(body: str, after: str) -> None:
    """Hunk by hunk."""
    assert diff(change("update", body, move_path=None), BEFORE) == Diff(
        path="/p/f", before=BEFORE, after=after
    )


@pytest.mark.parametrize(
    "body", ["@@ -2 +2 @@\n-zwei\n+2\n", "@@ -9 +9 @@\n-two\n+2\n", "@@ -5,2 +5 @@\n five\n-six\n"]
)
def test_a_diff_that_does_not_fit_shows_what_it_says(body: str) -> None:
    """Rather than a file that is not there."""
    assert applied(BEFORE, body.splitlines(keepends=True)) is None
    found = diff(change("update", body), BEFORE)
    assert found.before != BEFORE and found.before in body.replace("-", "").replace("\n ", "\n")


def test_without_the_file_both_sides_of_the_diff_are_shown() -> None:
    """Context included."""
    found = diff(change("update", "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"))
    assert (found.before, found.after) == ("one\ntwo\nthree\n", "one\n2\nthree\n")


def test_a_file_that_is_moved_is_shown_where_it_goes() -> None:
    """What Codex writes below the diff is none of it."""
    body = "@@ -2 +2 @@\n-two\n+2\n\n\nMoved to: /p/g"
    found = diff(change("update", body, move_path="/p/g"), BEFORE)
    assert (found.path, found.after) == ("/p/g", "one\n2\nthree\nfour\nfive\n")


def test_a_long_file_is_not_shown_whole() -> None:
    """Only what changed is."""
    before = "x\n" * diffs.FILE_LIMIT
    found = diff(change("update", "@@ -1 +1 @@\n-x\n+y\n"), before)
    assert (found.before, found.after) == ("x\n", "y\n")
