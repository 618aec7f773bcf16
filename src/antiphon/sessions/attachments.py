"""From the ids in a prompt to the files that the agent gets."""

from collections.abc import Sequence

from antiphon.log import attachments
from antiphon.log.store import Log
from antiphon.providers.base import Attachment


class UnknownAttachment(Exception):
    """There is no attachment {id} of this user."""

    def __init__(self, id: str) -> None:
        super().__init__(f"There is no attachment {id} of yours; upload it again.")
        self.id = id


async def find(log: Log, user: int, ids: Sequence[str]) -> list[Attachment]:
    """The user's attachments, in the order of `ids`. Raises UnknownAttachment."""
    if not ids:
        return []
    rows = await log.read(lambda conn: [(id, attachments.get(conn, user, id)) for id in ids])
    found: list[Attachment] = []
    for id, row in rows:
        if row is None:
            raise UnknownAttachment(id)
        found.append(
            Attachment(path=attachments.path_of(log.folder, id), name=row.name, media_type=row.media_type)
        )
    return found
