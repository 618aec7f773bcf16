"""REST: one file per resource. `ROUTES` is all of them; the front has checked who asks."""

from antiphon.server.api import (
    approvals,
    attachments,
    commands,
    consents,
    events,
    export,
    folders,
    health,
    imports,
    me,
    metrics,
    projects,
    providers,
    rules,
    sessions,
    tokens,
)

ROUTES = (
    *me.ROUTES,
    *projects.ROUTES,
    *folders.ROUTES,
    *sessions.ROUTES,
    *events.ROUTES,
    *export.ROUTES,
    *commands.ROUTES,
    *attachments.ROUTES,
    *imports.ROUTES,
    *providers.ROUTES,
    *approvals.ROUTES,
    *rules.ROUTES,
    *consents.ROUTES,
    *tokens.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
)
