"""The files that a run writes: what changes, and writing all of it or nothing."""
