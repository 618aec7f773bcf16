"""An ACP agent that writes for a reader, so that the page can be measured: the standard library alone.

`stream RATE COUNT`: an answer in markdown of COUNT chunks, RATE a second; the turn ends half a second
after the last. `items COUNT`: so many items of all kinds, as fast as they are taken.
"""

import json
import os
import sys
import time
from itertools import count, cycle, islice
from typing import Any

ANSWER = """## Part {n}

Here is a paragraph with **bold** words, `code` and a [link](https://example.org/{n}), long enough to be wrapped in
the column that it stands in, and so a line or two higher than the one before.

- one thing
- another, with *emphasis*
  - and one below it

```python
def part_{n}(values: list[int]) -> int:
    \"\"\"Add them up.\"\"\"
    return sum(value * {n} for value in values if value > 0)
```

| name | value |
|------|------:|
| part | {n}   |

"""
CODE = "def value(number):\n    return number * 2\n" * 6


def send(**message: object) -> None:
    os.write(1, json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def update(what: str, /, **fields: Any) -> None:
    send(method="session/update", params={"sessionId": "bench", "update": {"sessionUpdate": what, **fields}})


def chunk(text: str, kind: str = "agent_message_chunk") -> None:
    update(kind, content={"type": "text", "text": text})


def words() -> Any:
    for n in count(1):
        text = ANSWER.format(n=n)
        yield from (text[at : at + 14] for at in range(0, len(text), 14))


def stream(rate: float, chunks: int) -> None:
    began = time.monotonic()
    for number, text in enumerate(islice(words(), chunks)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        chunk(text)
    time.sleep(0.5)


def items(wanted: int) -> None:
    kinds = cycle((message, thought, command, edit))
    for number in range(wanted):
        next(kinds)(number)


def message(number: int) -> None:
    chunk(ANSWER.format(n=number))


def thought(number: int) -> None:
    chunk(f"What of number {number}? " * (1 + number % 5), "agent_thought_chunk")


def command(number: int) -> None:
    output = f"\x1b[32mok\x1b[0m {number}\n" * (1 + number % 9)
    content = [{"type": "content", "content": {"type": "text", "text": output}}]
    call(f"x{number}", f"make part-{number}", "execute", content, {"command": f"make part-{number}"})


def edit(number: int) -> None:
    after = CODE.replace("2", f"{number}", 1)
    content = [{"type": "diff", "path": f"src/{number}.py", "oldText": CODE, "newText": after}]
    call(f"x{number}", f"Edit src/{number}.py", "edit", content, {})


def call(id: str, title: str, kind: str, content: list[Any], given: object) -> None:
    fields = {"toolCallId": id, "title": title, "kind": kind, "content": content, "rawInput": given}
    update("tool_call", **fields, status="completed")


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        method, id = message.get("method"), message.get("id")
        if method == "session/prompt":
            what, *numbers = message["params"]["prompt"][0]["text"].split()
            {
                "stream": lambda rate, chunks: stream(float(rate), int(chunks)),
                "items": lambda n: items(int(n)),
            }[what](*numbers)
            send(id=id, result={"stopReason": "end_turn"})
        elif method == "initialize":
            send(id=id, result={"protocolVersion": 1, "agentCapabilities": {"loadSession": True}})
        elif id is not None:
            send(id=id, result={"sessionId": "bench"})


main()
