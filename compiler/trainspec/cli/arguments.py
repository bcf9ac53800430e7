"""What commands take: the arguments that several share, and what they mean."""

import argparse
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from trainspec.batch.environments import chosen_for
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import did_you_mean
from trainspec.options import AIRFLOW, DEFAULT_AIRFLOW, Options, airflow_minor
from trainspec.project.project import Project, UsageError


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what to read."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders or globs (default: the project's specs)"
    )


def add_composition(parser: "argparse._ActionsContainer") -> None:
    """The arguments that say how to read it."""
    parser.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="set ${vars.NAME}, overriding the spec's value"
    )
    parser.add_argument("--env", metavar="NAME", help="apply this environment's patch to the spec")
    parser.add_argument(
        "--airflow",
        metavar="VERSION",
        type=lambda given: airflow_minor(given) or given,
        choices=AIRFLOW,
        help=f"the Airflow version to compile for: {', '.join(AIRFLOW)} ({DEFAULT_AIRFLOW} by default)",
    )


def add_cache(parser: argparse.ArgumentParser) -> None:
    """The argument that makes a run analyse every file."""
    parser.add_argument("--no-cache", action="store_true", help="check every file, even if it has not changed")


def uses_cache(arguments: argparse.Namespace) -> bool:
    """Whether the run may pass over what has not changed."""
    return not arguments.no_cache and not os.environ.get("TRAINSPEC_NO_CACHE")


def add_each(parser: "argparse._ActionsContainer") -> None:
    """The argument that chooses a DAG of a spec with `for_each`."""
    parser.add_argument(
        "--each",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="choose one DAG of a spec with `for_each` by its values; repeatable",
    )


def add_local(here: "argparse._ActionsContainer") -> None:
    """What jobs that run as processes of this machine read, and which Python runs them."""
    here.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="CHANNEL=PATH",
        help="a local file or folder to use as the data of an input channel; repeatable",
    )
    here.add_argument(
        "--python", metavar="EXE", help="the Python that runs the scripts (default: the one that runs trainspec)"
    )


def options(arguments: argparse.Namespace, project: Project) -> Options:
    """The options of a run. Raises UsageError for a `--var` that is not a pair."""
    variables = {}
    for pair in arguments.var:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--var takes NAME=VALUE, not `{pair}`")
        variables[name] = value
    airflow = arguments.airflow or project.airflow or DEFAULT_AIRFLOW
    own = None
    if project.operator_sources:  # most projects have none
        from trainspec.airflow_api.own import own_operators

        own = own_operators(project.root, project.operator_sources)
    chosen = Options(variables, airflow, None, project.operators, project.callbacks, own_operators=own)
    return in_environment(chosen, arguments, project, getattr(arguments, "env", None))


def in_environment(
    chosen: Options, arguments: argparse.Namespace, project: Project, environment: str | None
) -> Options:
    """The options of a run in another environment."""
    return chosen_for(chosen, project, environment, arguments.airflow)


def chosen_combination(first: FileFacts, given: Sequence[str]) -> int:
    """The number of the selected combination. Raises UsageError if none, or several, match."""
    wanted = {pair.strip() for each in given for pair in each.split(",")}
    labels = first.combinations
    found = [number for number, label in enumerate(labels) if wanted <= {*label.split(",")}]
    if wanted and not labels:
        raise UsageError(f"--each {next(iter(given))}: {first.name} has no `for_each`")
    if len(found) == 1 or not labels:
        return found[0] if found else 0
    some = ", ".join(labels[:5]) + (", ..." if len(labels) > 5 else "")
    if not found:
        raise UsageError(f"--each {' '.join(given)}: {first.name} has no such combination; there are {some}")
    raise UsageError(f"{first.name} defines {len(labels)} DAGs; choose one with --each NAME=VALUE: {some}")


def check_options(found: Iterable[FileFacts], chosen: Options) -> None:
    """Raise UsageError for an environment or a variable that no spec of the run knows."""
    specs = [each for each in found if each.id_span is not None]
    environments = sorted({name for each in specs for name in each.environments} | {*chosen.environments})
    if specs and chosen.environment is not None and chosen.environment not in environments:
        from trainspec.diagnostics.excerpt import visible

        known = f"there are {', '.join(environments)}" if environments else "no spec and no setting has `environments`"
        near = visible(did_you_mean(chosen.environment, environments) or known)
        raise UsageError(f"there is no environment `{chosen.environment}`; {near}")
    variables = {name for each in specs for name in each.variables}
    for name in chosen.variables if specs else ():
        if name not in variables:
            meant = did_you_mean(name, variables)
            raise UsageError(f"--var {name}: no spec has a variable `{name}`" + (f"; {meant}" if meant else ""))


def logical_date(text: str) -> datetime:
    """The date of `--at`, in UTC as Airflow keeps it. Raises UsageError for anything that is not a date."""
    try:
        read = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"--at takes a date such as 2025-04-09 or 2025-04-09T06:30+00:00, not `{text}`") from None
    return read.astimezone(timezone.utc) if read.tzinfo else read.replace(tzinfo=timezone.utc)
