"""OpenRouter and the models of this machine: an agent loop of our own around any OpenAI-compatible server.

The server's side (`provider.py`, `driver.py`, `catalogue.py`, `local.py`, `gpu.py`) knows which models
there are. The agent itself is a process of its own under our keeper, and speaks the Agent Client
Protocol like any other:

    python -m antiphon.providers.chat

Only that process loads pydantic-ai, and only it is told the key.
"""
