"""The command line: `trainspec COMMAND`. One module a command, imported only when it is the one that runs."""

from trainspec.cli.main import main

__all__ = ["main"]
