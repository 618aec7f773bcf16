"""`python -m antiphon.providers.chat`: the agent on stdin and stdout."""

import asyncio
import gc


def main() -> None:
    """Serve until stdin ends."""
    # A sixth of the start: the collector would look again and again through modules that stay for ever.
    gc.disable()
    from antiphon.providers.chat.agent import serve

    gc.freeze()
    gc.enable()
    asyncio.run(serve())


if __name__ == "__main__":
    main()
