"""The table of faults: what every agent must come through, and within which limits.

`row` makes an agent's row out of what holds for all of them and what is peculiar to it: the words that the
page says, a sign that comes earlier. The limits and the ends stand here, once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.agents import acts
from tests.agents.matrix import NotApplicable, Row, Subject
from tools import ROOT

DOCS = ROOT / "docs/providers.md"
STALLED = "No sign of life from"


class Fault(NamedTuple):
    """One fault, and what of its row holds for every agent."""

    title: str
    expected: dict[str, Any]


def _fault(title: str, prompt: str, end: str | None = "failed", **expected: Any) -> Fault:
    return Fault(title, {"prompt": prompt, "end": end, **expected})


FAULTS: dict[str, Fault] = {
    "401": _fault("401: the key is refused", "E401", code="auth"),
    "403": _fault("403: no access", "E403", code="auth"),
    "400": _fault("400: the request is wrong", "E400", code="invalid-request"),
    "too-long": _fault("400: the prompt is too long", "TOOLONG", code="prompt-too-long"),
    "402": _fault("402: no credit", "E402", code="usage-limit"),
    "429": _fault("429: rate limit", "E429", code="usage-limit"),
    "429-wait": _fault("429 with retry-after", "WAIT429", code="usage-limit", end_s=30),
    "500": _fault("500", "E500", code="overloaded"),
    "503": _fault("503", "E503", code="overloaded"),
    "529": _fault("529: overloaded", "E529", code="overloaded"),
    "refused": _fault(
        "connection refused",
        "SAY",
        code="network",
        before=acts.refusing_model,
        recover=acts.answering_model,
        end_s=30,
    ),
    "drop": _fault("connection drops before content", "DROP", code="network"),
    "cut": _fault("cut in the text", "CUT", code="truncated", keeps="w1 w2"),
    "cut-call": _fault("cut in a tool call", "CUTCALL", code="truncated"),
    "malformed": _fault("malformed stream", "MALFORMED", code="truncated"),
    "silent": _fault(
        "hang before the first byte",
        "SILENT",
        "cancelled",
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=acts.stopped,
    ),
    "hang": _fault(
        "hang in mid-stream",
        "HANG",
        "cancelled",
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=acts.stopped,
        keeps="w1 w2",
    ),
    "kill": _fault(
        "kill -9 of the agent",
        "LONG",
        act=acts.killed,
        words="was ended by SIGKILL",
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    "kill-tool": _fault(
        "kill -9 of the agent in a command",
        "FOREVER",
        act=acts.killed_in_tool,
        words="was ended by SIGKILL",
        code="provider-crashed",
        dies=True,
    ),
    "kill-keeper": _fault(
        "kill -9 of its keeper",
        "LONG",
        act=acts.keeper_killed,
        words="was ended by SIGKILL",
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    "frozen": _fault(
        "SIGSTOP of the agent",
        "SLOW",
        "cancelled",
        act=acts.frozen,
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=acts.stopped,
        keeps="w1 w2",
        dies=True,
    ),
    "leaves": _fault(
        "leaves with exit status 0 in the turn",
        "LONG",
        before=acts.leaver,
        warm=False,
        act=acts.left,
        words="left with exit status 0",
        recover=acts.with_program,
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    "big": _fault("a message of 2 MB", "BIG", "completed", sign="", sees="all of it", end_s=40),
    "folder": _fault(
        "the project's folder is gone",
        "SAY",
        None,
        warm=False,
        before=acts.without_folder,
        sign="rejected",
        words="is not there any more",
        recover=acts.with_folder,
        project="gone",
    ),
    "missing": _fault(
        "the agent is not on the machine",
        "SAY",
        warm=False,
        before=acts.without_program,
        sign="end",
        words="is not installed",
        recover=acts.with_program,
        code="provider-missing",
        dies=True,
    ),
    "lost": _fault(
        "the conversation is lost",
        "SAY",
        words="does not know it any more",
        code="invalid-request",
        limit_s=3,
    ),
    "two": _fault("two prompts at once", "LONG", "completed", act=acts.second_prompt, sign="", end_s=40),
    "mistake": _fault("a question that Antiphon fails at", "RAISE", code="internal"),
    "stop-text": _fault(
        "*Stop* in the text",
        "LONG",
        "cancelled",
        sign="",
        act=acts.stopped_in_text,
        sees="ended at once",
        keeps="w1 w2",
    ),
    "stop-tool": _fault(
        "*Stop* in a command",
        "FOREVER",
        "cancelled",
        sign="",
        act=acts.stopped_in_tool,
        sees="ended at once",
    ),
    "stop-question": _fault(
        "*Stop* at a question",
        "WRITE",
        "cancelled",
        sign="",
        act=acts.stopped_at_question,
        sees="ended at once",
    ),
    "stop-retry": _fault("*Stop* in a retry", "LONG429", "cancelled", sign="retrying", after=acts.stopped),
    "server": _fault(
        "kill -9 of the server in the text",
        "LONG",
        "interrupted",
        sign="",
        act=acts.server_killed,
        sees="“The server went away while the agent worked”; no process is left",
        keeps="w1 w2",
    ),
    "server-tool": _fault(
        "kill -9 of the server in a command",
        "FOREVER",
        "interrupted",
        sign="",
        act=acts.server_killed_in_tool,
        sees="“The server went away while the agent worked”; no process is left",
    ),
}


def row(fault: str, **own: Any) -> Row:
    """An agent's row of a fault."""
    title, expected = FAULTS[fault]
    return Row(name=title, **{**expected, **own})


