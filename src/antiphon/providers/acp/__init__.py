"""Driver for any agent that speaks the Agent Client Protocol (agentclientprotocol.com) over stdio."""
