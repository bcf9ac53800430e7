"""Choosing the command, and turning what it raises into exit codes.

0 fine, 1 findings or stale output, 2 bad usage, 3 a bug in trainspec.
"""

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from functools import cache

from trainspec import __version__
from trainspec.cli.commands import COMMANDS
from trainspec.cli.parser import Parser, no_command, overview
from trainspec.diagnostics.words import shorten
from trainspec.project.project import UsageError

FINE, FINDINGS, USAGE, FAULT = range(4)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Never raises, but for argparse's SystemExit(0 or 2)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _collect_rarely()
    try:
        return _run(given)
    except UsageError as error:
        for line in str(error).split("\n"):
            print(f"trainspec: {_printable(line)}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("TRAINSPEC_DEBUG"):
            raise
        print(
            f"trainspec: internal error: {type(error).__name__}: {_printable(str(error))}\n"
            "This is a bug in trainspec, not in your spec. Please report it; TRAINSPEC_DEBUG=1 shows the traceback.",
            file=sys.stderr,
        )
        return FAULT


def _printable(message: str) -> str:
    """A message that may quote a file or an answer: short, and without secrets and characters that move a cursor."""
    from trainspec.diagnostics.excerpt import visible
    from trainspec.safety.masking import conceal_all

    return visible(conceal_all(shorten(message)))


@cache
def _collect_rarely() -> None:
    """Collect garbage less often: trees and modules never become garbage, and looking took a sixth of a run."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)  # the process ends anyway


def _run(given: list[str]) -> int:
    while given[:1] == ["-C"]:
        _work_in(given[1:2])
        given = given[2:]
    if given[:1] == ["help"]:
        given = [*given[1:2], "--help"]
    if not given or given[0] in ("-h", "--help"):
        print(overview())
        return FINE
    if given[0] in ("--version", "-V", "version"):
        print(f"trainspec {__version__}")
        return FINE
    name, *rest = given
    if name not in COMMANDS:
        raise UsageError(no_command(name))
    module = importlib.import_module(f"trainspec.cli.{name}")
    parser = Parser(name)
    module.configure(parser)
    code: int = module.run(parser.parse_args(rest))
    return code


def _work_in(folder: list[str]) -> None:
    """Change to the folder of `-C`. Raises UsageError if that cannot be done."""
    if not folder:
        raise UsageError("-C needs a folder")
    try:
        os.chdir(folder[0])
    except (OSError, ValueError) as error:
        raise UsageError(f"-C {folder[0]}: {getattr(error, 'strerror', None) or error}") from None
