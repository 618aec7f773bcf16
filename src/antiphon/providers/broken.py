"""What stands among the agents where the user's own file of agents is wrong: nothing to use, and why."""

from antiphon.model.failures import Action, Failure
from antiphon.providers.base import Agent, Capabilities, Launch, Limits, ProviderFailed, Readiness, Sink

ACTION = Action(kind="restart", label="Mend the file, then restart Antiphon")


class BrokenProvider:
    """Opens nothing."""

    capabilities = Capabilities(approvals=True)
    limits = Limits()

    def __init__(self, id: str, name: str, reason: str) -> None:
        self.id, self.name = id, name
        self.reason = reason
        """In words, with the file's path."""

    async def readiness(self) -> Readiness:
        """See Provider."""
        return Readiness(found=False, message=self.reason, action=ACTION)

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider. Always raises ProviderFailed, `provider-missing`."""
        raise ProviderFailed(
            Failure(provider=self.id, code="provider-missing", message=self.reason, action=ACTION)
        )
