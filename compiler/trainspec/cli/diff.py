"""`trainspec diff`: what changes in the requests and DAGs between two specs, environments or git revisions."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.cli.arguments import add_composition, in_environment, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.cli.showing import colours, show_on_stderr
from trainspec.diagnostics import has_errors
from trainspec.diagnostics.excerpt import visible
from trainspec.diff import Compiled, compare
from trainspec.diff.files import source_files
from trainspec.diff.show import FORMATS
from trainspec.pipeline import Options, plan
from trainspec.project.project import NoSpecsError, Project, UsageError
from trainspec.project.revision import code_at, is_revision, project_at

if TYPE_CHECKING:
    from trainspec.cost import DagCost, Prices

_FORMS = "PATH, REVISION or REVISION:PATH, optionally followed by @ENVIRONMENT"


@dataclass(frozen=True, slots=True)
class State:
    """What one side of the comparison is: paths of a commit or of the working tree, in an environment."""

    revision: str | None
    path: str | None
    environment: str | None


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("before", metavar="A", help=_FORMS)
    parser.add_argument("after", metavar="B", nargs="?", help="what to compare it with (default: the working tree)")
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="output format; markdown is meant for pull requests"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if anything differs")
    add_composition(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; 1 if a side has errors, or with --exit-code if there is a difference."""
    project = project_here()
    chosen = options(arguments, project)
    before = _state(arguments.before, project)
    after = _state(arguments.after, project) if arguments.after else State(None, before.path, None)
    if before == after:
        raise UsageError(f"`{arguments.before}` is the working tree itself; pass what to compare it with as B")
    if before.revision or after.revision:
        project = replace(project, packs=False)  # the code of a commit is not on the disk
    old, new = (_compiled(state, project, chosen, arguments) for state in (before, after))
    if old is None or new is None:
        return 1
    if len(old) == len(new) == 1 and before.path != after.path:
        old = dict(zip(new, old.values(), strict=True))  # two specs that the user named: whatever their DAGs' ids
    differences = compare(old, new)
    prices = _prices(project) if arguments.format == "text" and differences else None  # before anything is printed
    print(FORMATS[arguments.format](differences, colours(sys.stdout.isatty())))
    if prices is not None:
        _show_costs(old, new, prices, chosen.region, arguments.before)
    return 1 if differences and arguments.exit_code else 0


def _prices(project: Project) -> "Prices | None":
    """The price table that the settings name, if they name one. Raises UsageError for one that cannot be read."""
    if project.prices is None:
        return None
    from trainspec.cli.costs import price_table

    return price_table(None, project)


def _show_costs(
    old: Mapping[str, Compiled], new: Mapping[str, Compiled], prices: "Prices", region: str | None, before: str
) -> None:
    """What the difference costs, if the settings name a price table."""
    from trainspec.cli.costs import costs_of
    from trainspec.cost.changes import changes
    from trainspec.cost.show import changes_as_text

    def costs(side: Mapping[str, Compiled]) -> "list[DagCost]":
        found = zip(side, costs_of((each.analysis for each in side.values()), prices, region, None), strict=True)
        return [replace(cost, dag_id=name) for name, cost in found]

    if found := changes(costs(old), costs(new)):
        print("\n".join(["", *map(visible, changes_as_text(found, prices, before).split("\n"))]))


def _state(text: str, project: Project) -> State:
    """What an argument names. Raises UsageError if it is neither a path nor a revision."""
    base, _, environment = text.rpartition("@")
    for named, patch in ((text, None), (base, environment)):
        revision, _, path = named.partition(":")
        if named and Path(named).exists():
            return State(None, named, patch)
        if is_revision(revision, project):
            return State(revision, path or None, patch)
    raise UsageError(f"`{text}` is not a file, a folder or a git revision; write {_FORMS}")


def _compiled(
    state: State, project: Project, chosen: Options, arguments: argparse.Namespace
) -> dict[str, Compiled] | None:
    """The DAGs of one side by id; None if it has errors, which were shown."""
    if state.environment is not None:
        chosen = in_environment(chosen, arguments, project, state.environment)
    if state.revision is None:
        return _compile(state.path, project, chosen, None)
    path = str(Path.cwd() / state.path) if state.path else None
    return _compile(path, project_at(state.revision, project), chosen, state.revision)


def _compile(path: str | None, project: Project, chosen: Options, revision: str | None) -> dict[str, Compiled] | None:
    where = f" at {revision}" if revision else ""
    try:
        analyses = analyse_files([path] if path else [], project, chosen)
    except NoSpecsError:
        if not revision:
            raise
        return {}  # the commit before the first spec
    except UsageError as error:
        raise UsageError(f"{error}{where}") from None
    findings = [found for each in analyses for found in each.findings]
    if has_errors(findings):
        print(f"trainspec: the specs{where} have errors", file=sys.stderr)
        show_on_stderr([found for found in findings if has_errors([found])], project, analyses)
        return None
    tree = cache(partial(code_at, revision, project)) if revision else None
    return {
        each.dag_id: Compiled(each, plan(each, chosen), source_files(each, project.root, tree))
        for each in analyses
        if each.root is not None
    }
