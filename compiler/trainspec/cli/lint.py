"""`trainspec lint`: all checks, nothing written."""

import argparse
import sys

from trainspec.cli.common import (
    add_composition,
    add_paths,
    analyse_files,
    options,
    project_here,
    same_dag_twice,
    show_findings,
)
from trainspec.diagnostics import Diagnostic, has_errors
from trainspec.diagnostics.formats import FORMATS


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the findings are printed")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 where there are any that count, else 0."""
    project = project_here()
    analyses = analyse_files(arguments.paths, project, options(arguments, project))
    findings = [found for each in analyses for found in each.findings] + same_dag_twice(analyses)
    findings.sort(key=Diagnostic.sort_key)
    show_findings(findings, project, arguments.format, [each.source.name for each in analyses])
    if arguments.format == "text" and not findings:
        print(f"{len(analyses)} file{'s' if len(analyses) != 1 else ''} checked, nothing found.", file=sys.stderr)
    return 1 if has_errors(findings) else 0
