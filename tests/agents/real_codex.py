"""The real Codex with a home of its own, its model faked on loopback."""

import os
from pathlib import Path

from tests.agents.mock_model import BINARIES, NODE

CONFIG = """
model = "gpt-5.5"
model_provider = "fake"

[model_providers.fake]
name = "fake"
base_url = "{model}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"
request_max_retries = 1
stream_max_retries = {retries}

[analytics]
enabled = false

[features]
plugins = false
apps = false
remote_plugin = false
"""


def patch(*lines: str) -> str:
    """A command by which the model changes files: Codex takes it as a change, not as a command."""
    return "\n".join(("apply_patch <<'EOF'", "*** Begin Patch", *lines, "*** End Patch", "EOF"))


WRITE = patch("*** Add File: hello.txt", "+hi there")
EDIT = patch("*** Update File: poem.txt", "@@", " one", "-two", "+2", " three")


def at_home(folder: Path, model: str, retries: int = 1) -> dict[str, str]:
    """A machine with `codex` on its PATH and nothing of the person's who runs the tests."""
    home, programs = folder / "home", folder / "bin"
    (home / ".codex").mkdir(parents=True)
    (home / ".codex/config.toml").write_text(CONFIG.format(model=model, retries=retries))
    programs.mkdir()
    (programs / "codex").symlink_to(BINARIES / "codex")
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(programs), str(NODE.parent), *_plain_path()]),
        "CODEX_HOME": str(home / ".codex"),
        "FAKE_KEY": "sk-fake-for-tests",
    }


def _plain_path() -> list[str]:
    """The PATH without folders that hold a `codex`."""
    folders = os.environ["PATH"].split(os.pathsep)
    return [folder for folder in folders if not (Path(folder) / "codex").exists()]
