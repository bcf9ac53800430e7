"""`trainspec graph`: a spec's jobs, tasks and data as a picture."""

import argparse
from pathlib import Path

from trainspec.cli.common import (
    add_composition,
    add_each,
    analyse_one,
    options,
    project_here,
    show_on_stderr,
)
from trainspec.diagnostics import has_errors
from trainspec.disk.writing import write_over
from trainspec.graph import build
from trainspec.graph.mermaid import mermaid
from trainspec.graph.svg import svg
from trainspec.project.project import UsageError

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf")
FORMATS = {"mermaid": mermaid, "svg": svg}


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="the spec's file")
    parser.add_argument(
        "--format", choices=FORMATS, help="default: svg if the name given to -o ends in .svg, otherwise mermaid"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write the picture to this file instead of stdout")
    add_composition(parser)
    add_each(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print or write the picture; 1 where the spec has errors."""
    project = project_here()
    chosen = options(arguments, project)
    analysis = analyse_one(arguments, project, chosen)
    if has_errors(analysis.findings):
        show_on_stderr(analysis.findings, project, [analysis])
        return 1
    if analysis.root is None:
        raise UsageError(f"{analysis.source.name} is a fragment: it has no `trainspec: 1`, and makes no DAG by itself")
    requests = {name: request.members for name, request in analysis.requests.items()}
    graph = build(analysis.dag_id, analysis.data, requests, analysis.groups)
    output = Path(arguments.output) if arguments.output else None
    if output is not None and output.suffix.lower() in _PICTURES and not arguments.format:
        raise UsageError(
            f"graph draws SVG and Mermaid, not {output.suffix[1:].upper()}: write to {output.with_suffix('.svg')}"
        )
    by_name = "svg" if output is not None and output.suffix.lower() == ".svg" else "mermaid"
    text = FORMATS[arguments.format or by_name](graph)
    if output is None:
        print(text, end="")
        return 0
    try:
        write_over(output, text, project.root)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from None
    return 0
