"""Real agents, and a person with a real browser in front of them."""

from tests.browser.conftest import browser, make_desk

__all__ = ["browser", "make_desk"]
