"""`python -m antiphon.providers.cursor`: cursor-sdk as an ACP agent on stdin and stdout."""

import sys
from importlib.metadata import PackageNotFoundError, version


def main() -> None:
    """Serve until stdin ends."""
    if "--version" in sys.argv[1:]:
        try:
            print(version("cursor-sdk"))
        except PackageNotFoundError:
            sys.exit("cursor-sdk is not installed")
        return
    import asyncio

    from antiphon.providers.cursor.agent import serve

    asyncio.run(serve())


if __name__ == "__main__":
    main()
