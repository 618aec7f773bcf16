"""The measurements: `./dev bench [names]`. Each has the machine's floor beside it, and checks what it counts.

A server runs in a process of its own, as users start it; agents are real child processes; the client
that measures is another process again. All read one clock (CLOCK_MONOTONIC), so a moment noted by
an agent can be compared with one noted by the client.
"""
