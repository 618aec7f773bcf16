"""What servers say of their models."""

from antiphon.providers.chat import offers
from antiphon.providers.chat.offers import Offer


def test_openrouters_list() -> None:
    """The context of its first provider, images and tools where it says so; what is not its list is left out."""
    found = offers.of_openrouter(
        {
            "data": [
                {
                    "id": "a/sees",
                    "context_length": 100,
                    "top_provider": {"context_length": 90},
                    "architecture": {"input_modalities": ["text", "image"]},
                    "supported_parameters": ["tools", "max_tokens"],
                },
                {"id": "b/plain", "context_length": 50, "supported_parameters": ["max_tokens"]},
                {"id": "c/unsaid", "context_length": 50},
                {"name": "no id"},
                "nonsense",
            ]
        }
    )
    assert found == [
        Offer(id="a/sees", context=90, images=True, tools=True),
        Offer(id="b/plain", context=50, images=False, tools=False),
        Offer(id="c/unsaid", context=50, images=False, tools=True),
    ]


def test_lists_of_others() -> None:
    """vLLM tells how much fits; Ollama's list has its own shape."""
    listed = offers.of_list({"data": [{"id": "m", "max_model_len": 4096}, {"id": ""}]})
    assert listed == [Offer(id="m", context=4096)]
    assert offers.of_tags({"models": [{"name": "qwen3:8b"}, {}]}) == [Offer(id="qwen3:8b")]
    assert offers.of_list({"data": "nonsense"}) == []
