"""The command line: `trainspec COMMAND`. One module a command, imported only when it is the one that runs."""

import gc

gc.set_threshold(100_000)  # trees are no garbage, nor are modules: looking for it took a sixth of a run

from trainspec.cli.main import main  # noqa: E402

__all__ = ["main"]
