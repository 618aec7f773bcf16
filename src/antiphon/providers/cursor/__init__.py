"""Cursor, over one of two roads: its own CLI (`cursor-agent acp`), or, where only an API key is at hand, `cursor-sdk`.

The person's own CLI comes first: it asks before it acts. The SDK brings the same local agent, but has no way to
ask, so that road wants the person's consent, once for each project (docs/decisions/0010).

Both are ACP agents to the shared driver. For the second, a small child process of ours speaks ACP over the SDK:

    python -m antiphon.providers.cursor
"""
