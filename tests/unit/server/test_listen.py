"""The listening socket: taken at once, beside a busy port, refused in words."""

import socket
from collections.abc import Iterator

import pytest

from antiphon.server.listen import CannotListen, listen, local_url, port_of


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_free_port_is_taken_at_once() -> None:
    """From `listen` on the port is ours: whoever connects waits until we accept."""
    with listen("127.0.0.1", 0) as listening:
        with socket.create_connection(("127.0.0.1", port_of(listening)), timeout=5):
            pass
        with pytest.raises(CannotListen), listen("127.0.0.1", port_of(listening), only=True):
            pass


def test_a_busy_port_falls_to_the_next_free_one(busy: int) -> None:
    """Another program on our port is no reason not to start."""
    with listen("127.0.0.1", busy) as listening:
        assert busy < port_of(listening) < busy + 50


def test_behind_a_proxy_the_port_is_the_port(busy: int) -> None:
    """A proxy would look for us in vain at another port."""
    with pytest.raises(CannotListen, match="proxy"):
        listen("127.0.0.1", busy, only=True)


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_refused_in_words(host: str) -> None:
    """The message says what to change."""
    with pytest.raises(CannotListen, match=r"address"):
        listen(host, 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8420"),
        ("localhost", "http://localhost:8420"),
        ("0.0.0.0", "http://127.0.0.1:8420"),
        ("::", "http://[::1]:8420"),
        ("192.168.1.7", "http://192.168.1.7:8420"),
    ],
)
def test_the_url_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    """ "Everywhere" is no address to type."""
    assert local_url(host, 8420) == url
