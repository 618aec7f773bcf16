"""A real llama.cpp with a tiny random model: only where ANTIPHON_LLAMA_PYTHON names a Python that has it.

docs/providers.md says how to get one. It takes a quarter of an hour to build, so no other test needs it.
"""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from antiphon.model.events import ItemDelta, TurnCancelled, TurnCompleted
from antiphon.providers.chat.provider import LocalProvider
from antiphon.testing.check_provider import SPARE_S, Opened, Prompts, Subject, failure_of

PYTHON = os.environ.get("ANTIPHON_LLAMA_PYTHON", "")
START_S = 120.0
"""On a busy machine."""

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="ANTIPHON_LLAMA_PYTHON names no Python with llama-cpp-python"),
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("llama"),
]


class Llama:
    """The server, which a test may kill."""

    def __init__(self, folder: Path) -> None:
        model = folder / "tiny.gguf"
        maker = Path(__file__).with_name("tiny_gguf.py")
        subprocess.run([PYTHON, maker, model], check=True, timeout=START_S, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        command = [PYTHON, "-m", "llama_cpp.server", "--model", model, "--port", str(self.port)]
        self._output = (folder / "llama.log").open("wb")
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--n_ctx", "1536"], stdout=self._output, stderr=self._output
        )

    @property
    def root(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def provider(self) -> LocalProvider:
        """One for all tests, as a server has one: it knows a server that is too busy to answer."""
        return LocalProvider([self.root])

    def wait(self) -> None:
        """Until it answers."""
        limit = time.monotonic() + START_S
        while True:
            try:
                urllib.request.urlopen(f"{self.root}/v1/models", timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, Path(self._output.name).read_text()
                assert time.monotonic() < limit, "it does not start"
                time.sleep(0.2)  # nothing tells of it but asking

    def close(self) -> None:
        """It ends."""
        self.process.kill()
        self.process.wait()
        self._output.close()


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """A server of its own."""
    llama = Llama(tmp_path_factory.mktemp("llama"))
    try:
        llama.wait()
        yield llama
    finally:
        llama.close()


@pytest.fixture
def subject(llama: Llama, tmp_path: Path) -> Subject:
    """An agent in front of it."""
    return Subject(provider=llama.provider, folder=tmp_path, prompts=Prompts(say="hi", endless="hi"))


async def test_it_is_found(llama: Llama) -> None:
    """With its model."""
    readiness = await llama.provider.readiness()
    assert readiness.found
    assert len(readiness.models) == 1


async def test_it_is_answered(subject: Subject) -> None:
    """Some words, and the end that the server told: this model goes on until its context is full."""
    async with Opened(subject) as opened:
        done = await opened.ask("hi")
        assert isinstance(done, TurnCompleted)
        assert done.stop_reason == "max-tokens"
        assert len(opened.sink.text) > 100
        opened.sink.check_items()


async def test_it_goes_on_in_a_new_process(subject: Subject) -> None:
    """With what was said before."""
    async with Opened(subject) as first:
        work = first.ask("hi")
        await first.sink.until(lambda: first.sink.of(ItemDelta), 30)
        await first.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        native = first.sink.native_session
    async with Opened(subject, native=native, after=first) as second:
        assert isinstance(await second.ask("hi"), TurnCompleted)
        assert second.sink.text


async def test_it_is_stopped(subject: Subject) -> None:
    """Within a second."""
    async with Opened(subject) as opened:
        work = opened.ask("hi")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta), 30)
        began = time.monotonic()
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert time.monotonic() - began < 1 + SPARE_S


async def test_what_does_not_fit_is_told(subject: Subject) -> None:
    """By the server's own words; nothing is cut."""
    async with Opened(subject) as opened:
        failure = await failure_of(opened.ask("too long " * 2000), 20)
    assert failure.code == "prompt-too-long", failure


async def test_its_death_is_told(llama: Llama, subject: Subject) -> None:
    """The last of them: it is killed in the middle of its words."""
    async with Opened(subject) as opened:
        work = opened.ask("hi")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta), 30)
        llama.process.kill()
        assert (await failure_of(work, 2)).code == "truncated"
        gone = await failure_of(opened.ask("hi"), 2)
        assert gone.code == "network"
