"""What passing files and folders in an output folder are called."""

OURS = ".trainspec-"
"""How their names begin."""

ONE_FILE = f"{OURS}new"
"""A single file that is about to take its place."""
