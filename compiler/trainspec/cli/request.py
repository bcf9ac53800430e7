"""`trainspec request`: a job's CreateTrainingJob request as JSON, for the AWS CLI or for reading."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trainspec.cli.arguments import add_composition, add_each, logical_date, options
from trainspec.cli.reading import analyse_one, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.compose import Origin, origin
from trainspec.compose.document import COMMAND_LINE
from trainspec.dag.checks.params import declared_params
from trainspec.diagnostics import Severity, Span, codes
from trainspec.diagnostics.excerpt import visible, visible_json
from trainspec.pipeline import Analysis
from trainspec.project.project import UsageError
from trainspec.request.check import printable, render_request
from trainspec.safety.masking import redacted
from trainspec.schema.values import leaves
from trainspec.templates import Sample
from trainspec.text.tree import dotted, key_span

WIDEST = 60
"""The longest value that the table of origins shows in full, in characters."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="the spec's file")
    parser.add_argument("--job", metavar="ID", help="the job, if the spec has several")
    parser.add_argument("--at", metavar="DATE", help="render Airflow's macros for this logical date")
    parser.add_argument(
        "--origin",
        action="store_true",
        help="instead of the request, show where each value was written and what it overrode",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="output format of --origin")
    parser.add_argument("--redact", action="store_true", help="show `***` instead of what looks like a secret")
    add_composition(parser)
    add_each(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the request; 1 if the spec has errors that leave it unknown."""
    project = project_here()
    chosen = options(arguments, project)
    at = logical_date(arguments.at) if arguments.at else None
    analysis = analyse_one(arguments, project, chosen)
    errors = [found for found in analysis.findings if found.severity is Severity.ERROR]
    if errors:
        show_on_stderr(errors, project, [analysis])
    if any(found.code.id in codes.CODES for found in errors):
        return 1  # a rule's error is SageMaker's to judge: the request is still what the spec says
    job = _job(analysis, arguments.job)
    if arguments.origin:
        rows = list(_origins(analysis, job))
        print(visible_json(rows) if arguments.format == "json" else _table(rows))
        return 0
    request = analysis.requests[job].members
    if arguments.redact:
        request = redacted(request)
    if at is not None:
        params = declared_params(analysis.data, analysis.data["jobs"][job])
        sample = Sample(at, analysis.dag_id, job, airflow=chosen.airflow, params=params)
        rendering = render_request(request, sample)
        request = rendering.request
        for member in sorted(rendering.unknown, key=str):
            print(f"trainspec: {dotted(member)} is known only when the task runs", file=sys.stderr)
    print(visible_json(printable(request)))
    return 0


def _origins(analysis: Analysis, job: str) -> Iterator[dict[str, Any]]:
    """Each value of the request: its member, where it was written and used, and what it overrode."""
    request = analysis.requests[job]
    assert analysis.root is not None  # noqa: S101  # only documents have jobs
    for member, value in leaves(redacted(printable(request.members))):
        field = request.origin(member)
        found = origin(analysis.root, ("jobs", job, *field))
        if member in request.keys:
            found = Origin(key_span(analysis.root, ("jobs", job, *field)), None, False, ())
        yield {
            "member": dotted(member),
            "value": value,
            "field": dotted(field),
            "from": _place(found.span) if field else None,
            "used_in": _place(found.via) if found.via not in (None, found.span) else None,
            "implied": found.is_implied or not field,
            "overrode": [
                {
                    "from": _place(each.span),
                    "value": None if each.text is None else redacted(each.text, str(member[-1])),
                }
                for each in found.overrode
                if field
            ],
        }


def _place(span: Span) -> str:
    return span.path if span.path.startswith(COMMAND_LINE) else f"{span.path}:{span.line}"


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    """The origins as lines of columns: member, value, place, what was overridden."""
    lines = [("MEMBER", "VALUE", "FROM", "OVERRODE")]
    for row in rows:
        place = row["from"] or "trainspec's own"
        place = f"{place} (implied)" if row["implied"] and row["from"] else place
        place += f", used in {row['used_in']}" if row["used_in"] else ""
        overrode = (
            f"{each['from']} {_short(each['value']) if each['value'] is not None else '(a map or list)'}"
            for each in row["overrode"]
        )
        lines.append((visible(row["member"]), _short(row["value"]), visible(place), "; ".join(overrode)))
    widths = [max(map(len, column)) for column in list(zip(*lines, strict=True))[:-1]]
    padded = ([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]] for line in lines)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return visible(text if len(text) <= WIDEST else f"{text[: WIDEST - 4]}...{text[-1]}")


def _job(analysis: Analysis, wanted: str | None) -> str:
    jobs = list(analysis.requests)
    if wanted is None and len(jobs) == 1:
        return jobs[0]
    if wanted is not None and wanted in analysis.requests:
        return wanted
    if not jobs:
        raise UsageError(f"{analysis.source.name} is a fragment: it has no `trainspec: 1`")
    why = "has several jobs" if wanted is None else f"has no job `{wanted}`"
    if wanted is not None and wanted in analysis.groups:
        why, jobs = f"has `{wanted}` as a matrix", list(analysis.groups[wanted])
    raise UsageError(f"{analysis.source.name} {why}; choose one with --job: {', '.join(jobs)}")
