"""The catalog of agents."""

import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.model.ids import new_id
from antiphon.providers import catalog
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.broken import BrokenProvider
from antiphon.providers.catalog import parse
from antiphon.server.app import own_catalog
from antiphon.testing.sink import RecordingSink


def launch(**fields) -> Launch:
    """A launch."""
    return Launch(session="s", folder=Path("/"), marker=new_id(), environment={}, **fields)


def test_what_is_shipped() -> None:
    """Practice and Gemini, ready to use."""
    shipped = catalog.load()
    assert {"practice", "gemini"} <= shipped.keys()
    assert all(provider.id == id and provider.name for id, provider in shipped.items())
    assert shipped["practice"].capabilities.bypass_modes == ("bypass",)


def test_practice_is_started_by_this_python() -> None:
    """And cannot be shadowed by a module in the project's folder (-P)."""
    program = catalog.shipped()["practice"].started_for(launch())
    assert program.command == [sys.executable, "-P", "-m", "antiphon.providers.practice"]


def test_gemini_always_gets_a_model() -> None:
    """The chosen one, or the default; and what its sandbox of trust and launcher need."""
    entry = catalog.shipped()["gemini"]
    assert entry.started_for(launch()).command == ["gemini", "--acp", "-m", "gemini-2.5-flash"]
    assert entry.started_for(launch(model="m")).command == ["gemini", "--acp", "-m", "m"]
    assert entry.surroundings({})["GEMINI_CLI_NO_RELAUNCH"] == "true"


def test_a_few_lines_add_an_agent(tmp_path: Path) -> None:
    """A file of the user's own; it may replace what is shipped, too."""
    file = tmp_path / "agents.toml"
    file.write_text(
        '[goose]\nname = "Goose"\ncommand = ["goose", "acp"]\ninstall = "get goose"\n[goose.environment]\nA = "goose\'s"\n'
        '[gemini]\nname = "My Gemini"\ncommand = ["my-gemini"]\n'
    )
    found = catalog.load(file)
    assert found["goose"].name == "Goose"
    assert found["gemini"].name == "My Gemini"
    assert "practice" in found
    entry = parse(file.read_text(), "x")["goose"]
    assert entry.surroundings({"A": "user's", "B": "b"}) == {"A": "goose's", "B": "b"}
    assert entry.program([]).install


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[goose", "Expected ']'"),
        ('[goose]\nname = "Goose"\n', "command"),
        ('[goose]\nname = "Goose"\ncommand = []\n', "empty"),
        ('[goose]\nname = "Goose"\ncommand = ["x"]\ncomand = ["y"]\n', "comand"),
        ('[goose]\nname = "Goose"\ncommand = ["x"]\nsign-in = "goose \'login"\n', "closing quotation"),
        ('["../evil"]\nname = "x"\ncommand = ["x"]\n', "letters"),
        ("goose = 1\n", "table"),
    ],
)
async def test_a_bad_catalog_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    """With the file's path, where its agents would be; the others work as before."""
    file = tmp_path / "agents.toml"
    file.write_text(text)
    found = catalog.load(file)
    [problem] = catalog.problems(found)
    assert str(file) in problem and words in problem
    [broken] = [each for each in found.values() if isinstance(each, BrokenProvider)]
    assert broken.id == ("goose" if text.startswith("[goose]") or "goose =" in text else "agents-toml-1")
    seen = await broken.readiness()
    assert (seen.found, seen.message) == (False, problem)
    with pytest.raises(ProviderFailed) as raised:
        await broken.open(launch(), RecordingSink())
    assert (raised.value.failure.code, raised.value.failure.message) == ("provider-missing", problem)
    assert found.keys() - {broken.id} == catalog.load().keys()


def test_one_bad_table_leaves_the_others(tmp_path: Path) -> None:
    """And a typo does not silently bring back what it was to replace."""
    file = tmp_path / "agents.toml"
    file.write_text('[otter]\nname = "Otter"\ncommand = ["otter"]\n[gemini]\nname = "Mine"\ncomand = ["x"]\n')
    found = catalog.load(file)
    assert found["otter"].name == "Otter"
    assert isinstance(found["gemini"], BrokenProvider)


def test_the_file_in_the_data_directory_goes_before_the_one_in_the_config_directory(tmp_path: Path) -> None:
    """Both count; XDG_CONFIG_HOME is respected."""
    config, home, data = tmp_path / "config", tmp_path / "home", tmp_path / "data"
    for folder, name in ((config / "antiphon", "A"), (home / ".config/antiphon", "B"), (data, "C")):
        folder.mkdir(parents=True)
        (folder / "agents.toml").write_text(f'[x]\nname = "{name}"\ncommand = ["x"]\n')
    around = {"HOME": str(home)}
    assert own_catalog(data, around)[0] == home / ".config/antiphon/agents.toml"
    own = own_catalog(data, around | {"XDG_CONFIG_HOME": str(config)})
    assert own == [config / "antiphon/agents.toml", data / "agents.toml"]
    assert catalog.load(*own)["x"].name == "C"


def test_an_agent_of_other_providers_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets their keys, and no others."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "claude's")
    monkeypatch.setenv("OPENAI_API_KEY", "codex's")
    entry = parse('[x]\nname = "X"\ncommand = ["x"]\nkeys-of = ["claude"]', "f")["x"]
    assert entry.surroundings({}) == {"ANTHROPIC_API_KEY": "claude's"}


def test_a_missing_catalog_is_told(tmp_path: Path) -> None:
    """By name."""
    [problem] = catalog.problems(catalog.load(tmp_path / "none.toml"))
    assert "none.toml" in problem


def test_importing_the_catalog_is_cheap() -> None:
    """The ACP library takes a second to import: it is not, until an agent is opened."""
    program = "import antiphon.providers.catalog, sys; antiphon.providers.catalog.load(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "antiphon.providers.acp.provider" in loaded
    assert not {"acp", "pydantic", "sqlalchemy", "litestar"} & set(loaded)
