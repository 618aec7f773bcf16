"""Which models a server offers: what its lists say, as ours. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from antiphon.providers.loose import Json, count, table, tables, text


class Offer(Struct, frozen=True, kw_only=True):
    """One model."""

    id: str
    """As its server names it."""
    context: int | None = None
    """Tokens that fit; of a local server, of the model as it is loaded."""
    images: bool = False
    tools: bool = True
    """It can call tools."""


def of_openrouter(answer: Json) -> list[Offer]:
    """OpenRouter's `GET /models`: those that can be talked with."""
    return [_of_openrouter(each) for each in tables(answer.get("data")) if text(each.get("id"))]


def _of_openrouter(model: Json) -> Offer:
    architecture = table(model, "architecture")
    parameters: Sequence[object] = model.get("supported_parameters") or []
    return Offer(
        id=text(model.get("id")),
        context=count(table(model, "top_provider").get("context_length"))
        or count(model.get("context_length")),
        images="image" in (architecture.get("input_modalities") or []),
        tools="tools" in parameters or not parameters,
    )


def of_list(answer: Json) -> list[Offer]:
    """`GET /v1/models` of any OpenAI-compatible server (`max_model_len` is vLLM's, `meta` llama.cpp's)."""
    return [
        Offer(id=id, context=count(each.get("max_model_len")))
        for each in tables(answer.get("data"))
        if (id := text(each.get("id")))
    ]


def of_tags(answer: Json) -> list[Offer]:
    """Ollama's `GET /api/tags`: what is pulled."""
    return [Offer(id=id) for each in tables(answer.get("models")) if (id := text(each.get("name")))]
