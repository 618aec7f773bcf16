"""Driver for Claude Code: its own program over its stream-json protocol, under our keeper.

    program    which `claude` is used, and whether it will do
    command    its command line and environment
    wire       the line to it: messages, control requests both ways, how the line ends
    translate  its messages as our events (pure); tools, permission, errors: the parts of that
    client     one running agent
    provider   opens agents, and says who pays

Why not through claude-agent-sdk: docs/decisions/0008.
"""
