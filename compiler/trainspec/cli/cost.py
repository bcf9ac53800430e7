"""`trainspec cost`: the most that the jobs of specs can use, in machine hours and in money."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.cli.arguments import add_composition, add_paths, logical_date, options
from trainspec.cli.costs import add_prices, costs_of, price_table
from trainspec.cli.reading import analyse_files, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.cost import DagCost, show
from trainspec.cost.changes import changes
from trainspec.cost.table import written
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible
from trainspec.options import Options
from trainspec.project.project import Project, UsageError

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis

FORMATS = ("text", "json", "markdown")


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument("--against", metavar="REV", help="show only what costs more or less than at this git revision")
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="output format; markdown is for pull requests"
    )
    add_prices(parser)
    parser.add_argument("--at", metavar="DATE", help="count the 30 days from this date (default: the DAG's start date)")
    parser.add_argument("--region", help="the region of jobs that do not set one")
    add_composition(parser)
    aws = parser.add_argument_group("AWS")
    aws.add_argument(
        "--refresh",
        action="store_true",
        help="rewrite the price table from AWS's price list, for the specs' regions",
    )
    aws.add_argument(
        "--profile",
        help="the profile of your AWS configuration, for the pricing API if the public list cannot be reached",
    )
    aws.add_argument("--endpoint-url", metavar="URL", help="a different endpoint for the price list")


def run(arguments: argparse.Namespace) -> int:
    """Print the bound; 1 if the specs have errors."""
    project = project_here()
    chosen = options(arguments, project)
    at = logical_date(arguments.at) if arguments.at else None
    analyses = _analyses(arguments.paths, project, chosen, "")
    if analyses is None:
        return 1
    if arguments.refresh:
        return _refresh(arguments, project, costs_of(analyses, None, _region(arguments, chosen), at))
    prices = price_table(arguments.prices, project)
    costs = costs_of(analyses, prices, _region(arguments, chosen), at)
    if arguments.against is None:
        shown = {"text": show.text, "json": show.as_json, "markdown": show.markdown}[arguments.format](costs, prices)
    else:
        before = _before(arguments, project, chosen)
        if before is None:
            return 1
        found = changes(costs_of(before, prices, _region(arguments, chosen), at), costs)
        forms = {"text": show.changes_as_text, "json": show.changes_as_json, "markdown": show.changes_as_markdown}
        shown = forms[arguments.format](found, prices, arguments.against)
    print("\n".join(map(visible, shown.split("\n"))))
    return 0


def _region(arguments: argparse.Namespace, chosen: Options) -> str | None:
    region: str | None = arguments.region or chosen.region
    return region


def _analyses(paths: Sequence[str], project: Project, chosen: Options, where: str) -> "list[Analysis] | None":
    """The specs; None if they have errors, which were shown."""
    analyses = analyse_files(paths, project, chosen)
    findings = [found for each in analyses for found in each.findings if has_errors([found])]
    if findings:
        print(f"trainspec: the specs{where} have errors", file=sys.stderr)
        show_on_stderr(findings, project, analyses)
        return None
    return [each for each in analyses if each.root is not None]


def _before(arguments: argparse.Namespace, project: Project, chosen: Options) -> "list[Analysis] | None":
    from trainspec.project.revision import is_revision, project_at

    if not is_revision(arguments.against, project):
        raise UsageError(f"--against takes a git revision; `{arguments.against}` is not one")
    there = project_at(arguments.against, project)
    paths = [str(Path.cwd() / path) for path in arguments.paths]
    try:
        return _analyses(paths, there, chosen, f" at {arguments.against}")
    except UsageError:
        return []  # there were no specs yet


def _refresh(arguments: argparse.Namespace, project: Project, costs: Sequence[DagCost]) -> int:
    """Write the table for the regions of the jobs."""
    from trainspec.cost.refresh import PricesError, fetch
    from trainspec.disk.writing import write_over

    regions = sorted({job.region for dag in costs for job in dag.jobs if job.region})
    if not regions:
        raise UsageError("no job has a region: set `region` in the specs, or pass --region")
    target = Path(arguments.prices) if arguments.prices else project.root / project.prices if project.prices else None
    if target is None:
        raise UsageError("pass the table with --prices FILE, or set `prices` in the settings")
    try:
        prices = fetch(regions, arguments.profile, arguments.endpoint_url)
        write_over(target, written(prices), project.root)
    except PricesError as why:
        raise UsageError(str(why)) from None
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from None
    number = sum(map(len, prices.prices.values()))
    print(f"{target}: {number} prices of {prices.date} for {', '.join(regions)}")
    return 0
