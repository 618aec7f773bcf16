"""Which addresses of local models may be asked: the usual ports of this machine, and what the operator lists.

Nobody else can name one: a session names a server by its word here, never by a URL.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct

USUAL = (("ollama", 11434), ("llama.cpp", 8080), ("vllm", 8000), ("lm-studio", 1234))
"""Where they listen unless told otherwise."""
NAMES = {"ollama": "Ollama", "llama.cpp": "llama.cpp", "vllm": "vLLM", "lm-studio": "LM Studio"}


class AddressInvalid(ValueError):
    """{url} is not the address of a model's server: {reason}"""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url!r} is not the address of a model's server: {reason}.")


class Address(Struct, frozen=True, kw_only=True):
    """A place that may be asked."""

    word: str
    """How sessions name it: `ollama`, or `host:port`."""
    kind: str
    """What is expected there; `other`: any."""
    root: str
    """Without `/v1` and without a slash at its end."""

    @property
    def name(self) -> str:
        """For people."""
        return NAMES.get(self.kind, self.word)


def addresses(listed: Sequence[str]) -> list[Address]:
    """All that may be asked: the listed ones first. Raises AddressInvalid."""
    found = [address(url) for url in listed]
    roots = {each.root for each in found}
    usual = [Address(word=kind, kind=kind, root=f"http://127.0.0.1:{port}") for kind, port in USUAL]
    return found + [each for each in usual if each.root not in roots]


def address(url: str) -> Address:
    """One that the operator lists. Raises AddressInvalid."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressInvalid(url, str(error)) from error
    if parts.scheme not in ("http", "https") or not host:
        raise AddressInvalid(url, "it must begin with http:// or https://, and name a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise AddressInvalid(url, "it must hold no password, no ? and no #")
    path = parts.path.rstrip("/").removesuffix("/v1")
    word = f"{host}:{port or (443 if parts.scheme == 'https' else 80)}"
    return Address(word=word, kind="other", root=f"{parts.scheme}://{parts.netloc}{path}")
