"""The words of Antiphon as types: pure, without asyncio and without I/O.

Everything above this layer speaks in these types. They are msgspec structs, so one
definition serves the WebSocket, REST, OpenAPI, the log and the page's TypeScript.
On the wire fields are camelCase and types are kebab-case (docs/protocol.md).
"""
