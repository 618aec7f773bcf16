"""How an ACP agent of the catalog is started, and looked at."""

import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from antiphon.model.ids import new_id
from antiphon.providers.acp import driver
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch


def entry(**fields: Any) -> AcpEntry:
    return AcpEntry(id="a", name="A", command=["agent", "--acp"], **fields)


@pytest.mark.parametrize(
    ("fields", "chosen", "command"),
    [
        ({}, None, ["agent", "--acp"]),
        ({"model_arguments": ["-m", "{model}"]}, None, ["agent", "--acp"]),
        ({"model_arguments": ["-m", "{model}"]}, "m1", ["agent", "--acp", "-m", "m1"]),
        (
            {"model_arguments": ["-m", "{model}"], "default_model": "m0"},
            None,
            ["agent", "--acp", "-m", "m0"],
        ),
        (
            {"model_arguments": ["-m", "{model}"], "default_model": "m0"},
            "m1",
            ["agent", "--acp", "-m", "m1"],
        ),
        ({}, "m1", ["agent", "--acp"]),
    ],
)
def test_the_model_is_in_its_command(fields: dict[str, Any], chosen: str | None, command: list[str]) -> None:
    """Where it takes it there: the chosen one, else the catalog's."""
    launch = Launch(session=new_id(), folder=Path("/"), marker=new_id(), environment={}, model=chosen)
    assert list(entry(**fields).started_for(launch).command) == command


def test_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's, the keys of those whose models it runs, and over both what the catalog says."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.setenv("GROQ_API_KEY", "sk-other")
    found = entry(environment={"MODE": "quiet"}, keys_of=["codex"]).surroundings(
        {"MODE": "loud", "HOME": "/h"}
    )
    assert (found["MODE"], found["HOME"], found["OPENAI_API_KEY"]) == ("quiet", "/h", "sk-mine")
    assert "GROQ_API_KEY" not in found
    assert entry().surroundings({"HOME": "/h"}) == {"HOME": "/h"}


async def looked_at(folder: Path, source: str) -> str | None:
    """The version that a look at this program finds."""
    program = folder / "agent"
    program.write_text(f"#!/bin/sh\necho $$ > {folder}/pid\n{source}\n")
    program.chmod(0o755)
    readiness = await AcpDriver(AcpEntry(id="a", name="A", command=[str(program)])).readiness()
    assert readiness.found
    assert not psutil.pid_exists(int((folder / "pid").read_text())), "it is left behind"
    return readiness.version


async def test_its_version_is_the_first_line(tmp_path: Path) -> None:
    """One that says it and stays is not waited for, and does not stay."""
    assert await looked_at(tmp_path, "echo ' 1.2.3 '; echo more; exec sleep 1000") == "1.2.3"


async def test_a_version_that_does_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look ends all the same."""
    monkeypatch.setattr(driver, "VERSION_S", 1.0)
    began = time.monotonic()
    assert await looked_at(tmp_path, "exec sleep 1000") is None
    assert time.monotonic() - began < 20
    assert await looked_at(tmp_path, "exit 1") == ""


async def test_a_program_that_is_not_there() -> None:
    """It says how to install it."""
    found = await AcpDriver(
        AcpEntry(id="a", name="A", command=["no-such-agent"], install="npm i a")
    ).readiness()
    assert not found.found and found.action and found.action.command == "npm i a"
