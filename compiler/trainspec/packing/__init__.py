"""From a folder of code to the archive that a training container unpacks.

Packing is a pure function of the files' names and contents: the same files give the same bytes on every machine, so the
archive's digest names it, and a review of the request shows that code has changed.
"""
