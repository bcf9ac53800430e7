"""Many files: read, looked at in one process or several, and passed over where nothing has changed since the last run.

What is imported here is imported by every run, also by one that has nothing to do: the compiler itself is not.
"""
