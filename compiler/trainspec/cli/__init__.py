"""The command line: `trainspec COMMAND`. One module for each command, imported only when that command runs."""

from trainspec.cli.main import main

__all__ = ["main"]
