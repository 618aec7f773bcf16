"""What Litestar gives a route that asks for it: the server's parts, and who asks."""

from typing import Any, cast

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from antiphon.server.auth import Identity
from antiphon.server.context import Context

AnyRequest = Request[Any, Any, Any]


def context_of(request: AnyRequest) -> Context:
    """Dependency: the parts."""
    return cast(Context, request.app.state["context"])


def identity_of(request: AnyRequest) -> Identity:
    """Dependency: who asks. The front lets nobody else through to the routes that need it."""
    return cast(Identity, request.scope["state"]["identity"])


Parts = NamedDependency[SkipValidation[Context]]
"""A route's parameter `parts`."""

Caller = NamedDependency[SkipValidation[Identity]]
"""A route's parameter `caller`."""
