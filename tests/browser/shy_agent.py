"""An ACP agent that wants a login: without the file $LOGIN_STORE it refuses, with it, it is the practice agent."""

import json
import os
from pathlib import Path

from antiphon.providers.practice.__main__ import main
from antiphon.testing.acp_agent import ScriptedAcpAgent

if __name__ == "__main__":
    store = Path(os.environ["LOGIN_STORE"])
    if store.exists():
        main()
    else:
        script = store.with_suffix(".json")
        script.write_text(
            json.dumps({"session/new": [{"error": {"code": -32000, "message": "Authentication required"}}]})
        )
        ScriptedAcpAgent(script).serve()
