"""What a JSON Schema says: the files, and the compiled validator."""
