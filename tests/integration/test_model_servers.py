"""Looking for model servers: real HTTP on loopback, each kind as it answers."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from antiphon.providers import environment
from antiphon.providers.chat import gpu, local, localgpu, openrouter
from antiphon.providers.chat.addresses import Address
from antiphon.providers.chat.fetch import Unanswered, fetch
from antiphon.providers.chat.local import Server, Servers
from antiphon.providers.chat.offers import Offer
from antiphon.providers.chat.provider import LocalProvider, OpenRouterProvider
from tests.chat_server import ChatServer, models, serving


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


async def seen(server: ChatServer, kind: str = "other") -> list[Server]:
    return await Servers([Address(word="here", kind=kind, root=server.root)]).look()


async def test_any_compatible_server(server: ChatServer) -> None:
    """What it lists is offered."""
    [found] = await seen(server)
    assert (found.kind, found.offers) == ("other", [Offer(id="tiny")])


async def test_llama_cpp_tells_the_loaded_context(server: ChatServer) -> None:
    """Of `/props`, not the one that the model was trained with."""
    server.pages["/v1/models"] = models("gguf", owned_by="llamacpp", meta={"n_ctx_train": 131072})
    server.pages["/props"] = {
        "default_generation_settings": {"n_ctx": 4096},
        "modalities": {"vision": True},
    }
    [found] = await seen(server)
    assert found.kind == "llama.cpp", "it says itself what it is, wherever it listens"
    assert found.offers == [Offer(id="gguf", context=4096, images=True)]


async def test_vllm_tells_its_length(server: ChatServer) -> None:
    """With the list."""
    server.pages["/v1/models"] = models("m", owned_by="vllm", max_model_len=8192)
    [found] = await seen(server)
    assert (found.kind, found.offers) == ("vllm", [Offer(id="m", context=8192)])


async def test_ollama_tells_what_is_pulled_and_what_is_loaded(server: ChatServer) -> None:
    """The context only of what is loaded; of one model, whether it calls tools and sees."""
    server.pages["/v1/models"] = models("qwen3:8b", owned_by="library")
    server.pages["/api/tags"] = {"models": [{"name": "qwen3:8b"}, {"name": "phi:latest"}]}
    server.pages["/api/ps"] = {"models": [{"name": "qwen3:8b", "context_length": 4096}]}
    server.pages["/api/show"] = {"capabilities": ["completion", "vision"]}
    [found] = await seen(server)
    assert found.offers == [Offer(id="qwen3:8b", context=4096), Offer(id="phi:latest")]
    assert local.show(found, found.offers[0]) == Offer(id="qwen3:8b", context=4096, images=True, tools=False)


async def test_lm_studio_leaves_out_what_cannot_talk(server: ChatServer) -> None:
    """Embeddings are no models to talk with."""
    server.pages["/v1/models"] = models("talks", "embeds", owned_by="organization_owner")
    server.pages["/api/v0/models"] = {
        "data": [
            {"id": "talks", "type": "vlm", "loaded_context_length": 4096},
            {"id": "embeds", "type": "embeddings"},
        ]
    }
    [found] = await seen(server)
    assert found.offers == [Offer(id="talks", context=4096, images=True)]


@pytest.mark.parametrize("page", [{"hello": "world"}, {"data": "nonsense"}])
async def test_something_else_on_the_port_is_no_model(server: ChatServer, page: dict[str, str]) -> None:
    """Many a program listens on 8080."""
    server.pages["/v1/models"] = page
    assert await seen(server, "llama.cpp") == []


async def test_all_are_asked_at_once_and_none_for_long(server: ChatServer) -> None:
    """One that takes the connection and says nothing holds up nobody."""
    server.pages["/v1/models"] = {"hang": True}
    silent = [Address(word=str(at), kind="other", root=server.root) for at in range(4)]
    began = time.monotonic()
    assert await Servers(silent).look() == []
    assert time.monotonic() - began < 2 * local.ASK_S


async def test_a_server_at_work_is_still_there(server: ChatServer) -> None:
    """llama-cpp-python's answers nothing while it writes: it is as it was seen last, until nobody is there."""
    servers = Servers([Address(word="here", kind="other", root=server.root)])
    [before] = await servers.look()
    server.pages["/v1/models"] = {"hang": True}
    assert await servers.look() == [before]
    del server.pages["/v1/models"]
    assert await servers.look() == []


