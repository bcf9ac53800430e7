"""Choosing the command, and turning what it raises into exit codes.

0 fine, 1 findings or stale output, 2 bad usage, 3 a fault of trainspec's own.
"""

import argparse
import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from trainspec import __version__
from trainspec.diagnostics.words import shorten
from trainspec.project.project import UsageError

COMMANDS = {
    "lint": "check specs, write nothing",
    "fmt": "put specs into their canonical form",
    "compile": "write the DAG files",
    "request": "print a job's CreateTrainingJob request",
    "import": "make a spec from a request, a job, a manifest or a DAG file",
    "iam": "print the least IAM policies that specs need",
    "explain": "tell about a code or a field",
    "diff": "show what changes between two specs, environments or revisions",
    "graph": "draw a spec as SVG or Mermaid",
    "run": "run a spec's jobs from here, without Airflow",
    "push": "upload the source archives of specs to S3",
    "metrics": "try a spec's metric expressions on a log",
    "simulate": "serve a simulated SageMaker endpoint on this machine",
    "sweep": "stop training jobs whose Airflow task has ended without them",
    "schema": "print or rebuild the JSON Schemas",
    "init": "write a starter repository",
}

FINE, FINDINGS, USAGE, FAULT = range(4)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Never raises, but for argparse's SystemExit(0 or 2)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    atexit.register(gc.freeze)  # what is left goes with the process: nobody need look for garbage in it
    try:
        return _run(given)
    except UsageError as error:
        from trainspec.diagnostics.excerpt import visible

        for line in str(error).split("\n"):
            print(f"trainspec: {visible(shorten(line))}", file=sys.stderr)
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
            f"trainspec: internal error: {type(error).__name__}: {shorten(str(error))}\n"
            "This is a fault of trainspec, not of your spec. Please report it; TRAINSPEC_DEBUG=1 shows the place.",
            file=sys.stderr,
        )
        return FAULT


def _run(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="trainspec", description="Compile YAML specs into SageMaker training requests and Airflow DAGs."
    )
    parser.add_argument("--version", action="version", version=f"trainspec {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    chosen = next((argument for argument in given if not argument.startswith("-")), None)
    shown = {chosen: COMMANDS[chosen]} if chosen in COMMANDS and chosen == given[0] else COMMANDS
    for name, summary in shown.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == chosen:
            module = importlib.import_module(f"trainspec.cli.{name}")
            module.configure(command)
            command.set_defaults(run=module.run)
    parsed = parser.parse_args(given)
    code: int = parsed.run(parsed)
    return code
