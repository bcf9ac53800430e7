"""Many files: read, analyzed in one process or several, and skipped if nothing has changed since the last run.

Every run imports these modules, even one that has nothing to do, so they do not import the compiler.
"""