async def test_a_server_that_left_is_gone() -> None:
    """Nobody takes the connection: that is not one at work."""
    with serving() as server:
        servers = Servers([Address(word="here", kind="other", root=server.root)])
        assert await servers.look()
    assert await servers.look() == []


async def test_they_come_in_the_order_of_the_addresses(server: ChatServer) -> None:
    """Whichever was seen first: the first is what a session without a wish gets."""
    with serving() as other:
        roots = {"one": server.root, "two": other.root}
        servers = Servers([Address(word=word, kind="other", root=root) for word, root in roots.items()])
        kept = server.pages.pop("/v1/models")
        assert [each.address.word for each in await servers.look()] == ["two"]
        server.pages["/v1/models"] = kept
        assert [each.address.word for each in await servers.look()] == ["one", "two"]


async def test_what_a_server_does_not_tell_is_not_known(server: ChatServer) -> None:
    """Its list counts; of another kind's model nothing is asked that only Ollama tells."""
    server.pages["/v1/models"] = models("m", owned_by="library")
    [ollama] = await seen(server)
    assert ollama.offers == [Offer(id="m")]
    assert local.show(ollama, ollama.offers[0]) == Offer(id="m")
    server.pages["/api/show"] = {"capabilities": ["completion"]}
    server.pages["/v1/models"] = models("m", owned_by="llamacpp")
    [llama] = await seen(server)
    assert llama.offers == [Offer(id="m")]
    assert local.show(llama, llama.offers[0]) == Offer(id="m")


def test_a_redirect_is_not_followed(server: ChatServer) -> None:
    """It would lead beyond the addresses that may be asked."""
    with serving() as other:
        server.pages["/v1/models"] = {"redirect": f"{other.root}/v1/models"}
        with pytest.raises(Unanswered) as raised:
            fetch(f"{server.root}/v1/models", timeout=2)
    assert raised.value.status == 302


@pytest.mark.parametrize("page", [{"raw": "<html>"}, ["a", "list"], {"status": 500}])
def test_what_is_no_answer_is_told(server: ChatServer, page: Any) -> None:
    """Not JSON, JSON that is no object, an error of HTTP: never an empty list in silence."""
    server.pages["/v1/models"] = page
    with pytest.raises(Unanswered):
        fetch(f"{server.root}/v1/models", timeout=2)


def test_an_answer_without_end_is_none(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as far as a list of models goes."""
    assert fetch(f"{server.root}/v1/models", timeout=2)
    monkeypatch.setattr("antiphon.providers.chat.fetch.ANSWER_BYTES", 20)
    with pytest.raises(Unanswered):
        fetch(f"{server.root}/v1/models", timeout=2)


def test_no_proxy_stands_between_this_machine_and_its_servers(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the environment's is for who asks the net."""
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(f"{server.root}/v1/models", timeout=2)
    with pytest.raises(Unanswered):
        fetch(f"{server.root}/v1/models", timeout=2, proxies=True)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "/etc/hostname"])
def test_only_http_is_asked(url: str) -> None:
    """Python's client would read a file, too."""
    with pytest.raises(Unanswered):
        fetch(url, timeout=1)


async def test_a_local_server_makes_it_ready(server: ChatServer) -> None:
    """By its name, its models, and the GPU, where there is one."""
    word = server.root.removeprefix("http://")
    readiness = await LocalProvider([server.root]).readiness()
    assert readiness.found
    assert f"{word}/tiny" in readiness.models
    assert "GPU" in readiness.message


