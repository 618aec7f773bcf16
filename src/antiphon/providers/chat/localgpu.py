"""Looking at the models of this machine, and opening an agent for one."""

import asyncio
from collections.abc import Sequence

from antiphon.model.failures import Action, Failure
from antiphon.providers import environment
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.chat import gpu, local
from antiphon.providers.chat.addresses import NAMES, addresses
from antiphon.providers.chat.driver import open_with
from antiphon.providers.chat.local import Server, Servers
from antiphon.providers.chat.offers import Offer
from antiphon.providers.chat.setting import Setting

KEY = "LOCALGPU_API_KEY"
"""For a server that wants one."""
GPU_S = 3.0

START = Action(
    kind="install",
    label="Start a model's server, such as Ollama, llama.cpp, vLLM or LM Studio",
    command="ollama serve & ollama pull qwen3:8b",
)
GET = Action(kind="install", label="Get a model", command="ollama pull qwen3:8b")
NO_GPU = "No NVIDIA GPU is found here: what runs on this machine runs on its CPU."
NO_SERVER = (
    "No model's server answers on this machine. Start one: `ollama serve` (then `ollama pull qwen3:8b`), "
    "`llama-server -m model.gguf --port 8080`, `vllm serve MODEL --port 8000`, or `lms server start`."
)


class LocalDriver:
    """See Driver."""

    def __init__(self, entry: AcpEntry, listed: Sequence[str]) -> None:
        self._entry = entry
        self._servers = Servers(addresses(listed))

    async def readiness(self) -> Readiness:
        """See Provider."""
        key = environment.for_provider(self._entry.id).get(KEY, "")
        servers, cards = await asyncio.gather(self._servers.look(key), _gpus())
        told = f"GPU: {'; '.join(cards)}." if cards else NO_GPU
        if not servers:
            return Readiness(found=False, message=f"{NO_SERVER} {told}", action=START)
        models = [_word(server, offer) for server in servers for offer in server.offers]
        names = ", ".join(NAMES.get(server.kind, server.address.word) for server in servers)
        if not models:
            message = f"{names} runs, but has no model yet. {told}"
            return Readiness(found=False, version=names, message=message, action=GET)
        return Readiness(found=True, version=names, models=models, message=told)

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        key = launch.environment.get(KEY, "")
        server, offer = self._chosen(await self._servers.look(key), launch.model)
        offer = await asyncio.to_thread(local.show, server, offer, key)
        setting = Setting(
            provider=self._entry.id,
            name=NAMES.get(server.kind, server.address.word),
            session=launch.session,
            server=server.kind,
            url=server.url,
            model=offer.id,
            key=key,
            context=offer.context,
            images=offer.images,
            tools=offer.tools,
        )
        return await open_with(self._entry, launch, sink, setting, _word(server, offer))

    def _chosen(self, servers: Sequence[Server], model: str | None) -> tuple[Server, Offer]:
        """The server and its model; without a wish the first. Raises ProviderFailed."""
        if not servers:
            raise ProviderFailed(_missing(NO_SERVER, START))
        offers = [(server, offer) for server in servers for offer in server.offers]
        found = next((each for each in offers if model in (None, _word(*each))), None)
        if found:
            return found
        if model is None:
            raise ProviderFailed(_missing("The model's server has no model yet.", GET))
        retry = Action(kind="retry", label="Start its server, or choose another model, then try again")
        raise ProviderFailed(_missing(f"No server here offers the model {model} now.", retry))


def _word(server: Server, offer: Offer) -> str:
    """How a session names the model: "ollama/qwen3:8b"."""
    return f"{server.address.word}/{offer.id}"


def _missing(message: str, action: Action) -> Failure:
    return Failure(provider="localgpu", code="provider-missing", message=message, action=action)


async def _gpus() -> list[str]:
    try:
        async with asyncio.timeout(GPU_S):
            return await asyncio.to_thread(gpu.gpus)
    except TimeoutError:
        return []
