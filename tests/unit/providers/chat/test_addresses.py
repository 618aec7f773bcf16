"""Which addresses may be asked."""

import pytest

from antiphon.providers.chat.addresses import AddressInvalid, addresses


def test_without_a_list_only_this_machine() -> None:
    """The usual ports of loopback."""
    roots = [each.root for each in addresses([])]
    assert roots == [f"http://127.0.0.1:{port}" for port in (11434, 8080, 8000, 1234)]


def test_what_the_operator_lists_comes_first() -> None:
    """Named by host and port, with and without /v1."""
    first, second, *usual = addresses(["http://gpu.example:9000/v1/", "https://llm.example/api/v1"])
    assert (first.word, first.root) == ("gpu.example:9000", "http://gpu.example:9000")
    assert (second.word, second.root) == ("llm.example:443", "https://llm.example/api")
    assert len(usual) == 4


def test_one_of_the_usual_is_not_asked_twice() -> None:
    """Listed, it is there once."""
    assert len(addresses(["http://127.0.0.1:8080"])) == 4


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gpu",
        "ftp://gpu",
        "file:///etc/passwd",
        "http://",
        "http://me:pw@gpu",
        "http://gpu/?a=1",
        "http://gpu/#a",
        "http://gpu:port",
    ],
)
def test_what_is_no_address(url: str) -> None:
    """It is refused at the start, in words."""
    with pytest.raises(AddressInvalid):
        addresses([url])
