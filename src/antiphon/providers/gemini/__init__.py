"""What is peculiar to the Gemini CLI beside the Agent Client Protocol: its sign-in, its files, the API instead of it."""
