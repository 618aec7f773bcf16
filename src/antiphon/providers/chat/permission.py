"""What needs a person's word, and what a person can say: pure.

Modes: `ask` asks before every change and command; `accept-edits` only before commands; `plan` does
neither, it only reads; `bypass` asks for nothing. A rule is `run(COMMAND)`: this very command, for
a command that only begins alike may do anything.
"""

from collections.abc import Collection
from typing import Literal

from antiphon.providers.loose import Json, table, text

Mode = Literal["ask", "accept-edits", "plan", "bypass"]
Need = Literal["nothing", "edit", "execute"]
Verdict = Literal["allow", "ask", "refuse"]

MODES: list[tuple[Mode, str, str]] = [
    ("ask", "Ask", "Asks before it changes files or runs commands"),
    ("accept-edits", "Accept edits", "Changes files without asking; asks before it runs commands"),
    ("plan", "Plan", "Only reads: changes nothing, runs nothing"),
    ("bypass", "Bypass approvals", "Never asks"),
]
ALLOW, ALWAYS, REJECT, STOP = "allow", "always", "reject", "stop"
MESSAGE = "message"
"""The field for a word to the agent."""
IN_PROJECT, IN_SESSION = "in this project", "for the rest of this session"

NEEDS: dict[str, Need] = {
    "write_file": "edit",
    "edit_file": "edit",
    "create_directory": "edit",
    "run_command": "execute",
}
REFUSED = "The session is in plan mode: nothing may be changed or run. Say what you would do instead."
REJECTED = "The person does not want this. Ask them, or do something else."


def verdict(mode: str, need: Need, rule: str, rules: Collection[str]) -> Verdict:
    """Whether it may go on."""
    if need == "nothing" or mode == "bypass":
        return "allow"
    if mode == "plan":
        return "refuse"
    if need == "edit" and mode == "accept-edits":
        return "allow"
    return "allow" if rule in rules else "ask"


def rule(need: Need, command: str) -> str:
    """What is kept when it is allowed for always."""
    return f"run({command})" if need == "execute" else "edit"


def request(session: str, call: Json, need: Need, rule: str) -> Json:
    """`session/request_permission` for a tool call."""
    return {
        "sessionId": session,
        "toolCall": call,
        "options": [
            {"optionId": ALLOW, "name": "Allow", "kind": "allow_once"},
            _always(need, rule),
            {"optionId": REJECT, "name": "Reject", "kind": "reject_once"},
            {
                "optionId": STOP,
                "name": "Reject and stop",
                "kind": "reject_once",
                "_meta": {"antiphon": {"kind": "reject-stop"}},
            },
        ],
        "_meta": {"antiphon": {"fields": [{"id": MESSAGE, "label": "Tell it what to do instead"}]}},
    }


def _always(need: Need, rule: str) -> Json:
    if need == "edit":
        name, meta = "Allow all edits", {"scope": IN_SESSION}
    else:
        name, meta = "Always allow this command", {"scope": IN_PROJECT, "rule": rule}
    return {"optionId": ALWAYS, "name": name, "kind": "allow_always", "_meta": {"antiphon": meta}}


def chosen(result: Json) -> tuple[str, str]:
    """The option that the person chose ("": nobody will answer), and their word."""
    outcome = table(result, "outcome")
    if outcome.get("outcome") != "selected":
        return "", ""
    return text(outcome.get("optionId")), text(
        table(result, "_meta", "antiphon", "fields").get(MESSAGE)
    ).strip()


def rejected(word: str) -> str:
    """What the model is told of a no."""
    return f"{REJECTED} They said: {word}" if word else REJECTED
