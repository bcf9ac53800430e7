"""The names of temporary files and folders in an output folder."""

OURS = ".trainspec-"
"""How their names begin."""

ONE_FILE = f"{OURS}new"
"""A single file that is about to take its place."""
