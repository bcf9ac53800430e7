"""What a run works in: the project, its settings and its files."""
