"""pip's configuration reaches uv."""

from pathlib import Path

from tools import pip_config


def home_with(folder: Path, text: str) -> dict[str, str]:
    (folder / ".config/pip").mkdir(parents=True)
    (folder / ".config/pip/pip.conf").write_text(text)
    return {"HOME": str(folder), "XDG_CONFIG_DIRS": str(folder / "none")}


def test_what_a_file_and_a_variable_say_is_carried_over(tmp_path: Path) -> None:
    """An index from pip.conf and a certificate from PIP_CERT become uv's variables."""
    environ = home_with(tmp_path, "[global]\nindex-url = https://mirror.example/simple\n")
    found = pip_config.uv_variables(environ | {"PIP_CERT": "/etc/ssl/ours.pem"})
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["SSL_CERT_FILE"] == "/etc/ssl/ours.pem"


def test_a_variable_wins_over_a_file(tmp_path: Path) -> None:
    """PIP_INDEX_URL stands above pip.conf, as it does for pip."""
    environ = home_with(tmp_path, "[global]\nindex-url = https://file.example/simple\n")
    found = pip_config.uv_variables(environ | {"PIP_INDEX_URL": "https://variable.example/simple"})
    assert found["UV_DEFAULT_INDEX"] == "https://variable.example/simple"


def test_several_indexes_are_asked_together(tmp_path: Path) -> None:
    """Extra indexes on several lines become one list, and uv looks into all of them as pip does."""
    environ = home_with(
        tmp_path, "[install]\nextra-index-url =\n    https://a.example\n    https://b.example\n"
    )
    found = pip_config.uv_variables(environ)
    assert found["UV_INDEX"] == "https://a.example https://b.example"
    assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_is_set_for_uv_stays(tmp_path: Path) -> None:
    """A variable of uv's own is not overwritten, also under its older name."""
    environ = home_with(
        tmp_path, "[global]\nindex-url = https://pip.example\nextra-index-url = https://x.example\n"
    )
    set_for_uv = {"UV_INDEX_URL": "https://uv.example", "UV_INDEX": "https://own.example"}
    found = pip_config.uv_variables(environ | set_for_uv)
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_STRATEGY"} & set(found)


def test_a_lock_sees_the_index_alone(tmp_path: Path) -> None:
    """Without extras neither further indexes nor folders count: their files are not the public ones."""
    options = f"extra-index-url = https://x.example\nfind-links = {tmp_path}\n"
    environ = home_with(tmp_path, f"[global]\n{options}")
    assert "UV_FIND_LINKS" in pip_config.uv_variables(environ)
    assert not {"UV_INDEX", "UV_FIND_LINKS"} & set(pip_config.uv_variables(environ, extras=False))


def test_no_configuration_file_is_read_when_pip_is_told_so(tmp_path: Path) -> None:
    """PIP_CONFIG_FILE=/dev/null turns pip's files off."""
    environ = home_with(tmp_path, "[global]\nindex-url = https://file.example\n")
    assert "UV_DEFAULT_INDEX" not in pip_config.uv_variables(environ | {"PIP_CONFIG_FILE": "/dev/null"})


def test_places_of_files_are_parted_by_commas(tmp_path: Path) -> None:
    """uv reads them so; a folder that is not there is left out, since uv would stop at it."""
    places = f"{tmp_path} {tmp_path / 'none'} https://files.example/wheels"
    found = pip_config.uv_variables(home_with(tmp_path, "") | {"PIP_FIND_LINKS": places})
    assert found["UV_FIND_LINKS"] == f"{tmp_path},https://files.example/wheels"
