"""REST as one ASGI application: Litestar with all routes."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from antiphon.server import openapi
from antiphon.server.api import ROUTES
from antiphon.server.context import Context
from antiphon.server.dependencies import context_of, identity_of
from antiphon.server.errors import ERROR_RESPONSES
from antiphon.server.later import App

BODY_BYTES = 1024 * 1024
"""Of a request, where its route does not take more."""


class Rest(Litestar):
    """Litestar, but that it does not import pydantic because it is there: 0.1 s and 10 MB for types we do not use."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def resources(context: Context) -> App:
    """All of REST, over the parts of one server."""
    return Rest(
        route_handlers=[*ROUTES, *openapi.ROUTES],
        dependencies={
            "parts": Provide(context_of, sync_to_thread=False),
            "caller": Provide(identity_of, sync_to_thread=False),
        },
        exception_handlers=ERROR_RESPONSES,
        openapi_config=openapi.config(context.settings.base),
        request_max_body_size=BODY_BYTES,
        state=State({"context": context}),
        logging_config=None,
    )
