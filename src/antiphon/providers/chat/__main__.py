"""`python -m antiphon.providers.chat`: the agent on stdin and stdout."""

import asyncio

from antiphon.providers.chat.agent import serve


def main() -> None:
    """Serve until stdin ends."""
    asyncio.run(serve())


if __name__ == "__main__":
    main()
