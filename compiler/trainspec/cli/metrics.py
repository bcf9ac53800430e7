"""`trainspec metrics`: a spec's metric expressions, tried on a log."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from trainspec.cli.arguments import add_composition, add_each, options
from trainspec.cli.reading import analyse_one, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.container.metrics import MetricReader, Reading, definitions
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.near import did_you_mean
from trainspec.project.project import UsageError
from trainspec.safety.masking import conceal_all


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="the spec's file")
    parser.add_argument("--log", required=True, metavar="FILE", help="the log; - for standard input")
    parser.add_argument("--job", metavar="ID", help="the job, if the spec has several")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_composition(parser)
    add_each(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print each metric with its matches and its values; 1 if one has none, or the spec has errors."""
    project = project_here()
    chosen = options(arguments, project)
    analysis = analyse_one(arguments, project, chosen)
    if has_errors(analysis.findings):
        show_on_stderr(analysis.findings, project, [analysis])
        return 1
    jobs = {name: definitions(request.training.members) for name, request in analysis.requests.items()}
    if arguments.job is not None and arguments.job not in jobs:
        near = did_you_mean(arguments.job, list(jobs)) or f"there are {', '.join(jobs)}"
        raise UsageError(f"{analysis.source.name} has no job `{arguments.job}`; {near}")
    readers = {name: MetricReader(found) for name, found in jobs.items() if found and arguments.job in (None, name)}
    if not readers:
        raise UsageError("no selected job defines `metrics`")
    for line in _lines(arguments.log):
        for reader in readers.values():
            reader.read(line)
    found = {name: reader.readings for name, reader in readers.items()}
    print(json.dumps(_data(found), indent=2) if arguments.format == "json" else _table(found))
    return int(any(each.last is None for readings in found.values() for each in readings.values()))


def _lines(name: str) -> Iterator[str]:
    if name == "-":
        yield from sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None


def _data(found: dict[str, dict[str, Reading]]) -> dict[str, dict[str, object]]:
    return {
        job: {
            name: {
                "matches": each.matches,
                "first": each.first,
                "last": each.last,
                "smallest": each.smallest,
                "largest": each.largest,
                "problem": each.silent,
            }
            for name, each in readings.items()
        }
        for job, readings in found.items()
    }


def _table(found: dict[str, dict[str, Reading]]) -> str:
    lines = []
    for job, readings in found.items():
        for name, each in readings.items():
            said = each.silent or (
                f"{each.matches} match{'' if each.matches == 1 else 'es'}: first {each.first:g}, last {each.last:g}, "
                f"from {each.smallest:g} to {each.largest:g}"
            )
            lines.append(visible(conceal_all(f"{job}: {name} {said}")))
    return "\n".join(lines)
