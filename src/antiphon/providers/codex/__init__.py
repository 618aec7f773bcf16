"""Driver for Codex: its own `codex app-server`, under our keeper.

    program    which `codex` is used, and whether it will do
    command    its command line and environment, and what a thread is begun with
    settings   the keys that the user's own settings name
    wire       the line to it: requests both ways and notifications, how the line ends
    translate  its notifications as our events (pure); texts, tools, plan, errors: the parts of that
    permission its questions as our approvals (pure)
    terminals  what it runs beside its turns
    client     one running agent
    driver     opens agents, and says who pays

The protocol's truth is what `codex app-server generate-json-schema` writes.
"""
