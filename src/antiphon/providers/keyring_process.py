"""`python -m antiphon.providers.keyring_process`: one request to the system's keyring, in a process of its own.

In one of its own, since a keyring may wait for ever (for a desktop that nobody sits at), and since
what it needs would stay in the server's memory. The request comes as JSON on stdin, the answer goes
as JSON to the last line of stdout; a key stands on no command line.

    {"do": "get" | "remove", "service", "user"}   → {"ok": true, "key": "…" | null}
    {"do": "put", "service", "user", "key"}       → {"ok": true}
    whatever went wrong                           → {"ok": false, "why": the error's class}
"""

import json
import sys
from typing import Any

SECURE = 1.0
"""What keyring itself recommends: a lower priority is a plain file, or nothing at all."""


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked. Raises whatever the keyring raises."""
    import keyring

    ring: Any = keyring.get_keyring()
    if ring.priority < SECURE:
        return {"ok": False, "why": "NoKeyring"}
    what, where = request["do"], (request["service"], request["user"])
    if what == "put":
        ring.set_password(*where, request["key"])
        # Some backends take a key and have none: only what can be read again is kept.
        kept = ring.get_password(*where) == request["key"]
        return {"ok": True} if kept else {"ok": False, "why": "NotKept"}
    if what == "remove":
        if ring.get_password(*where) is not None:
            ring.delete_password(*where)
        return {"ok": True, "key": None}
    return {"ok": True, "key": ring.get_password(*where)}


def main() -> None:
    """Read the request, print the answer."""
    try:
        said = answer(json.loads(sys.stdin.read()))
    except Exception as error:  # its words could quote the key
        said = {"ok": False, "why": type(error).__name__}
    print(f"\n{json.dumps(said)}", flush=True)


if __name__ == "__main__":
    main()
