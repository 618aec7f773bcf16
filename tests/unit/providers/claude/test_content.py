"""A prompt as Claude takes it."""

import base64
from pathlib import Path

from antiphon.providers.base import Attachment, Prompt
from antiphon.providers.claude import content


def attached(folder: Path, name: str, media_type: str, data: bytes = b"x") -> Attachment:
    """A file that goes with a prompt."""
    path = folder / name
    path.write_bytes(data)
    return Attachment(path=path, name=name, media_type=media_type)


def test_words_are_a_string() -> None:
    """Under the id by which their fate is told."""
    message = content.message(Prompt(turn="t", text="hello"), "u-1")
    assert message["message"] == {"role": "user", "content": "hello"}
    assert (message["type"], message["uuid"]) == ("user", "u-1")


def test_images_and_documents_are_blocks(tmp_path: Path) -> None:
    """Before the words, with their bytes."""
    files = [
        attached(tmp_path, "a.png", "image/png", b"\x89P"),
        attached(tmp_path, "b.pdf", "application/pdf"),
    ]
    blocks = content.message(Prompt(turn="t", text="look", attachments=files), "u")["message"]["content"]
    assert [block["type"] for block in blocks] == ["image", "document", "text"]
    assert blocks[0]["source"] == {
        "type": "base64",
        "media_type": "image/png",
        "data": base64.b64encode(b"\x89P").decode(),
    }
    assert blocks[2]["text"] == "look"


def test_other_files_are_named_with_their_paths(tmp_path: Path) -> None:
    """Claude reads them with its own tools; an image that it cannot take is such a file."""
    files = [attached(tmp_path, "a.csv", "text/csv"), attached(tmp_path, "b.tiff", "image/tiff")]
    words = content.message(Prompt(turn="t", text="look", attachments=files), "u")["message"]["content"]
    assert words == f"look\n\nAttached files:\n- a.csv: {tmp_path}/a.csv\n- b.tiff: {tmp_path}/b.tiff"
