"""What only several files show together."""
