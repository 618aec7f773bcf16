"""A prompt as Codex takes it."""

from pathlib import Path

from antiphon.providers.base import Attachment, Prompt
from antiphon.providers.codex.content import content


def test_images_go_by_their_paths_and_other_files_by_name() -> None:
    """Codex reads them itself."""
    files = [
        Attachment(path=Path("/a/dot.png"), name="dot.png", media_type="image/png"),
        Attachment(path=Path("/a/notes.txt"), name="notes.txt", media_type="text/plain"),
    ]
    words, image = content(Prompt(turn="t", text="Look.", attachments=files))
    assert words["text"] == "Look.\n\nAttached files:\n- notes.txt: /a/notes.txt"
    assert image == {"type": "localImage", "path": "/a/dot.png"}


def test_words_alone_are_one_part() -> None:
    """As they were typed."""
    assert content(Prompt(turn="t", text="Hi.")) == [{"type": "text", "text": "Hi.", "text_elements": []}]
