"""Rules: what agents were allowed for always, to be seen and taken back."""

from litestar import delete, get
from litestar.params import FromPath, FromQuery

from antiphon.log import rules as log
from antiphon.server.api.projects import project_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import not_found, refusals
from antiphon.server.rest import Rule, Rules


@get("/api/rules", tags=["rules"], responses=refusals(404))
async def list_rules(parts: Parts, caller: Caller, project: FromQuery[str | None] = None) -> Rules:
    """What was allowed for always (in one project), in the order of allowing."""
    wanted = (await project_of(parts, caller.user, project)).id if project is not None else None
    rows = await parts.log.read(lambda conn: log.list_rules(conn, caller.user, wanted))
    return Rules(rules=[_shown(row) for row in rows])


def _shown(row: log.Rule) -> Rule:
    return Rule(
        id=row.id,
        project=row.project,
        provider=row.provider,
        rule=row.rule,
        label=row.label,
        created_at=row.created_at,
    )


@delete("/api/rules/{rule:str}", status_code=204, tags=["rules"], responses=refusals(404, 507))
async def delete_rule(parts: Parts, caller: Caller, rule: FromPath[str]) -> None:
    """Take it back. The agents that were started with it end: idle ones now, others after their turns."""
    if not await parts.supervisor.take_back(caller.user, rule):
        raise not_found("rule", rule)


ROUTES = (list_rules, delete_rule)
