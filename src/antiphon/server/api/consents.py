"""Consents: where a person agreed that an agent works without asking, to be given, seen and taken back."""

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery

from antiphon.log import consents as log
from antiphon.server.api.projects import project_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.rest import Consent, Consents


@get("/api/consents", tags=["consents"], responses=refusals(404))
async def list_consents(parts: Parts, caller: Caller, project: FromQuery[str | None] = None) -> Consents:
    """What was agreed to (in one project), in the order of agreeing."""
    wanted = (await project_of(parts, caller.user, project)).id if project is not None else None
    rows = await parts.log.read(lambda conn: log.list_consents(conn, caller.user, wanted))
    return Consents(consents=[_shown(row) for row in rows])


@put(
    "/api/projects/{project:str}/consents/{provider:str}",
    tags=["consents"],
    responses=refusals(404, 507),
)
async def give_consent(
    parts: Parts, caller: Caller, project: FromPath[str], provider: FromPath[str]
) -> Consent:
    """Agree that the provider's agents work in the project without asking; the same again changes nothing."""
    there = await project_of(parts, caller.user, project)
    found = parts.providers.get(provider)
    if found is None:
        raise not_found("provider", provider)
    if not found.capabilities.consent:
        raise ApiError(400, "invalid", f"{found.name} needs no consent: it asks before it acts.")
    now = parts.clock.now()
    row = await parts.log.write(lambda conn: log.give(conn, caller.user, there.id, provider, now))
    return _shown(row)


@delete(
    "/api/projects/{project:str}/consents/{provider:str}",
    status_code=204,
    tags=["consents"],
    responses=refusals(404, 507),
)
async def delete_consent(
    parts: Parts, caller: Caller, project: FromPath[str], provider: FromPath[str]
) -> None:
    """Take it back. The agents that work by it end: idle ones now, others after their turns."""
    there = await project_of(parts, caller.user, project)
    if not await parts.supervisor.take_back_consent(caller.user, there.id, provider):
        raise not_found("consent", provider)


def _shown(row: log.Consent) -> Consent:
    return Consent(project=row.project, provider=row.provider, created_at=row.created_at)


ROUTES = (list_consents, give_consent, delete_consent)
