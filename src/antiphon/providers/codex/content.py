"""A prompt as Codex takes it: words, images by their paths, and the paths of other files. Pure."""

from antiphon.providers.base import Prompt
from antiphon.providers.loose import Json

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def content(prompt: Prompt) -> list[Json]:
    """The `input` of a turn."""
    shown = [each for each in prompt.attachments if each.media_type in IMAGES]
    named = [each for each in prompt.attachments if each.media_type not in IMAGES]
    words = prompt.text
    if named:
        words += "\n\nAttached files:\n" + "\n".join(f"- {each.name}: {each.path}" for each in named)
    images: list[Json] = [{"type": "localImage", "path": str(each.path)} for each in shown]
    return [{"type": "text", "text": words, "text_elements": []}, *images]
