"""A machine for one agent: a home and a PATH of its own, with nothing of the person's who runs the tests."""

import os
from pathlib import Path


def machine(folder: Path, **programs: Path) -> dict[str, str]:
    """HOME and PATH; `programs`: name → what its link in `bin` leads to. No other folder on the PATH has them."""
    home, links = folder / "home", folder / "bin"
    home.mkdir(parents=True)
    links.mkdir()
    for name, program in programs.items():
        (links / name).symlink_to(program)
    others = [each for each in os.environ["PATH"].split(os.pathsep) if not _has(each, programs)]
    return {"HOME": str(home), "PATH": os.pathsep.join([str(links), *others])}


def _has(folder: str, programs: dict[str, Path]) -> bool:
    return any((Path(folder) / name).exists() for name in programs)
