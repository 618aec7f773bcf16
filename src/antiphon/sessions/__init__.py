"""Sessions: each the single writer of its log, each turn with its one end."""
