"""A prompt as Claude takes it: words, images, documents, and the paths of other files."""

import base64

from antiphon.providers.base import Attachment, Prompt
from antiphon.providers.loose import Json

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"


def message(prompt: Prompt, uuid: str) -> Json:
    """The `user` message; reads the attachments: use a thread. `uuid`: how its fate will be told."""
    shown = [each for each in prompt.attachments if each.media_type in IMAGES or each.media_type == PDF]
    named = [each for each in prompt.attachments if each not in shown]
    words = prompt.text
    if named:
        words += "\n\nAttached files:\n" + "\n".join(f"- {each.name}: {each.path}" for each in named)
    content: str | list[Json] = words
    if shown:
        content = [*map(_block, shown), {"type": "text", "text": words}]
    return {
        "type": "user",
        "message": {"role": "user", "content": content},
        "parent_tool_use_id": None,
        "session_id": "default",
        "uuid": uuid,
    }


def _block(attachment: Attachment) -> Json:
    source = {
        "type": "base64",
        "media_type": attachment.media_type,
        "data": base64.b64encode(attachment.path.read_bytes()).decode(),
    }
    return {"type": "document" if attachment.media_type == PDF else "image", "source": source}
