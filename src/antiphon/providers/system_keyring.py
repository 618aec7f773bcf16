"""The system's keyring, asked through a process that is ended when it does not answer in time."""

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from antiphon.providers.loose import Json, table, text

LIMIT_S = 8.0
"""For an answer: long enough to come from a slow machine, too short to sit and wait for a dialog."""
COMMAND = (sys.executable, "-P", "-m", "antiphon.providers.keyring_process")


class KeyringFailed(Exception):
    """The keyring did not do it: {why}"""

    def __init__(self, why: str) -> None:
        super().__init__(f"The keyring did not do it: {why}")
        self.why = why


class SystemKeyring:
    """The keys of one data directory in the user's keyring."""

    def __init__(self, folder: Path, command: tuple[str, ...] = COMMAND) -> None:
        self._folder, self._command = folder, command

    async def get(self, provider: str) -> str | None:
        """The provider's key. Raises KeyringFailed."""
        return text((await self._ask("get", provider)).get("key")) or None

    async def put(self, provider: str, key: str) -> None:
        """Keep a key. Raises KeyringFailed, also where there is no keyring."""
        await self._ask("put", provider, key=key)

    async def remove(self, provider: str) -> None:
        """Forget a key. Raises KeyringFailed."""
        await self._ask("remove", provider)

    async def _ask(self, what: str, provider: str, **more: str) -> Json:
        request = {"do": what, "service": "antiphon", "user": f"{provider} {self._folder}", **more}
        answer = await self._run(json.dumps(request).encode())
        if answer.get("ok") is not True:
            raise KeyringFailed(text(answer.get("why")) or "it said nothing")
        return answer

    async def _run(self, request: bytes) -> Json:
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError as error:
            raise KeyringFailed(type(error).__name__) from None
        try:
            async with asyncio.timeout(LIMIT_S):
                printed, _ = await process.communicate(request)
        except TimeoutError:
            raise KeyringFailed(f"no answer within {LIMIT_S:g} s") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return _last_line(printed)


def _last_line(printed: bytes) -> Json:
    lines: list[bytes] = printed.strip().splitlines()
    with contextlib.suppress(ValueError, IndexError):
        found: Any = json.loads(lines[-1])
        return table(found)
    return {}
