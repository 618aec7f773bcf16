"""A git repository to look at, made by the real git without anybody's own settings."""

import os
import subprocess
from pathlib import Path

ALONE = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Repo:
    """A working tree at `top`."""

    def __init__(self, top: Path, *options: str) -> None:
        self.top = top
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, check: bool = True) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.top,
            env=os.environ | ALONE,
            capture_output=True,
            text=True,
            check=check,
        )
        return done.stdout

    def write(self, path: str, text: str | bytes) -> Path:
        """A file with this content."""
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def commit(self, message: str = "so far") -> str:
        """All that is there; returns the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def state(self) -> dict[str, bytes]:
        """Every byte below .git."""
        inside = self.top / ".git"
        return {str(p.relative_to(inside)): p.read_bytes() for p in inside.rglob("*") if p.is_file()}
