"""The bare claude-agent-sdk, for comparison: a prompt for each line on stdin; prints when it asked (monotonic ns)."""

import asyncio
import sys
import time

from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient  # pyright: ignore


async def main() -> None:
    """Connect, say so, and prompt until stdin ends."""
    options = ClaudeAgentOptions(
        cli_path=sys.argv[1],
        setting_sources=["user", "project", "local"],
        include_partial_messages=True,
        system_prompt={"type": "preset", "preset": "claude_code"},
    )
    async with ClaudeSDKClient(options) as client:
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            began = time.monotonic_ns()
            await client.query(line)
            async for _ in client.receive_response():
                pass
            print(began, flush=True)


asyncio.run(main())
