"""The server's own log: what happened and where, never in anybody's words."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from antiphon.server import diagnostics


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where it is written, for one test."""
    written = io.StringIO()
    diagnostics.configure("info", written)
    yield written
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(words: str) -> None:
    raise ValueError(words)


def test_an_exception_is_logged_by_its_class_and_place(stream: io.StringIO) -> None:
    """Its message may quote a prompt or a path, so it is left out; where it came from is there."""
    try:
        fail("the person's own words")
    except ValueError as error:
        structlog.get_logger("x").error("failed", exc_info=error)
        structlog.get_logger("x").exception("failed again")
        logging.getLogger("uvicorn.error").exception("failed in a library")
    assert [line["event"] for line in lines(stream)] == ["failed", "failed again", "failed in a library"]
    assert "own words" not in stream.getvalue()
    for line in lines(stream):
        assert line["exception"].startswith("ValueError at ")
        assert " fail < " in line["exception"]


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    """Info is told, debug is not; of libraries only warnings."""
    structlog.get_logger("x").debug("hidden")
    structlog.get_logger("x").info("shown")
    logging.getLogger("uvicorn.error").info("hidden")
    logging.getLogger("uvicorn.error").warning("shown, too")
    assert [line["event"] for line in lines(stream)] == ["shown", "shown, too"]
