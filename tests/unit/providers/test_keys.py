"""Keys: where they come from and in what order; through the real `keyring`, with backends of our own."""

import json
import time
from pathlib import Path

import pytest

from antiphon.providers import environment, system_keyring
from antiphon.providers.keys import KEYED, BadKey, Keys, KeyUnavailable, checked
from antiphon.providers.system_keyring import KeyringFailed, SystemKeyring
from tests import keyring_backend

KEY = "sk-fake-or-0123456789abcdef"


class Desk:
    """A data directory, and a keyring of the given kind."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.ring = folder / "data", folder / "ring.json"
        self._monkeypatch = monkeypatch

    def keys(self, backend: str, **users: str) -> Keys:
        for name, value in keyring_backend.environment(backend, self.ring).items():
            self._monkeypatch.setenv(name, value)
        return Keys(self.folder, users)

    @property
    def on_disk(self) -> str:
        return "".join(path.read_text() for path in self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


async def test_a_key_goes_to_the_keyring(desk: Desk) -> None:
    """It is given to its own agent from there, and the data directory holds no byte of it."""
    keys = desk.keys("Desktop")
    assert str(await keys.keep("openrouter", KEY)) == "in this system's keyring"
    assert KEY not in desk.on_disk
    assert KEY in json.loads(desk.ring.read_text()).values()
    again = desk.keys("Desktop")
    assert await again.added("openrouter") == {"OPENROUTER_API_KEY": KEY}
    assert await again.added("cursor") == {} and await again.added("practice") == {}
    await again.remove("openrouter")
    assert KEY not in desk.ring.read_text()
    assert again.source("openrouter") is None and await again.added("openrouter") == {}


@pytest.mark.parametrize("backend", ["Plain", "Locked"])
async def test_where_there_is_no_keyring_it_is_a_file(desk: Desk, backend: str) -> None:
    """A plain file of somebody else's is no keyring, nor is one that nobody unlocks."""
    keys = desk.keys(backend)
    assert str(await keys.keep("openrouter", KEY)) == "in a file only you can read"
    assert not desk.ring.exists()
    assert await desk.keys(backend).added("openrouter") == {"OPENROUTER_API_KEY": KEY}
    await keys.remove("openrouter")
    assert KEY not in desk.on_disk


async def test_a_machine_without_a_desktop_has_no_keyring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As keyring finds it by itself: no D-Bus, nothing to ask, and no wait."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    assert (await Keys(desk.folder, {}).keep("openrouter", KEY)).place == "file"


async def test_a_keyring_that_waits_is_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a dialog that nobody sees: within the limit, and the key is kept in the file."""
    monkeypatch.setattr(system_keyring, "LIMIT_S", 1.5)
    began = time.monotonic()
    assert (await desk.keys("Waiting").keep("openrouter", KEY)).place == "file"
    assert time.monotonic() - began < 30


async def test_a_keyring_that_does_not_give_it_is_told(desk: Desk) -> None:
    """The key is there, and cannot be had: words, and no key."""
    await desk.keys("Desktop").keep("openrouter", KEY)
    with pytest.raises(
        KeyUnavailable, match=r"in this system's keyring, which did not give it \(KeyringLocked\)"
    ):
        await desk.keys("Locked").added("openrouter")
    desk.ring.write_text("{}")
    with pytest.raises(KeyUnavailable, match="is not there any more"):
        await desk.keys("Desktop").added("openrouter")
    await desk.keys("Desktop").remove("openrouter")  # what is lost can be put away
    assert desk.keys("Desktop").source("openrouter") is None


async def test_the_environment_goes_first(desk: Desk) -> None:
    """What the user has set is not overridden, and said by its name; an empty variable is none."""
    await desk.keys("Plain").keep("gemini", KEY)
    keys = desk.keys("Plain", GOOGLE_API_KEY="the user's own")
    assert str(keys.source("gemini")) == "from GOOGLE_API_KEY"
    assert await keys.added("gemini") == {}
    assert await desk.keys("Plain", GEMINI_API_KEY="").added("gemini") == {"GEMINI_API_KEY": KEY}


async def test_a_new_key_is_in_the_place_of_the_old(desk: Desk) -> None:
    """The same object, and another that has it from the file, give the new one at once."""
    keys, other = desk.keys("Desktop"), desk.keys("Desktop")
    await keys.keep("openrouter", KEY)
    assert await other.added("openrouter") == {"OPENROUTER_API_KEY": KEY}
    before = other.stamp()
    await keys.keep("openrouter", f"{KEY}-new")
    assert other.stamp() != before
    assert await other.added("openrouter") == {"OPENROUTER_API_KEY": f"{KEY}-new"}


async def test_a_refused_file_gives_no_key(desk: Desk) -> None:
    """Others can read it: nothing is taken from it, and nothing is put into the keyring beside it."""
    keys = desk.keys("Plain")
    await keys.keep("openrouter", KEY)
    (desk.folder / "keys.json").chmod(0o644)
    for refused in (keys.added("openrouter"), keys.keep("openrouter", KEY), keys.remove("openrouter")):
        with pytest.raises(KeyUnavailable, match="chmod 600"):
            await refused


async def test_the_words_of_a_keyring_are_not_passed_on(desk: Desk) -> None:
    """They may quote the key: only the class of its error is told."""
    desk.keys("Locked")
    with pytest.raises(KeyringFailed) as failed:
        await SystemKeyring(desk.folder).put("openrouter", KEY)
    assert failed.value.why == "KeyringLocked" and KEY not in str(failed.value)


async def test_a_keyring_that_cannot_be_asked_is_none(tmp_path: Path) -> None:
    """No program, or one that says nothing."""
    for command in (("/no/such/program",), ("true",), ("echo", "[]")):
        with pytest.raises(KeyringFailed):
            await SystemKeyring(tmp_path, command).get("openrouter")


@pytest.mark.parametrize("key", ["", "  ", "two words", "a\nb", "käse", "x" * 4097, "\x00"])
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    """Without being quoted."""
    with pytest.raises(BadKey) as bad:
        checked(key)
    assert not key.strip() or key not in str(bad.value)


def test_a_pasted_key_loses_its_blanks() -> None:
    """And nothing else."""
    assert checked(f"  {KEY}\n") == KEY


def test_a_kept_key_goes_where_its_provider_alone_sees_it() -> None:
    """Each variable of the table begins as its provider's own do, so no other agent is given it.

    But `gemini` and `gemini-api`, two roads to one account.
    """
    google = {"gemini", "gemini-api"}
    for provider, keyed in KEYED.items():
        same = google if provider in google else {provider}
        for variable in keyed.variables:
            users = {variable: KEY}
            assert environment.for_provider(provider, users) == users
            for other in {*environment.KEYS, "practice"} - same:
                assert environment.for_provider(other, users) == {}
