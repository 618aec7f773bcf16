"""A refused request: an HTTP status, a code for programs and words for people."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from antiphon.log.errors import LogClosed, LogError, NameTaken, StorageFull, UnknownProject, UnknownSession
from antiphon.server import folders
from antiphon.server.refused import ErrorCode, Refused
from antiphon.sessions.supervisor import UnknownSession as NoSuchSession
from antiphon.workspace.changes import UnknownTree
from antiphon.workspace.folder import Unreachable
from antiphon.workspace.git import GitError, GitMissing, GitSlow
from antiphon.workspace.repository import Foreign, NotARepository
from antiphon.workspace.workspaces import UnknownTurn


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """A route's `responses` in OpenAPI: these, and those that every route may give."""
    return {
        status: ResponseSpec(
            data_container=Refused, description=HTTPStatus(status).phrase, generate_examples=False
        )
        for status in sorted({400, 401, 403, 500, *statuses})
    }


class ApiError(Exception):
    """{message}"""

    code: ErrorCode

    def __init__(
        self, status: int, code: ErrorCode, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}


def not_found(
    what: Literal[
        "project", "session", "provider", "token", "attachment", "rule", "consent", "approval", "turn"
    ],
    name: str,
) -> ApiError:
    """There is no such thing, or it is not the user's: both look the same."""
    codes: dict[str, ErrorCode] = {
        "project": "unknown-project",
        "session": "unknown-session",
        "provider": "unknown-provider",
        "token": "unknown-token",
        "attachment": "unknown-attachment",
        "rule": "unknown-rule",
        "consent": "unknown-consent",
        "approval": "unknown-approval",
        "turn": "unknown-turn",
    }
    return ApiError(404, codes[what], f"There is no {what} {name[:100]!r}.")


_logger = structlog.get_logger(__name__)


def _answer(
    status: int, code: ErrorCode, message: str, headers: dict[str, str] | None = None
) -> Response[Refused]:
    return Response(Refused(code=code, message=message), status_code=status, headers=headers or {})


def _api(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    assert isinstance(error, ApiError)
    return _answer(error.status, error.code, error.message, error.headers)


_HTTP_CODES: dict[int, ErrorCode] = {
    401: "signed-out",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    503: "server-stopping",
}


def _http(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    """What Litestar itself refuses: no such route, a body or a query that does not fit."""
    assert isinstance(error, HTTPException)
    if error.status_code >= 500:
        return _unexpected(request, error)
    code: ErrorCode = _HTTP_CODES.get(error.status_code) or "invalid"
    return _answer(error.status_code, code, _words(error), error.headers)


def _words(error: HTTPException) -> str:
    match error:
        case ValidationException(extra=[*problems]):
            said = [f"{problem.get('key', 'body')}: {problem.get('message', '')}" for problem in problems]
            return "; ".join(said) or error.detail
        case HTTPException(status_code=404):
            return "There is nothing here. The interface is described at /docs."
        case HTTPException(status_code=405):
            return "This address does not take that method. The interface is described at /docs."
        case HTTPException(status_code=413):
            return "The body is larger than the server takes."
        case _:
            return error.detail


_LOG_ERRORS: dict[type[LogError], tuple[int, ErrorCode]] = {
    StorageFull: (507, "storage-full"),
    LogClosed: (503, "server-stopping"),
    UnknownProject: (404, "unknown-project"),
    UnknownSession: (404, "unknown-session"),
    NameTaken: (409, "name-taken"),
}


def _log(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    known = _LOG_ERRORS.get(type(error))  # type: ignore[arg-type]
    return _answer(*known, str(error)) if known else _unexpected(request, error)


def _session(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    return _answer(404, "unknown-session", str(error))


_FOLDER_ERRORS: dict[type[folders.FolderError], tuple[int, ErrorCode]] = {
    folders.OutsideRoots: (403, "outside-roots"),
    folders.NoSuchFolder: (404, "unknown-folder"),
    folders.FolderExists: (409, "folder-exists"),
    folders.BadName: (400, "invalid"),
}


def _folder(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    assert isinstance(error, folders.FolderError)
    return _answer(*_FOLDER_ERRORS[type(error)], str(error))


_GIT_ERRORS: dict[type[GitError], tuple[int, ErrorCode]] = {
    NotARepository: (409, "not-a-repository"),
    Foreign: (409, "git-refused"),
    GitMissing: (409, "git-missing"),
    GitSlow: (504, "git-slow"),
}


def _git(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    known = _GIT_ERRORS.get(type(error))  # type: ignore[arg-type]
    return _answer(*(known or (502, "git-failed")), str(error))


def _no_tree(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    return _answer(410, "changes-gone", "What was compared is not kept any more. Look at the changes again.")


def _no_turn(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    return _answer(404, "unknown-changes", str(error))


def _no_file(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    return _answer(404, "unknown-file", str(error))


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Refused]:
    # The class and the place, not the words: those may quote what a person wrote.
    _logger.error("request-failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(
        500, "internal", "The server failed at this; its log says where. Nothing was changed halfway."
    )


ERROR_RESPONSES: dict[
    type[Exception] | int, Callable[[Request[Any, Any, Any], Exception], Response[Refused]]
] = {
    ApiError: _api,
    folders.FolderError: _folder,
    GitError: _git,
    UnknownTree: _no_tree,
    UnknownTurn: _no_turn,
    Unreachable: _no_file,
    LogError: _log,
    NoSuchSession: _session,
    HTTPException: _http,
    Exception: _unexpected,
}
"""By the exception's class, nearest first."""
