"""What tests of several files share."""

from pathlib import Path

import pytest

from tests import scripted as agents


@pytest.fixture
def scripted(tmp_path: Path) -> agents.Scripted:
    """Makes an ACP agent that follows a script."""
    return agents.scripted(tmp_path)
