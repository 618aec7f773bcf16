"""A session's state from its events: `apply` on the shared transcripts, which web/src/reduce.test.ts runs too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon.model.events import AnyEvent
from antiphon.model.state import State, apply, snapshot

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts/state"


def _cases() -> Iterator[Any]:
    for path in sorted(TRANSCRIPTS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


CASES = list(_cases())


def _events(case: dict[str, Any]) -> list[AnyEvent]:
    return msgspec.convert(case["events"], list[AnyEvent])


def _without_defaults(value: Any) -> Any:
    """The value without what a missing field says as well: null, false, 0, and what is empty."""
    if isinstance(value, dict):
        return {key: kept for key, one in value.items() if (kept := _without_defaults(one)) not in _EMPTY}
    if isinstance(value, list):
        return [_without_defaults(one) for one in value]
    return value


_EMPTY: list[Any] = [None, False, "", [], {}]  # 0 is equal to False


def _state(case: dict[str, Any]) -> dict[str, Any]:
    state = State(live_from=case.get("liveFrom", 0))
    for event in _events(case):
        apply(state, event)
    return _without_defaults(snapshot(state))


def test_there_are_transcripts() -> None:
    """The shared transcripts are found: a wrong path must not pass as no work."""
    assert len(CASES) >= 25


@pytest.mark.parametrize("case", CASES)
def test_transcript(case: dict[str, Any]) -> None:
    """The events of a transcript make the state that it says."""
    assert _state(case) == _without_defaults(case["state"])


@pytest.mark.parametrize("case", CASES)
def test_events_sent_twice(case: dict[str, Any]) -> None:
    """Each event applied twice in a row, and the whole transcript once more, change nothing further."""
    state = State(live_from=case.get("liveFrom", 0))
    for event in _events(case):
        apply(state, event)
        apply(state, event)
    for event in _events(case):
        apply(state, event)
    assert _without_defaults(snapshot(state)) == _without_defaults(case["state"])


@pytest.mark.parametrize("case", CASES)
def test_snapshots_between(case: dict[str, Any]) -> None:
    """Looking at the state after each event (which joins the deltas so far) does not change where it leads."""
    state = State(live_from=case.get("liveFrom", 0))
    for event in _events(case):
        apply(state, event)
        snapshot(state)
    assert _without_defaults(snapshot(state)) == _without_defaults(case["state"])
