"""What a prompt may name: a project's files, and what was asked in it before."""

from pathlib import Path
from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from antiphon.log import turns
from antiphon.presence import missing
from antiphon.server.api.projects import project_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import EarlierPrompt, FileNames, PromptList

Match = Annotated[str, QueryParameter(max_length=200)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


@get("/api/projects/{project:str}/file-names", tags=["projects"], responses=refusals(404))
async def find_file_names(
    parts: Parts, caller: Caller, project: FromPath[str], match: Match = "", limit: Limit = 20
) -> FileNames:
    """The project's files whose names fit, the best first; what .gitignore names is left out."""
    row = await project_of(parts, caller.user, project)
    if await missing(Path(row.path)):
        return FileNames(files=[], more=False)
    found = await parts.file_names.find(Path(row.path), match, limit, trusted=row.trusted)
    return FileNames(files=found.names, more=found.more)


@get("/api/projects/{project:str}/prompts", tags=["projects"], responses=refusals(404))
async def list_prompts(
    parts: Parts, caller: Caller, project: FromPath[str], limit: Limit = 100
) -> PromptList:
    """What people asked in the project last, the latest first, each text once."""
    row = await project_of(parts, caller.user, project)
    found = await parts.log.read(lambda conn: turns.latest_texts(conn, row.key, limit))
    return PromptList(prompts=[EarlierPrompt(text=text, at=at) for text, at in found])


ROUTES = (find_file_names, list_prompts)
