"""/docs and /api/openapi.json: the interface described by itself, with nothing from elsewhere."""

from pathlib import Path

import msgspec
from litestar import MediaType, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from antiphon import __version__
from antiphon.server.dependencies import AnyRequest

REFERENCE = Path(__file__).parent / "reference"


def config(base: str) -> OpenAPIConfig:
    """What Litestar makes of the routes."""
    return OpenAPIConfig(
        title="Antiphon",
        version=__version__,
        summary="REST of a self-hosted workspace for coding agents",
        description="Resources beside the WebSocket at /ws, whose frames docs/protocol.md describes.",
        use_handler_docstrings=True,
        path="/api/schema",
        render_plugins=[JsonRenderPlugin()],
        components=Components(
            security_schemes={
                "token": SecurityScheme(
                    type="http", scheme="bearer", description="antiphon token create NAME"
                ),
                "cookie": SecurityScheme(
                    type="apiKey",
                    name="antiphon-<instance>",
                    security_scheme_in="cookie",
                    description="The page's own.",
                ),
            }
        ),
        security=[{"token": []}, {"cookie": []}],
    )


@get("/api/openapi.json", include_in_schema=False, sync_to_thread=True)
def schema(request: AnyRequest) -> Response[bytes]:
    """The interface as OpenAPI 3.1."""
    return Response(msgspec.json.encode(request.app.openapi_schema.to_schema()), media_type=MediaType.JSON)


def _file(name: str, media_type: str) -> Response[bytes]:
    headers = {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "cache-control": "no-cache",
    }
    return Response((REFERENCE / name).read_bytes(), media_type=media_type, headers=headers)


@get("/docs", include_in_schema=False, sync_to_thread=True)
def reference() -> Response[bytes]:
    """The page that shows the description."""
    return _file("index.html", "text/html; charset=utf-8")


@get("/docs/reference.js", include_in_schema=False, sync_to_thread=True)
def reference_script() -> Response[bytes]:
    """Its script."""
    return _file("reference.js", "text/javascript; charset=utf-8")


@get("/docs/reference.css", include_in_schema=False, sync_to_thread=True)
def reference_style() -> Response[bytes]:
    """Its style."""
    return _file("reference.css", "text/css; charset=utf-8")


ROUTES = (schema, reference, reference_script, reference_style)
