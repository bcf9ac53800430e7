"""`trainspec preflight`: checks specs against the AWS account before they run. Nothing in the account is changed."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from trainspec.cli.arguments import add_composition, add_paths, logical_date, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.cli.showing import show_findings, show_on_stderr
from trainspec.diagnostics import Severity, has_errors
from trainspec.diagnostics.formats import FORMATS
from trainspec.project.project import UsageError

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis
    from trainspec.preflight.run import Report

_PATIENCE = 20.0


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument(
        "--at", metavar="DATE", help="render Airflow's macros for this logical date, and check the results"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="output format of the findings")
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings as well")
    parser.add_argument(
        "--timeout", type=float, default=_PATIENCE, metavar="SECONDS", help=f"the time limit ({_PATIENCE:g} seconds)"
    )
    add_composition(parser)
    aws = parser.add_argument_group("AWS")
    aws.add_argument("--region", help="the region of jobs that do not set one")
    aws.add_argument("--profile", help="the profile of your AWS configuration")
    aws.add_argument("--endpoint-url", metavar="URL", help="a different endpoint for all services")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 if a job could not run, or the specs have errors."""
    if not 0 < arguments.timeout < 3600:
        raise UsageError("--timeout takes a number of seconds")
    project = project_here()
    at = logical_date(arguments.at) if arguments.at else None
    analyses = analyse_files(arguments.paths, project, options(arguments, project))
    wrong = [found for each in analyses for found in each.findings if has_errors([found])]
    if wrong:
        print("trainspec: the specs have errors", file=sys.stderr)
        show_on_stderr(wrong, project, analyses)
        return 1
    specs = [each for each in analyses if each.root is not None]
    report = reported(specs, arguments, at, arguments.timeout)
    findings = project.selection.apply(report.findings)
    show_findings(findings, project, arguments.format, analyses, sys.stdout)
    if arguments.format == "text":
        jobs = sum(len(each.requests) for each in specs)
        nothing = "" if findings else ", nothing found"
        print(f"{_count(jobs, 'job')} checked with {_count(report.calls, 'call')}{nothing}.", file=sys.stderr)
    fatal = {Severity.ERROR, Severity.WARNING} if arguments.strict else {Severity.ERROR}
    sys.stdout.flush()
    code = int(any(each.severity in fatal for each in findings))
    if report.is_late:
        sys.stderr.flush()
        os._exit(code)  # abandoned calls would keep the process alive
    return code


def reported(
    specs: "Sequence[Analysis]", arguments: argparse.Namespace, at: datetime | None, patience: float = _PATIENCE
) -> "Report":
    """What the account says of specs. Raises UsageError if boto3 is missing."""
    from trainspec.preflight.account import Account
    from trainspec.preflight.run import preflight

    account = Account(arguments.profile, arguments.region, arguments.endpoint_url, patience)
    return preflight(specs, account, arguments.region, at, patience)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
