"""`python -m antiphon.providers.practice`: the agent on stdin and stdout."""

import sys

import antiphon


def main() -> None:
    """Serve until stdin ends."""
    if "--version" in sys.argv[1:]:
        print(antiphon.__version__)
        return
    import asyncio

    from antiphon.providers.practice.agent import serve

    asyncio.run(serve())


if __name__ == "__main__":
    main()
