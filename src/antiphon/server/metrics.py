"""What /metrics tells, read from where it is kept anyway when somebody asks.

Turns and events are counted in the log itself, so the counters go on over restarts.
prometheus_client is imported by the first who asks: the server starts without it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import Connection, func, select

from antiphon.log import schema
from antiphon.log.store import Log

if TYPE_CHECKING:
    from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"


class Sample(Struct, frozen=True, kw_only=True):
    """The figures at one moment."""

    turns: dict[str, int]
    """How many ended, by how: completed, failed, cancelled, interrupted."""
    events: int
    running: int
    connections: int
    commits: int
    commit_seconds: float


ENDS = ("completed", "failed", "cancelled", "interrupted")


def counted(conn: Connection) -> tuple[dict[str, int], int]:
    """(turns by end, events ever)."""
    state = schema.turn.c.state
    ended = dict(conn.execute(select(state, func.count()).group_by(state)).tuples().all())
    events = conn.scalar(select(func.sum(schema.session_metadata.c.head)))
    return {end: ended.get(end, 0) for end in ENDS}, events or 0


async def measure(log: Log, *, running: int, connections: int) -> Sample:
    """Take the figures."""
    turns, events = await log.read(counted)
    return Sample(
        turns=turns,
        events=events,
        running=running,
        connections=connections,
        commits=log.commits.count,
        commit_seconds=log.commits.seconds,
    )


def render(sample: Sample) -> bytes:
    """The figures in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(sample))
    return generate_latest(registry)


class _Figures:
    """A collector of one sample."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

        sample = self._sample
        turns = CounterMetricFamily("antiphon_turns", "Turns by how they ended.", labels=["end"])
        for end, count in sample.turns.items():
            turns.add_metric([end], count)
        yield turns
        yield CounterMetricFamily("antiphon_events", "Events ever logged.", value=sample.events)
        yield GaugeMetricFamily("antiphon_turns_running", "Turns that run now.", value=sample.running)
        yield GaugeMetricFamily("antiphon_connections", "WebSockets open now.", value=sample.connections)
        yield SummaryMetricFamily(
            "antiphon_commit_seconds",
            "Commits of this run, and how long they took.",
            count_value=sample.commits,
            sum_value=sample.commit_seconds,
        )
