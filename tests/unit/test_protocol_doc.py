"""docs/protocol.md is the source of truth of the wire: each of its examples is what the code reads and writes."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from antiphon.model.commands import AnyCommand
from antiphon.model.events import AnyEvent
from antiphon.model.failures import Failure, FailureCode
from antiphon.model.items import ItemContent
from antiphon.model.replies import AnyFrame, Events, RejectedCode
from antiphon.server import rest
from antiphon.server.api.commands import _STATUS, EffectCommand, status_of
from antiphon.server.brings import BringsKind
from antiphon.server.connection import LIMITS
from antiphon.server.refused import ErrorCode, Refused
from antiphon.server.schema import RESOURCES, UNIONS, schema
from antiphon.server.websocket import CLOSE_CODES

TEXT = (Path(__file__).parents[2] / "docs/protocol.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^```json ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

TYPES: dict[str, Any] = (
    UNIONS | {kind.__name__: kind for kind in RESOURCES} | {"Failure": Failure, "Refused": Refused}
)

EXAMPLES = [(match[1].strip(), match[2]) for match in FENCE.finditer(TEXT)]


def parsed(kind: str, text: str) -> Any:
    """The example as the type that its fence names."""
    if kind.endswith(" without id"):
        return msgspec.convert(json.loads(text) | {"id": "c1"}, TYPES[kind.removesuffix(" without id")])
    return msgspec.json.decode(text, type=TYPES[kind])


def tags(union: Any) -> set[str]:
    """The words that tell a union's types apart."""
    return {str(kind.__struct_config__.tag) for kind in get_args(union)}


def examples(kind: str) -> list[Any]:
    return [parsed(name, text) for name, text in EXAMPLES if name == kind]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[f"{n}-{k}" for n, (k, _) in enumerate(EXAMPLES)])
def test_an_example_is_what_it_says(kind: str, text: str) -> None:
    """It is read as its type, and written again it is the same: no field is misspelt, none is passed over."""
    value = parsed(kind, text)
    written = json.loads(msgspec.json.encode(value))
    said = json.loads(text)
    if kind.endswith(" without id"):
        written.pop("id")
    assert without_defaults(written) == without_defaults(said)


def without_defaults(value: Any) -> Any:
    """Absent, null, false, 0 and empty say the same where a field has a default."""
    if isinstance(value, dict):
        return {key: without_defaults(v) for key, v in value.items() if v not in (None, False, 0, "", [], {})}
    return [without_defaults(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("kind", "union"),
    [
        ("AnyCommand", AnyCommand),
        ("AnyFrame", AnyFrame),
        ("AnyEvent", AnyEvent),
        ("ItemContent", ItemContent),
    ],
)
def test_every_type_has_an_example(kind: str, union: Any) -> None:
    """No command, reply, frame, event or item goes undescribed."""
    shown = {str(type(value).__struct_config__.tag) for value in examples(kind)}
    assert shown == tags(union)


def test_every_resource_has_an_example() -> None:
    """Each body of REST is shown."""
    shown = {kind for kind, _ in EXAMPLES}
    assert {kind.__name__ for kind in RESOURCES} <= shown


def test_events_within_frames_are_events() -> None:
    """`events` holds encoded events: the examples' are real ones."""
    for frame in [*examples("AnyFrame"), *examples("EventsPage")]:
        if isinstance(frame, Events | rest.EventsPage):
            assert [msgspec.json.decode(event, type=AnyEvent) for event in frame.events]


def test_every_code_is_explained() -> None:
    """Codes of rejections, failures, refusals and what a folder brings: each stands in the text."""
    for codes in (RejectedCode, FailureCode, ErrorCode, BringsKind):
        for code in get_args(codes):
            assert f"`{code}`" in TEXT, code


def test_the_statuses_of_rejections_are_those_of_the_table() -> None:
    """What the table says over REST is what REST answers."""
    rows = re.findall(r"^\| ((?:`[a-z-]+` ?)+)\|.*\| (\d{3}) \|$", TEXT, re.MULTILINE)
    said = {code: int(status) for codes, status in rows for code in re.findall(r"`([a-z-]+)`", codes)}
    assert said == {code: _STATUS.get(code, 400) for code in get_args(RejectedCode)}


def test_limits_and_close_codes_are_those_of_the_code() -> None:
    """Figures in prose go stale: these are compared."""
    (welcome,) = [frame for frame in examples("AnyFrame") if type(frame).__name__ == "Welcome"]
    assert welcome.limits == LIMITS
    rows = re.findall(r"^\| (\d{4}) \| `([a-z-]+)` \|", TEXT, re.MULTILINE)
    assert {name: int(code) for code, name in rows} == CLOSE_CODES


def test_the_schema_names_every_type_once() -> None:
    """`python -m antiphon.server.schema`: events are told as events, and nothing points to nowhere."""
    definitions = schema()["$defs"]
    assert {"AnyEvent", "AnyCommand", "AnyFrame", "State", "Me", "Refused"} <= definitions.keys()
    assert definitions["Events"]["properties"]["events"]["items"] == {"$ref": "#/$defs/AnyEvent"}
    referred = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(definitions)))
    assert referred <= definitions.keys()


def test_only_effects_go_over_rest() -> None:
    """The commands that REST takes are those that the text names there."""
    section = TEXT.partition("### Commands over REST")[2].partition("### Attachments")[0]
    assert set(re.findall(r"\[`([a-z-]+)`\]\(#[a-z-]+\)", section)) == tags(EffectCommand)
    assert status_of(examples("AnyFrame")[0]) == 200
