"""`trainspec docs`: a static site about the project's DAGs, jobs and the data between them."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trainspec.batch.environments import checked
from trainspec.cli.arguments import add_composition, add_paths, check_options, in_environment, logical_date, options
from trainspec.cli.costs import add_prices, price_table
from trainspec.cli.reading import analyse_file, project_here
from trainspec.diagnostics import Diagnostic
from trainspec.options import Options
from trainspec.output.write import write, writing
from trainspec.pipeline import Analysis
from trainspec.project.project import Project, UsageError, find_specs
from trainspec.safety.budget import kept_budgets
from trainspec.site import render, site_of
from trainspec.site.costs import Pricing
from trainspec.site.files import changes

_NEEDED = "the site needs cron-descriptor: `pip install 'trainspec[docs]'`"


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument("-o", "--output", metavar="DIR", default="site", help="the folder of the site (site)")
    parser.add_argument("--open", action="store_true", help="open the site in your browser")
    parser.add_argument(
        "--at",
        metavar="DATE",
        help="show the runs after this date, not after each DAG's start date, and count the 30 days from it",
    )
    parser.add_argument("--title", help="the site's title (the project's name)")
    add_prices(parser)
    add_composition(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the site. Specs with errors are on it, with their findings."""
    try:
        import cron_descriptor  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError(_NEEDED) from None
    project = project_here()
    chosen = options(arguments, project)
    at = logical_date(arguments.at) if arguments.at else None
    prices = price_table(arguments.prices, project)
    paths = find_specs(arguments.paths, project)
    with kept_budgets():
        specs = [each for path in paths for each in _in_all(path, arguments, project)]
    check_options([each for analyses in specs for each in analyses.values()], chosen)
    title = arguments.title or project.title or project.root.name
    made = render(site_of(title, specs, _findings(specs), Pricing(prices, chosen.region, at)))
    folder = Path(arguments.output)
    try:
        with writing([folder], project.root):
            different = changes(folder, made)
            write(different, project.root)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from None
    print(f"{len(made)} files in {folder}, {len(different)} changed: open {folder / 'index.html'}", file=sys.stderr)
    if arguments.open:
        _open(folder / "index.html")
    return 0


def _open(page: Path) -> None:
    """Show the page in the user's browser; if there is none, say so."""
    import webbrowser

    if not webbrowser.open(page.absolute().as_uri()):
        print("trainspec: no browser was found to open it with", file=sys.stderr)


def _in_all(path: Path, arguments: argparse.Namespace, project: Project) -> Iterator[dict[str, Analysis]]:
    """A spec in the environments that `lint` checks; with `for_each`, one combination after the other."""
    chosen = options(arguments, project)
    first = _in_each_environment(path, arguments, project, chosen)
    yield first
    for number in range(1, len(next(iter(first.values())).combinations)):
        yield _in_each_environment(path, arguments, project, chosen._replace(combination=number))


def _in_each_environment(
    path: Path, arguments: argparse.Namespace, project: Project, chosen: Options
) -> dict[str, Analysis]:
    """One combination of a spec in its environments, by name; the base is `""`."""
    if chosen.environment is not None:
        return {chosen.environment: analyse_file(path, project, chosen)}
    found: dict[str, Analysis] = {}
    names: list[str | None] = list(checked(project))
    for name in names:
        analysis = analyse_file(path, project, in_environment(chosen, arguments, project, name))
        found[name or ""] = analysis
        names += [each for each in analysis.environments if each not in names]
    return found


def _findings(specs: Sequence[Mapping[str, Analysis]]) -> dict[str, list[Diagnostic]]:
    """The findings of each spec in all environments, each once, by the spec's name."""
    found: dict[str, list[Diagnostic]] = {}
    for analyses in specs:
        for each in analyses.values():
            listed = found.setdefault(each.name, [])
            listed += [finding for finding in each.findings if finding not in listed]
    return {name: sorted(listed, key=Diagnostic.sort_key) for name, listed in found.items()}
