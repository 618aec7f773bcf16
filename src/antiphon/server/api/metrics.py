"""/metrics, for Prometheus. Who reads it must be signed in: a proxy makes everybody look local."""

from litestar import Response, get

from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.metrics import CONTENT_TYPE, measure, render


@get("/metrics", tags=["watching"], responses=refusals())
async def metrics(parts: Parts, caller: Caller) -> Response[bytes]:
    """Turns by end, running turns, connections, events and commits, in Prometheus' text format."""
    sample = await measure(parts.log, running=parts.supervisor.running(), connections=parts.connections())
    return Response(render(sample), media_type=CONTENT_TYPE)


ROUTES = (metrics,)
