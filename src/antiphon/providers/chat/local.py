"""Finding the model servers of this machine: all asked at once, none for long."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from antiphon.providers.chat import offers
from antiphon.providers.chat.addresses import Address
from antiphon.providers.chat.fetch import Unanswered, fetch
from antiphon.providers.chat.offers import Offer
from antiphon.providers.loose import Json, count, table, tables, text

ASK_S = 1.5
"""For one question: they are on this machine, or near it."""
OWNERS = {"llamacpp": "llama.cpp", "vllm": "vllm", "library": "ollama", "organization_owner": "lm-studio"}
"""What `owned_by` in a list of models tells of its server."""


class Server(Struct, frozen=True, kw_only=True):
    """A server that answers."""

    address: Address
    kind: str
    """What it is, as far as it says so; else what is expected there."""
    offers: list[Offer]

    @property
    def url(self) -> str:
        """Where it is OpenAI-compatible."""
        return f"{self.address.root}/v1"


class Servers:
    """Those at some addresses. One that is at work and does not answer is as it was seen last."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses
        self._seen: dict[str, Server] = {}

    async def look(self, key: str = "") -> list[Server]:
        """Those that are there, in the order of the addresses."""
        asked = [asyncio.to_thread(_look, each, key) for each in self._addresses]
        for address, found in zip(self._addresses, await asyncio.gather(*asked), strict=True):
            if isinstance(found, Server):
                self._seen[address.word] = found
            elif found is not SILENT:
                self._seen.pop(address.word, None)
        return [self._seen[each.word] for each in self._addresses if each.word in self._seen]


SILENT: Final = "silent"
"""Somebody is there, and does not answer."""


def _look(address: Address, key: str) -> Server | str | None:
    try:
        answer = fetch(f"{address.root}/v1/models", timeout=ASK_S, key=key)
    except Unanswered as unanswered:
        return SILENT if unanswered.silent else None
    if not isinstance(answer.get("data"), list):
        return None  # something else has the port
    kind = _kind(address, answer)
    server = Server(address=address, kind=kind, offers=offers.of_list(answer))
    return _MORE[kind](server, key) if kind in _MORE else server


def _kind(address: Address, answer: Json) -> str:
    owners = [OWNERS.get(text(each.get("owned_by"))) for each in tables(answer.get("data"))]
    return next((kind for kind in owners if kind), address.kind)


def _more(server: Server, path: str, key: str, body: Json | None = None) -> Json:
    """What else the server says of itself; {} when it does not."""
    try:
        return fetch(f"{server.address.root}{path}", timeout=ASK_S, key=key, body=body)
    except Unanswered:
        return {}


def _llama(server: Server, key: str) -> Server:
    """llama.cpp's `/props`: the context as it is loaded, and whether it sees."""
    props = _more(server, "/props", key)
    context = count(table(props, "default_generation_settings").get("n_ctx"))
    sees = table(props, "modalities").get("vision") is True
    return replace(server, offers=[replace(each, context=context, images=sees) for each in server.offers])


def _ollama(server: Server, key: str) -> Server:
    """Ollama's `/api/tags` (what is pulled) and `/api/ps` (what is loaded, with which context)."""
    pulled = offers.of_tags(_more(server, "/api/tags", key)) or server.offers
    loaded = {
        text(each.get("name")): count(each.get("context_length"))
        for each in tables(_more(server, "/api/ps", key).get("models"))
    }
    return replace(server, offers=[replace(each, context=loaded.get(each.id)) for each in pulled])


def _lm_studio(server: Server, key: str) -> Server:
    """LM Studio's `/api/v0/models`."""
    more = {text(each.get("id")): each for each in tables(_more(server, "/api/v0/models", key).get("data"))}
    return replace(
        server,
        offers=[
            replace(
                each,
                context=count(more.get(each.id, {}).get("loaded_context_length")),
                images=more.get(each.id, {}).get("type") == "vlm",
            )
            for each in server.offers
            if more.get(each.id, {}).get("type") != "embeddings"
        ],
    )


_MORE = {"llama.cpp": _llama, "ollama": _ollama, "lm-studio": _lm_studio}


def show(server: Server, offer: Offer, key: str = "") -> Offer:
    """What Ollama's `/api/show` says of one model: whether it calls tools, and sees. Blocking."""
    if server.kind != "ollama":
        return offer
    told = _more(server, "/api/show", key, {"model": offer.id}).get("capabilities")
    if not isinstance(told, list):
        return offer
    return replace(offer, tools="tools" in told, images="vision" in told)
