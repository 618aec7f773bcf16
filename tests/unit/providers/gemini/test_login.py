"""Whether the Gemini CLI is signed in, and who pays."""

import json
from pathlib import Path

import pytest

from antiphon.providers.gemini.login import Found, Login, login, read

KEY = {"GEMINI_API_KEY": "sk"}
FROM_KEY = "API key from GEMINI_API_KEY"


@pytest.mark.parametrize(
    ("found", "around", "expected"),
    [
        (Found(), {}, Login(signed_in=False)),
        (Found(), KEY, Login(signed_in=True, account=FROM_KEY, by_key=True)),
        (Found(selected="gemini-api-key"), KEY, Login(signed_in=True, account=FROM_KEY)),
        (Found(selected="gemini-api-key"), {}, Login()),
        (Found(selected="oauth-personal"), KEY, Login(signed_in=False)),
        (
            Found(selected="oauth-personal", google=True, email="a@b.example"),
            {},
            Login(signed_in=True, account="Google account a@b.example"),
        ),
        (
            Found(selected="vertex-ai"),
            {"GOOGLE_CLOUD_PROJECT": "p"},
            Login(signed_in=True, account="Vertex AI, project p"),
        ),
        (
            Found(selected="oauth-personal", email="a@b.example"),
            {"GEMINI_FORCE_ENCRYPTED_FILE_STORAGE": "true"},
            Login(account="a@b.example"),
        ),
        (Found(selected="vertex-ai"), {"GOOGLE_API_KEY": "sk"}, Login(signed_in=True, account="Vertex AI")),
        (Found(selected="vertex-ai"), {}, Login(account="Vertex AI")),
        (Found(selected="gateway"), {}, Login(account="gateway")),
    ],
)
def test_who_pays(found: Found, around: dict[str, str], expected: Login) -> None:
    """By what the person selected; without a selection a key will do."""
    assert login(found, around) == expected


def test_a_key_in_a_file_is_a_key() -> None:
    """The CLI reads `.env`, too."""
    now = login(Found(key_in_file=True), {})
    assert now.signed_in and now.by_key and ".env" in now.account


def test_what_overrides_and_what_is_not_used_is_warned_of() -> None:
    """A key over a login, a login over a key, a key that is another's."""
    assert (
        "pays instead of your Google login (a@b.example)"
        in login(Found(selected="gemini-api-key", google=True, email="a@b.example"), KEY).warning
    )
    assert "is not used" in login(Found(selected="oauth-personal", google=True), KEY).warning
    assert "GEMINI_API_KEY" in login(Found(), {"GOOGLE_API_KEY": "sk"}).warning


def test_its_files_are_read(tmp_path: Path) -> None:
    """Comments are allowed in the settings; what is broken or missing tells nothing."""
    assert read(tmp_path) == Found()
    folder = tmp_path / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(
        '{\n// mine\n"security": {"auth": {"selectedType": "oauth-personal"}}}'
    )
    (folder / "google_accounts.json").write_text(json.dumps({"active": "a@b.example"}))
    (folder / "oauth_creds.json").write_text("{}")
    (folder / ".env").write_text("GEMINI_API_KEY=sk\n")
    expected = Found(selected="oauth-personal", google=True, email="a@b.example", key_in_file=True)
    assert read(tmp_path) == expected
    (folder / "settings.json").write_text("{broken")
    assert read(tmp_path).selected == ""
