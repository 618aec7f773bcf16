"""The real Codex with a home of its own, its model faked on loopback."""

from pathlib import Path

from tests.agents.machine import machine
from tests.agents.mock_model import BINARIES, NODE

CODEX = BINARIES / "codex"
"""Installed by `./dev test --agents`."""

CONFIG = """
model = "gpt-5.5"
model_provider = "fake"

[model_providers.fake]
name = "fake"
base_url = "{model}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"
request_max_retries = 1
stream_max_retries = 1

[analytics]
enabled = false

[features]
plugins = false
apps = false
remote_plugin = false
{features}
"""


def patch(*lines: str) -> str:
    """A command by which the model changes files: Codex takes it as a change, not as a command."""
    return "\n".join(("apply_patch <<'EOF'", "*** Begin Patch", *lines, "*** End Patch", "EOF"))


WRITE = patch("*** Add File: hello.txt", "+hi there")
EDIT = patch("*** Update File: poem.txt", "@@", " one", "-two", "+2", " three")


def at_home(folder: Path, model: str, features: str = "") -> dict[str, str]:
    """A machine with `codex` on its PATH. `features`: more of its settings."""
    around = machine(folder, codex=CODEX, node=NODE)
    place = Path(around["HOME"]) / ".codex"
    place.mkdir()
    (place / "config.toml").write_text(CONFIG.format(model=model, features=features))
    return around | {"CODEX_HOME": str(place), "FAKE_KEY": "sk-fake-for-tests"}
