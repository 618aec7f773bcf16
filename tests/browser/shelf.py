"""`python -m tests.browser.shelf serve …`: the real server, with an agent for each way that one can stand on a machine.

Keys are real: kept by the server, and in the environment of the look that says that they are there.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from antiphon.model.failures import Action, Failure
from antiphon.providers import catalog
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Outcome, Prompt, ProviderFailed, Readiness
from antiphon.providers.environment import for_provider
from antiphon.testing.scripted import ScriptedAgent, ScriptedProvider

HOLD = "TEST_HOLD"
"""A file: while it is there, the look at `localgpu` does not come back."""

SIGN_IN = Action(kind="sign-in", label="Sign in to Codex", command="codex login")
INSTALL = Action(kind="install", label="Install Gemini CLI", command="npm install -g @google/gemini-cli")
ADD_KEY = Action(kind="add-key", label="Add a key of openrouter.ai", command="antiphon key set openrouter")


async def claude() -> Readiness:
    """Ready, with a login of its own, and something to know."""
    return Readiness(
        found=True,
        version="2.1.330",
        signed_in=True,
        account="Claude Max of ada@example.org",
        models=["default", "opus", "sonnet", "haiku"],
        warning="This login ends in three days: sign in anew before.",
    )


async def codex() -> Readiness:
    """Here, and not signed in."""
    return Readiness(
        found=True, version="0.169.0", signed_in=False, message="Codex is not signed in.", action=SIGN_IN
    )


async def gemini() -> Readiness:
    """Not here."""
    message = "Gemini CLI is not installed: there is no program gemini here."
    return Readiness(found=False, message=message, action=INSTALL)


async def openrouter() -> Readiness:
    """Needs a key, and says so until it has one."""
    if for_provider("openrouter").get("OPENROUTER_API_KEY"):
        models = [f"maker-{n}/model-{n}" for n in range(40)]
        account = "API key from OPENROUTER_API_KEY"
        return Readiness(found=True, signed_in=True, models=models, account=account)
    return Readiness(found=True, signed_in=False, message="OpenRouter needs a key.", action=ADD_KEY)


async def localgpu() -> Readiness:
    """Slow to say anything, while the test wants it."""
    hold = Path(os.environ.get(HOLD, "/nonexistent"))
    while hold.exists():  # noqa: ASYNC110, ASYNC240 (a test's gate between two processes)
        await asyncio.sleep(0.05)
    return Readiness(found=False, message="No server of local models answers on this machine.")


class Shelved(ScriptedProvider):
    """A provider that is looked at as above, and whose prompts fail as it stands."""

    def __init__(self, id: str, name: str, look: Callable[[], Awaitable[Readiness]]) -> None:
        super().__init__(self._fail, id=id)
        self._name, self._look = name, look

    @property
    def name(self) -> str:
        return self._name

    async def readiness(self) -> Readiness:
        return await self._look()

    async def _fail(self, agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        action = (await self._look()).action
        failure = Failure(
            provider=self.id, code="auth", message=f"{self.name} cannot be used.", action=action
        )
        raise ProviderFailed(failure)


def load(*files: Path, local_models: object = ()) -> dict[str, object]:
    """All of them, and the practice agent."""
    looks = {
        "claude": ("Claude Code", claude),
        "codex": ("Codex", codex),
        "gemini": ("Gemini CLI", gemini),
        "openrouter": ("OpenRouter", openrouter),
        "localgpu": ("Local GPU models", localgpu),
    }
    made: dict[str, object] = {id: Shelved(id, name, look) for id, (name, look) in looks.items()}
    return made | {"practice": AcpProvider(catalog.shipped()["practice"])}


if __name__ == "__main__":
    from antiphon.cli import main

    catalog.load = load  # type: ignore[assignment]
    sys.exit(main())
