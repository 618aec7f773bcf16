"""A fake model on loopback that answers as newer models do: with a script that calls Codex's tools.

aimock cannot say that (a `custom_tool_call`), so this speaks just enough of OpenAI's Responses API: the first answer
is the script, the one after its result is words.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = "It is done."
USAGE = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}


@contextmanager
def serving(script: str) -> Iterator[str]:
    """Serves a model that runs the script; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Model", (_Model,), {"script": script}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Model(BaseHTTPRequestHandler):
    script = ""

    def log_message(self, *words: Any) -> None:
        """Nothing on stderr."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        done = any(each.get("type") == "custom_tool_call_output" for each in asked["input"])
        item = _message() if done else _call(self.script)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self._say("response.created", response={"id": "resp_1"})
        self._say("response.output_item.added", output_index=0, item=item)
        if done:
            self._say(
                "response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta=WORDS
            )
        self._say("response.output_item.done", output_index=0, item=item)
        self._say("response.completed", response={"id": "resp_1", "usage": USAGE})
        self.close_connection = True

    def _say(self, type: str, **fields: Any) -> None:
        self.wfile.write(f"event: {type}\ndata: {json.dumps({'type': type, **fields})}\n\n".encode())


def _call(script: str) -> dict[str, Any]:
    names = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_1", "name": "exec"}
    return {**names, "namespace": "functions", "input": script, "status": "completed"}


def _message() -> dict[str, Any]:
    content = [{"type": "output_text", "text": WORDS}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": content}
