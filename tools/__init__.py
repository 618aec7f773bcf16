"""What `./dev` does, in Python's standard library only: it runs before anything is installed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""
