"""`trainspec graph`: a spec's jobs, tasks and data as a picture."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainspec.cli.arguments import add_composition, add_each, logical_date, options
from trainspec.cli.costs import add_prices, costs_of, price_table
from trainspec.cli.reading import analyse_files, analyse_one, project_here
from trainspec.cli.showing import show_on_stderr
from trainspec.cost import Prices, picture
from trainspec.cost.schedule import SAME_DAY
from trainspec.diagnostics import Severity
from trainspec.disk.writing import write_over
from trainspec.graph import Dag, Graph, build, build_project
from trainspec.graph.mermaid import mermaid
from trainspec.graph.svg import svg
from trainspec.project.project import Project, UsageError

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf")
FORMATS = ("mermaid", "svg")


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="the spec's file; the whole project if not given")
    parser.add_argument(
        "--format", choices=FORMATS, help="default: svg if the name given to -o ends in .svg, otherwise mermaid"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write the picture to this file instead of stdout")
    parser.add_argument("--at", metavar="DATE", help="count the 30 days from this date (default: the DAG's start date)")
    add_prices(parser)
    add_composition(parser)
    add_each(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print or write the picture; 1 if the spec has errors."""
    project = project_here()
    chosen = options(arguments, project)
    if arguments.each and not arguments.spec:
        raise UsageError("--each chooses a DAG of one spec: pass the spec")
    analyses = [analyse_one(arguments, project, chosen)] if arguments.spec else analyse_files([], project, chosen)
    findings = [found for each in analyses for found in each.findings if found.severity is Severity.ERROR]
    if findings:
        show_on_stderr(findings, project, analyses)
        return 1
    at = logical_date(arguments.at) if arguments.at else None
    prices = price_table(arguments.prices, project)
    graph = (
        _of_spec(analyses[0], prices, chosen.region, at)
        if arguments.spec
        else _of_project(analyses, project, prices, chosen.region, at)
    )
    output = Path(arguments.output) if arguments.output else None
    if output is not None and output.suffix.lower() in _PICTURES and not arguments.format:
        raise UsageError(
            f"graph draws SVG and Mermaid, not {output.suffix[1:].upper()}: write to {output.with_suffix('.svg')}"
        )
    by_name = "svg" if output is not None and output.suffix.lower() == ".svg" else "mermaid"
    text = svg(graph) if (arguments.format or by_name) == "svg" else mermaid(graph)
    if output is None:
        print(text, end="")
        return 0
    try:
        write_over(output, text, project.root)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from None
    return 0


def _of_spec(analysis: "Analysis", prices: Prices | None, region: str | None, at: datetime | None) -> Graph:
    if analysis.root is None:
        raise UsageError(
            f"{analysis.source.name} is a fragment: it has no `trainspec: 1`, and defines no DAG by itself"
        )
    graph = build(analysis.dag_id, analysis.data, _requests(analysis), analysis.groups)
    (cost,) = costs_of([analysis], prices, region, at, SAME_DAY)
    return picture.of_dag(graph, cost, prices)


def _of_project(
    analyses: "Sequence[Analysis]", project: Project, prices: Prices | None, region: str | None, at: datetime | None
) -> Graph:
    """The DAGs of all specs, and their connections."""
    whole = [each for each in analyses if each.root is not None]
    dags = [Dag(each.dag_id, each.data, _requests(each)) for each in whole]
    graph = build_project(project.title or project.root.name, dags)
    return picture.of_project(graph, costs_of(whole, prices, region, at, SAME_DAY), prices)


def _requests(analysis: "Analysis") -> dict[str, dict[str, Any]]:
    return {name: request.members for name, request in analysis.requests.items()}
