"""What the server tells on stderr: one line for each thing, JSON unless a terminal reads it.

Nothing a person wrote, no secret and no header is ever logged: what happened, where, and the
ids to look it up by. tests/integration/test_secrets.py reads a whole story's log for it.
"""

import logging
import sys
from typing import TextIO

import structlog

from antiphon.server.config import LogLevel


def configure(level: LogLevel, stream: TextIO = sys.stderr) -> None:
    """Send structlog's and the standard library's lines to `stream`."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    steps: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_where),
    ]
    structlog.configure(
        processors=[*steps, _renderer(stream)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    _standard(threshold, steps, stream)


def _standard(threshold: int, steps: list[structlog.typing.Processor], stream: TextIO) -> None:
    """uvicorn and other libraries log by the standard library: only what they warn of."""
    output = logging.StreamHandler(stream)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(stream)],
            foreign_pre_chain=steps,
        )
    )
    logging.basicConfig(handlers=[output], level=max(threshold, logging.WARNING), force=True)


def _renderer(stream: TextIO) -> structlog.typing.Processor:
    if stream.isatty():
        return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], sort_keys=False)
    return structlog.processors.JSONRenderer()


def _where(exc_info: structlog.typing.ExcInfo) -> str:
    """An exception's class and places. Its words may quote what a person wrote: they are left out."""
    kind, _, traceback = exc_info
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/antiphon/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return f"{kind.__name__} at {' < '.join(reversed(places[-12:]))}"
