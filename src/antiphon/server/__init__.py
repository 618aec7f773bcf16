"""The server: REST, the WebSocket, the page, and who may use them. Only `app.py` wires concretes."""