async def test_without_a_server_it_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind by its exact command."""
    monkeypatch.setattr("antiphon.providers.chat.localgpu.addresses", lambda listed: [])
    readiness = await LocalProvider().readiness()
    assert not readiness.found
    for command in ("ollama serve", "llama-server -m", "vllm serve", "lms server start"):
        assert command in readiness.message
    assert readiness.action
    assert readiness.action.command


async def test_a_server_without_a_model_says_how_to_get_one(server: ChatServer) -> None:
    """It is there, and of no use yet."""
    server.pages["/v1/models"] = models()
    readiness = await LocalProvider([server.root]).readiness()
    assert not readiness.found and "has no model yet" in readiness.message
    assert readiness.action and readiness.action.command == "ollama pull qwen3:8b"


async def test_a_driver_that_hangs_holds_nobody_up(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look is done without the GPU then."""
    let_go = threading.Event()
    monkeypatch.setattr(localgpu, "GPU_S", 0.05)
    monkeypatch.setattr(gpu, "gpus", lambda: [str(let_go.wait(3))])
    try:
        readiness = await LocalProvider([server.root]).readiness()
    finally:
        let_go.set()
    assert readiness.found and localgpu.NO_GPU in readiness.message


class Nvml:
    """NVIDIA's library, with two cards: one of them has no memory of its own."""

    class NVMLError(Exception):
        """As it is called there."""

    def __init__(self, fails: str = "") -> None:
        self.fails, self.shut = fails, False

    def _do(self, name: str) -> None:
        if name == self.fails:
            raise self.NVMLError

    def nvmlInit(self) -> None:
        self._do("init")

    def nvmlShutdown(self) -> None:
        self.shut = True

    def nvmlDeviceGetCount(self) -> int:
        self._do("count")
        return 2

    def nvmlDeviceGetHandleByIndex(self, at: int) -> int:
        return at

    def nvmlDeviceGetName(self, handle: int) -> str:
        return ["H100", "Spark"][handle]

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        if handle:
            raise self.NVMLError
        return SimpleNamespace(used=12e9, total=80e9)


@pytest.mark.parametrize(
    ("fails", "told"),
    [("", ["H100 (12.0 of 80.0 GB used)", "Spark"]), ("init", []), ("count", [])],
)
def test_what_the_gpus_tell(fails: str, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they do not tell is not told; the library is let go."""
    nvml = Nvml(fails)
    monkeypatch.setattr(gpu, "import_module", lambda name: nvml)
    assert gpu.gpus() == told
    assert nvml.shut is (fails != "init")


def test_a_machine_without_a_gpu_says_so() -> None:
    """NVML without a driver is no error; with one, each has a name."""
    assert all(isinstance(each, str) and each for each in gpu.gpus())


async def test_openrouter_with_and_without_a_key(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With none it says what to do, and asks nobody: a look sends nothing for a person who does not use it."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.root}/v1")
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    provider = OpenRouterProvider()
    without = await provider.readiness()
    assert (without.found, without.signed_in, without.models) == (True, False, [])
    assert without.action
    assert (without.action.kind, without.action.command) == ("add-key", "antiphon key set openrouter")
    assert server.paths == []
    with environment.added({"OPENROUTER_API_KEY": "sk-or-kept"}):
        for _ in range(2):
            readiness = await provider.readiness()
            assert (readiness.signed_in, readiness.models) == (True, ["tiny"])
    assert len(server.paths) == 1, "its list is not asked for each time"


async def test_openrouter_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not "signed in", not "not here": not known, and why."""
    with serving() as server:
        gone = server.root
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{gone}/v1")
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-fake")
    readiness = await OpenRouterProvider().readiness()
    assert (readiness.found, readiness.signed_in) == (True, None)
    assert "cannot be reached" in readiness.message


async def test_openrouters_list_is_asked_for_anew(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while, and of another address."""
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-fake")
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.root}/v1")
    provider = OpenRouterProvider()
    await provider.readiness()
    with serving() as other:
        other.pages["/v1/models"] = models("another")
        monkeypatch.setenv("OPENROUTER_BASE_URL", f"{other.root}/v1")
        assert (await provider.readiness()).models == ["another"]
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.root}/v1")
    monkeypatch.setattr(openrouter, "FRESH_S", 0.0)
    await provider.readiness()
    asked = len(server.paths)
    await provider.readiness()
    assert len(server.paths) == asked + 1
