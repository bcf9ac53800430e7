"""`trainspec lsp`: the language server, on standard input and output."""

import argparse

from trainspec.project.project import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments. Editors' clients add `--stdio` by habit."""
    parser.add_argument("--stdio", action="store_true", help="communicate over standard input and output (the default)")


def run(arguments: argparse.Namespace) -> int:
    """Serve one client until it says `exit`. Raises UsageError if pygls is not installed."""
    from importlib.metadata import version

    try:
        from trainspec.lsp.server import make_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("the language server needs pygls: `pip install 'trainspec[lsp]'`") from None
    make_server(version("trainspec")).start_io()
    return 0
