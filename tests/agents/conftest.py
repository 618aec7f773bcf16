"""Real agents, and a person with a real browser in front of them."""

from pathlib import Path

import pytest

from tests.browser.conftest import browser, make_desk

__all__ = ["browser", "make_desk"]

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file run on one worker, since they share its agents, unless they say otherwise."""
    for item in items:
        if item.path.is_relative_to(FOLDER) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
