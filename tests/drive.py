"""A drive that has gone away, with folders on it."""

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from antiphon import presence

PATIENT_SECONDS = 60.0
"""For a folder to answer, unless a test says otherwise: what answers does so in time on any machine."""


class Drive:
    """A `stat` of what lies below `folder` blocks until the drive is brought back."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Attach it, with looks that have nothing to do with those of other tests."""
        self.folder = folder
        self.looks: Counter[str] = Counter()
        self._back = threading.Event()
        self._stat, self._patch = os.stat, patch
        patch.setattr(os, "stat", self._look)
        patch.setattr(presence, "_looks", presence._Looks())
        self.limit(PATIENT_SECONDS)

    def limit(self, seconds: float) -> None:
        """How long looks wait from now on."""
        self._patch.setattr(presence, "LIMIT_SECONDS", seconds)

    def comes_back(self) -> None:
        """Answer from now on."""
        self._back.set()

    def _look(self, path: Any, **how: Any) -> os.stat_result:
        if not isinstance(path, int) and os.fsdecode(path).startswith(f"{self.folder}/"):
            self.looks[os.fsdecode(path)] += 1
            self._back.wait()
        return self._stat(path, **how)
