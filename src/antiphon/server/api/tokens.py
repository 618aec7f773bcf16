"""Who may come in: signed-in browsers and API tokens. Secrets are told once, and kept nowhere."""

from litestar import delete, get, post
from litestar.params import FromPath, RequestBody

from antiphon.log import users as log
from antiphon.server.auth import make_api_token
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import not_found, refusals
from antiphon.server.rest import MadeToken, NewToken, Token, Tokens


@get("/api/tokens", tags=["tokens"], responses=refusals())
async def list_tokens(parts: Parts, caller: Caller) -> Tokens:
    """Signed-in browsers and API tokens, the oldest first."""
    rows = await parts.log.read(lambda conn: log.list_tokens(conn, caller.user))
    return Tokens(tokens=[_shown(row, caller.token) for row in rows if row.kind != "link"])


def _shown(row: log.Token, current: str) -> Token:
    assert row.kind != "link"
    return Token(
        id=row.id,
        kind=row.kind,
        name=row.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        current=row.id == current,
    )


@post("/api/tokens", status_code=201, tags=["tokens"], responses=refusals(507))
async def add_token(parts: Parts, caller: Caller, data: RequestBody[NewToken]) -> MadeToken:
    """Make an API token for a script."""
    row, secret = await make_api_token(parts.log, parts.clock, data.name, caller.user)
    return MadeToken(id=row.id, name=row.name, secret=secret)


@delete("/api/tokens/{token:str}", status_code=204, tags=["tokens"], responses=refusals(404))
async def delete_token(parts: Parts, caller: Caller, token: FromPath[str]) -> None:
    """Sign out a browser, or revoke an API token; its connections end."""
    if not await parts.auth.revoke(caller.user, token):
        raise not_found("token", token)
    await parts.sign_out(token)


ROUTES = (list_tokens, add_token, delete_token)
