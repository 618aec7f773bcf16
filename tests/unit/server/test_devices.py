"""Browsers have names that their owner knows again."""

import pytest

from antiphon.server.devices import device_name

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} Chrome/141.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (f"{MOZILLA} (Linux; Android 16) {WEBKIT} Chrome/141.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605",
            "Safari on macOS",
        ),
        ("python-httpx/0.28.1", "browser"),
        ("", "browser"),
    ],
)
def test_a_browser_is_named_as_people_call_it(user_agent: str, name: str) -> None:
    """Browsers claim to be each other: the one that says most exactly what it is counts."""
    assert device_name(user_agent) == name
