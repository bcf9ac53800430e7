"""`trainspec request`: a job's CreateTrainingJob request as JSON, for the AWS CLI or for reading."""

import argparse
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

from trainspec.cli.common import (
    add_composition,
    analyse_file,
    check_options,
    options,
    project_here,
    show_on_stderr,
)
from trainspec.diagnostics import Severity, codes
from trainspec.pipeline import Analysis
from trainspec.project import UsageError
from trainspec.request.check import printable, render_request
from trainspec.templates import Sample
from trainspec.text.tree import dotted


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="the spec's file")
    parser.add_argument("--job", metavar="ID", help="the job, where the spec has several")
    parser.add_argument("--at", metavar="DATE", help="render Airflow's macros for this logical date")
    add_composition(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the request; 1 where the spec has errors that leave it unknown."""
    project = project_here()
    chosen = options(arguments, project)
    at = _logical_date(arguments.at) if arguments.at else None
    analysis = analyse_file(Path(arguments.spec), project, chosen)
    check_options([analysis], chosen)
    errors = [found for found in analysis.findings if found.severity is Severity.ERROR]
    if errors:
        show_on_stderr(errors, project)
    if any(found.code.id in codes.CODES for found in errors):
        return 1  # a rule's error is SageMaker's to judge: the request is still what the spec says
    job = _job(analysis, arguments.job)
    request = analysis.requests[job].members
    if at is not None:
        rendering = render_request(request, Sample(at, analysis.dag_id, job, airflow=chosen.airflow))
        request = rendering.request
        for member in sorted(rendering.unknown, key=str):
            print(f"trainspec: {dotted(member)} is known only when the task runs", file=sys.stderr)
    print(json.dumps(printable(request), indent=2, ensure_ascii=False))
    return 0


def _job(analysis: Analysis, wanted: str | None) -> str:
    jobs = list(analysis.requests)
    if wanted is None and len(jobs) == 1:
        return jobs[0]
    if wanted is not None and wanted in analysis.requests:
        return wanted
    if not jobs:
        raise UsageError(f"{analysis.source.name} is a fragment: it has no jobs of its own")
    why = "has several jobs" if wanted is None else f"has no job `{wanted}`"
    raise UsageError(f"{analysis.source.name} {why}; name one with --job: {', '.join(jobs)}")


def _logical_date(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"--at takes a date such as 2025-04-09 or 2025-04-09T06:30+00:00, not `{text}`") from None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
