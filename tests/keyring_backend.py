"""Backends for the real `keyring`, chosen by its own PYTHON_KEYRING_BACKEND: what a desktop has, and what goes wrong.

They are loaded by the process that asks (antiphon.providers.keyring_process), never by the tests.
"""

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

ROOT = Path(__file__).parents[1]


def environment(backend: str, file: Path) -> dict[str, str]:
    """What makes `keyring` use one of the classes below."""
    return {
        "PYTHON_KEYRING_BACKEND": f"tests.keyring_backend.{backend}",
        "PYTHONPATH": str(ROOT),
        "TEST_KEYRING_FILE": str(file),
    }


class Desktop(KeyringBackend):
    """A keyring that works: what it was given stands in a file of the test's."""

    priority = 5

    def _all(self) -> dict[str, str]:
        file = Path(os.environ["TEST_KEYRING_FILE"])
        return json.loads(file.read_text()) if file.exists() else {}

    def _write(self, found: dict[str, str]) -> None:
        Path(os.environ["TEST_KEYRING_FILE"]).write_text(json.dumps(found))

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._all(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        found = self._all()
        del found[f"{service}/{username}"]
        self._write(found)


class Plain(Desktop):
    """One that keyring itself does not recommend: a file that anybody reads."""

    priority = 0.5


class Locked(Desktop):
    """One that nobody unlocks; its words quote what they should not."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"cannot keep {password}")

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


class Waiting(Desktop):
    """One that waits for a desktop where nobody sits."""

    def set_password(self, service: str, username: str, password: str) -> None:
        time.sleep(600)
