"""The command line as people type it: real processes, real exit codes."""

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from antiphon import __version__
from antiphon.cli import doctor_agents
from antiphon.providers.base import Readiness
from antiphon.testing.scripted import ScriptedProvider
from tests.chat_server import models, serving
from tests.servers import LINK, RunningServer


def antiphon(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "antiphon", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


def test_version() -> None:
    """`--version` says what is installed."""
    done = antiphon("--version")
    assert (done.returncode, done.stdout) == (0, f"antiphon {__version__}\n")


def test_a_token_is_made_while_a_server_runs(running_server: RunningServer) -> None:
    """The last line is the token alone, and it works at once."""
    made = running_server.command("token", "create", "my script")
    assert made.returncode == 0
    token = made.stdout.splitlines()[-1]
    assert re.fullmatch(r"antiphon_[\w-]{43}", token)
    headers = {"authorization": f"Bearer {token}"}
    assert httpx.get(f"{running_server.url}/api/me", headers=headers).status_code == 200
    listed = running_server.command("token", "list")
    assert "my script" in listed.stdout
    assert token not in listed.stdout
    revoked = running_server.command("token", "revoke", "my script")
    assert revoked.returncode == 0
    assert httpx.get(f"{running_server.url}/api/me", headers=headers).status_code == 401
    again = running_server.command("token", "revoke", "my script")
    assert again.returncode == 1
    assert "token list" in again.stderr


def test_a_token_can_be_made_before_the_first_start(tmp_path: Path) -> None:
    """Scripts may prepare a machine: the log is made, and a later server knows the token."""
    server = RunningServer(tmp_path)
    made = server.command("token", "create", "early")
    assert made.returncode == 0, made.stderr
    headers = {"authorization": f"Bearer {made.stdout.splitlines()[-1]}"}
    try:
        server.start()
        assert httpx.get(f"{server.url}/api/me", headers=headers).status_code == 200
    finally:
        server.close()


def test_link_prints_a_fresh_link_and_its_code(running_server: RunningServer) -> None:
    """The link signs in at the running server; the QR code is for a phone."""
    made = running_server.command("link")
    assert made.returncode == 0
    lines = made.stdout.splitlines()
    found = LINK.match(lines[1])
    assert found is not None
    assert found[1] == running_server.url
    assert "█" in made.stdout
    assert "█" not in running_server.command("link", "--no-qr").stdout
    answer = httpx.post(f"{running_server.url}/api/sign-in", json={"token": found[2]})
    assert answer.status_code == 200


def test_link_says_when_no_server_runs(running_server: RunningServer) -> None:
    """A link to nothing would help nobody: it says what to start, also after kill -9."""
    running_server.kill()
    done = running_server.command("link")
    assert done.returncode == 1
    assert "antiphon serve" in done.stderr
    assert "token=" not in done.stdout


def test_a_second_server_says_where_the_first_runs(running_server: RunningServer) -> None:
    """Exit code 3, the address, and the first one goes on undisturbed."""
    second = running_server.command("serve", "--port", "0")
    assert second.returncode == 3
    assert running_server.url in second.stderr
    assert "Traceback" not in second.stderr
    assert httpx.get(f"{running_server.url}/health").status_code == 200


def test_doctor_tells_what_there_is(running_server: RunningServer) -> None:
    """Beside a running server: its address, the log, the page, the agents."""
    done = running_server.command("doctor")
    assert running_server.url in done.stdout
    assert "log: sound" in done.stdout
    assert "Practice agent (practice): " in done.stdout
    running_server.stop()
    assert "no server runs" in running_server.command("doctor").stdout


def test_doctor_tells_who_pays(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The account that a provider found, what it offers and warns of, and where its key is."""

    class Paid(ScriptedProvider):
        async def readiness(self) -> Readiness:
            return Readiness(
                found=True,
                version="9.1",
                signed_in=True,
                models=[f"m{n}" for n in range(8)],
                account="API key",
                warning="It overrides your login.",
            )

    monkeypatch.setattr(
        "antiphon.providers.catalog.load", lambda *files, **options: {"codex": Paid(id="codex")}
    )
    monkeypatch.setenv("OPENAI_API_KEY", "sk-fake")
    assert doctor_agents.tell(tmp_path)
    told = capsys.readouterr().out.splitlines()
    assert told[2:-2] == [
        "  The scripted agent (codex): 9.1, signed in",
        "    paid by: API key",
        "    models: m0, m1, m2, m3, m4, m5 and 2 more",
        "    key: from OPENAI_API_KEY",
        "    warning: It overrides your login.",
    ]
    assert told[-1] == "1 of 1 agents can be used."
    assert "sk-fake" not in "".join(told)


def test_doctor_on_a_bare_machine_reads_like_help(tmp_path: Path) -> None:
    """Nothing on the PATH, an empty home, no server yet: exit code 0, each agent's command, and what to do next."""
    around = {"PATH": "", "HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = antiphon("doctor", "--data-dir", str(tmp_path / "data"), environment=around)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "Practice agent (practice): " in done.stdout
    openrouter = done.stdout.partition("(openrouter): needs a key\n")[2]
    assert "antiphon key set openrouter" in openrouter
    gemini = done.stdout.partition("(gemini): not here yet\n")[2]
    assert "npm install -g @google/gemini-cli" in gemini
    assert "agents (each is optional)" in done.stdout
    assert (
        done.stdout.rstrip().splitlines()[-1].startswith("antiphon doctor. The practice agent needs nothing;")
    )
    for word in ("Traceback", "error", "Error", "failed"):
        assert word not in done.stdout
    assert not (tmp_path / "data").exists()  # to look changes nothing


@pytest.mark.parametrize("by", ["environment", "flag"])
def test_doctor_asks_the_model_servers_that_serve_asks(by: str, tmp_path: Path) -> None:
    """Told by the environment or on the command line, as `antiphon serve` is."""
    around = {"PATH": "", "HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    with serving() as server:
        server.pages["/v1/models"] = models("the-one-elsewhere")
        if by == "environment":
            around["ANTIPHON_LOCAL_MODEL_URLS"] = server.root
        told = ["--local-model-url", server.root] if by == "flag" else []
        done = antiphon("doctor", "--data-dir", str(tmp_path / "data"), *told, environment=around)
    assert "the-one-elsewhere" in done.stdout, done.stdout + done.stderr


class Slow(ScriptedProvider):
    """One that does not say."""

    async def readiness(self) -> Readiness:
        await asyncio.Event().wait()
        raise AssertionError


def test_doctor_waits_for_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ten that hang are told within one limit: they are looked at side by side."""
    monkeypatch.setattr(
        "antiphon.providers.catalog.load",
        lambda *files, **options: {f"p{n}": Slow(id=f"p{n}") for n in range(10)},
    )
    monkeypatch.setattr("antiphon.server.readiness.LOOK_SECONDS", 0.5)
    began = time.monotonic()
    assert doctor_agents.tell(tmp_path)
    assert time.monotonic() - began < 4
    assert capsys.readouterr().out.count("did not say within 0.5 s") == 10


def test_doctor_finds_a_damaged_log(running_server: RunningServer) -> None:
    """Exit code 1 and a sentence, no traceback."""
    running_server.stop()
    (running_server.data_dir / "antiphon.db").write_bytes(b"no database" * 1000)
    done = running_server.command("doctor")
    assert done.returncode == 1
    assert "damaged" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["serve", "--port", "http"], "--port: 'http' is no port"),
        (["serve", "--host", "0.0.0.0"], "Signing in is always required"),
        (["serve", "--root", "/no/such/folder"], "--root: /no/such/folder is no folder"),
        (["serve", "--public-url", "example.org"], "--public-url: 'example.org' is no address"),
        (["token", "create", " "], "A token's name"),
        (["token", "create"], "NAME"),
        (["doctor", "--local-model-url", "nowhere"], "--local-model-url: "),
        (["dance"], "invalid choice"),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_command_line_is_told_in_a_sentence(words: list[str], says: str, tmp_path: Path) -> None:
    """Exit code 2, what is wrong, and no traceback."""
    done = antiphon(*words, *(["--data-dir", str(tmp_path)] if words and words[0] != "dance" else []))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_directory_that_cannot_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    """A file in its place: a sentence, exit code 1."""
    (tmp_path / "file").write_text("x")
    done = antiphon("serve", "--port", "0", "--data-dir", str(tmp_path / "file"))
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_file_of_agents_is_told(tmp_path: Path) -> None:
    """By doctor, with its path and what is wrong, exit code 1; the other agents are looked at all the same."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "agents.toml").write_text("= broken")
    done = antiphon("doctor", "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert str(tmp_path / "data" / "agents.toml") in done.stdout
    assert "Practice agent" in done.stdout
    assert "Traceback" not in done.stderr


def test_nothing_heavy_is_imported_for_a_light_command() -> None:
    """`antiphon --version` must not wait for a web framework."""
    code = (
        "import sys, antiphon.cli; antiphon.cli.parser().parse_args(['serve'])\n"
        "print([name for name in ('litestar', 'uvicorn', 'sqlalchemy', 'structlog') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_nothing_is_imported_before_the_server_is_ready_that_can_come_later() -> None:
    """REST, the agents' drivers and what migrates old logs are loaded beside the running server, or when needed."""
    later = (
        "keyring",
        "cryptography",
        "litestar",
        "yaml",
        "alembic",
        "acp",
        "pydantic",
        "prometheus_client",
        "rich",
        "psutil",
    )
    later += ("antiphon.server.rest", "antiphon.providers.process")
    code = (
        "import sys; from antiphon.cli.serve import _lightly\n"
        "with _lightly(): import antiphon.server.serve\n"
        f"print([name for name in {later} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_server_that_cannot_be_put_together_ends(tmp_path: Path) -> None:
    """REST comes beside the running server; when it cannot, the server leaves with a 1 instead of serving half."""
    code = (
        "import sys; sys.modules['antiphon.server.resources'] = None\n"
        f"from antiphon.cli import main; main(['serve', '--port', '0', '--data-dir', {str(tmp_path)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "antiphon.server.resources" in done.stderr