def rows(own: dict[str, dict[str, Any] | NotApplicable]) -> dict[str, Row | NotApplicable]:
    """An agent's rows, in the table's order: what is peculiar to it, by fault; all else as it stands."""
    assert own.keys() <= FAULTS.keys(), f"no such faults: {own.keys() - FAULTS.keys()}"
    return {fault: _of(fault, own.get(fault, {})) for fault in FAULTS}


def _of(fault: str, own: dict[str, Any] | NotApplicable) -> Row | NotApplicable:
    return own if isinstance(own, NotApplicable) else row(fault, **own)


# Written down


def with_table(text: str, subject: Subject, told: dict[str, str]) -> str:
    """The page with this agent's table. `told`: what the person was told, by fault."""
    lines = ["| Fault | What the person sees | within | the turn ends | and |", "|---|---|---|---|---|"]
    lines += [_line(fault, each, told) for fault, each in subject.rows.items()]
    return _between(text, f"faults: {subject.name}", lines)


def with_overview(text: str, subjects: Sequence[Subject]) -> str:
    """The page with all agents' tables in one: how a turn ends, and within which time the person is told."""
    lines = [f"| Fault | {' | '.join(each.name for each in subjects)} |", "|---" * (len(subjects) + 1) + "|"]
    for fault, (title, _) in FAULTS.items():
        cells = [_cell(subject.rows[fault]) for subject in subjects]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return _between(text, "overview", lines)


def _between(text: str, mark: str, lines: list[str]) -> str:
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, rest = text.split(begin)
    return before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]


def _line(fault: str, row: Row | NotApplicable, told: dict[str, str]) -> str:
    if isinstance(row, NotApplicable):
        return f"| {FAULTS[fault].title} | *not applicable*: {row.reason} | | | |"
    end = (f"`{row.end}`" + (f", `{row.code}`" if row.code else "")) if row.end else "never began"
    more = [
        "what was said is kept" if row.keeps else "",
        "the cut text is replaced" if row.once else "",
        "no process is left" if row.dies else "",
        "the next prompt is answered",
    ]
    limit = f"{row.limit_s:g} s" if row.sign else "—"
    return f"| {row.name} | {told[fault]} | {limit} | {end} | {', '.join(filter(None, more))} |"


def _cell(row: Row | NotApplicable) -> str:
    if isinstance(row, NotApplicable):
        return "n/a"
    end = row.code or row.end or "not taken"
    return f"{end}, {row.limit_s:g} s" if row.sign else end
