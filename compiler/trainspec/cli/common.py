"""What the commands that read specs share: their arguments, reading the files, showing the findings."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from trainspec.airflow_api.own import own_operators
from trainspec.batch.combinations import of_all, outcomes_of_all
from trainspec.batch.environments import chosen_for
from trainspec.batch.outcome import Outcome
from trainspec.batch.pool import Look
from trainspec.crossfile.checks import Across
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic, did_you_mean
from trainspec.diagnostics.formats import Report, render
from trainspec.diagnostics.words import cut
from trainspec.options import AIRFLOW, DEFAULT_AIRFLOW, Options, airflow_minor
from trainspec.project.files import Files
from trainspec.project.project import Project, UsageError, find_project, find_specs
from trainspec.text.source import MAX_BYTES, Source

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis  # which loads the compiler: only the commands that need it shall


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what to read."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders or globs; the project's own if none is given"
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
        help=f"the Airflow to compile for: {', '.join(AIRFLOW)} ({DEFAULT_AIRFLOW} if not given)",
    )


def add_cache(parser: argparse.ArgumentParser) -> None:
    """The argument that makes a run look at every file."""
    parser.add_argument("--no-cache", action="store_true", help="check every file, even if it has not changed")


def uses_cache(arguments: argparse.Namespace) -> bool:
    """Whether the run may pass over what has not changed."""
    return not arguments.no_cache and not os.environ.get("TRAINSPEC_NO_CACHE")


def options(arguments: argparse.Namespace, project: Project) -> Options:
    """The options of a run. Raises UsageError for a `--var` that is no pair."""
    variables = {}
    for pair in arguments.var:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--var takes NAME=VALUE, not `{pair}`")
        variables[name] = value
    airflow = arguments.airflow or project.airflow or DEFAULT_AIRFLOW
    own = own_operators(project.root, project.operator_sources) if project.operator_sources else None
    chosen = Options(variables, airflow, None, project.operators, project.callbacks, own_operators=own)
    return in_environment(chosen, arguments, project, getattr(arguments, "env", None))


def in_environment(
    chosen: Options, arguments: argparse.Namespace, project: Project, environment: str | None
) -> Options:
    """The options of a run in another environment."""
    return chosen_for(chosen, project, environment, arguments.airflow)


def logical_date(text: str) -> datetime:
    """The date of `--at`, in UTC as Airflow keeps it. Raises UsageError for what is none."""
    try:
        read = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"--at takes a date such as 2025-04-09 or 2025-04-09T06:30+00:00, not `{text}`") from None
    return read.astimezone(timezone.utc) if read.tzinfo else read.replace(tzinfo=timezone.utc)


def project_here() -> Project:
    """The project around the working folder."""
    return find_project(Path.cwd())


def look_at_files(paths: Iterable[str], look: Look) -> list[Outcome]:
    """Every file that the paths name, and the project's specs that extend a fragment among them.

    What cannot be read is an outcome with a finding. Raises UsageError for options that no spec knows.
    """
    found = outcomes_of_all(find_specs(paths, look.project), look)
    found += outcomes_of_all(extending(found, look.project), look)
    check_options(found, look.chosen)
    return found


def analyse_files(paths: Iterable[str], project: Project, chosen: Options) -> "list[Analysis]":
    """The same for who wants the analyses as a whole."""
    analyses = [each for path in find_specs(paths, project) for each in _analyses(path, project, chosen)]
    analyses += [each for path in extending(analyses, project) for each in _analyses(path, project, chosen)]
    check_options(analyses, chosen)
    return analyses


def _analyses(path: Path, project: Project, chosen: Options) -> "Iterator[Analysis]":
    """One file, analysed; a spec with `for_each` once for each combination."""
    first = analyse_file(path, project, chosen)
    yield from of_all(first, lambda number: analyse_file(path, project, replace(chosen, combination=number)))


def analyse_one(arguments: argparse.Namespace, project: Project, chosen: Options) -> "Analysis":
    """The spec of a command that takes one DAG. Raises UsageError where it has several, and `--each` chooses none."""
    path = spec_path(arguments.spec)
    first = analyse_file(path, project, chosen)
    check_options([first], chosen)
    number = chosen_combination(first, arguments.each)
    return analyse_file(path, project, replace(chosen, combination=number)) if number else first


def add_each(parser: "argparse._ActionsContainer") -> None:
    """The argument that chooses a DAG of a spec with `for_each`."""
    parser.add_argument(
        "--each",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="choose one DAG of a spec with `for_each` by its values; repeatable",
    )


def chosen_combination(first: FileFacts, given: Sequence[str]) -> int:
    """The number of the combination that was asked for. Raises UsageError where that is none, or several."""
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
    raise UsageError(f"{first.name} makes {len(labels)} DAGs; choose one with --each NAME=VALUE: {some}")


def standard_input() -> bytes:
    """What stands on standard input. Raises UsageError for more than any spec has."""
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UsageError(f"standard input has more than {MAX_BYTES:,} bytes")
    return content


def spec_path(given: str) -> Path:
    """The file of a command that takes one spec. Raises UsageError where there is none."""
    path = Path(given)
    if "\0" in given:
        raise UsageError(f"{cut(given, 200)!r} cannot be a path")
    if not os.path.lexists(path):
        raise UsageError(f"{cut(given, 200)}: no such file")
    if path.is_dir():
        raise UsageError(f"{given} is a folder: name the file of one spec")
    return path


def analyse_file(path: Path, project: Project, chosen: Options) -> "Analysis":
    """One file, analysed, with the findings that the project wants to be told."""
    from trainspec.batch.analyse import analysis_of

    return analysis_of(path, project, chosen)


def extending(found: Sequence[FileFacts], project: Project) -> list[Path]:
    """The project's other specs that extend a fragment of the run."""
    fragments = {each.name for each in found if not each.is_spec}
    known = {each.name for each in found}
    try:
        others = [path for path in find_specs([], project) if project.name(path) not in known] if fragments else []
    except UsageError:
        return []  # the project has no specs of its own
    if not others:
        return []
    from trainspec.pipeline import extended_files

    files = Files(project)
    sources = ((path, files.named(path)) for path in others)
    return [
        path
        for path, source in sources
        if isinstance(source, Source) and not fragments.isdisjoint(extended_files(source, files.extended))
    ]


def check_options(found: Iterable[FileFacts], chosen: Options) -> None:
    """Raise UsageError for an environment or a variable that no spec of the run knows."""
    specs = [each for each in found if each.id_span is not None]
    environments = sorted({name for each in specs for name in each.environments} | {*chosen.environments})
    if chosen.environment is not None and environments and chosen.environment not in environments:
        from trainspec.diagnostics.excerpt import visible

        near = visible(did_you_mean(chosen.environment, environments) or f"there are {', '.join(environments)}")
        raise UsageError(f"there is no environment `{chosen.environment}`; {near}")
    known = {name for each in specs for name in each.variables}
    for name in chosen.variables if specs else ():
        if name not in known:
            meant = did_you_mean(name, known)
            raise UsageError(f"--var {name}: no spec has a variable `{name}`" + (f"; {meant}" if meant else ""))


def across(
    analyses: Sequence[FileFacts], project: Project, chosen: Options, *, use_cache: bool, is_all: bool = False
) -> tuple[Diagnostic, ...]:
    """The findings that the files of the run give together with the project's other specs.

    `is_all` says that there are none: the run was given no paths.
    """
    names = frozenset(each.name for each in analyses)
    members = {} if is_all else _own_specs(project)
    others = []
    if not names.issuperset(members):
        from trainspec.batch.dag_ids import glances

        others = list(glances(members, names, project, chosen, use_cache=use_cache))
    found = Across(analyses, others, names if is_all else frozenset(members), project.external_dags).findings()
    return project.selection.apply(found)


def _own_specs(project: Project) -> dict[str, Path]:
    """The project's own specs by name; none where it has no folder of them."""
    try:
        return {project.name(path): path for path in find_specs([], project)}
    except UsageError:
        return {}


def show_findings(
    findings: Sequence[Diagnostic], project: Project, form: str, analyses: Sequence[FileFacts], stream: TextIO
) -> None:
    """Print the findings of a run in one of the `FORMATS`."""
    if form == "text" and not findings:
        return
    from trainspec.cli.discretion import secret_places
    from trainspec.masking import conceal, conceal_all

    lines = _lines(project)
    sources = (Source(name, "\n".join(lines(name))) for name in dict.fromkeys(found.span.path for found in findings))
    by_name = frozenset(span for source in sources for span in secret_places(source))

    report = Report(
        findings,
        lines,
        colours(stream.isatty()),
        [each.name for each in analyses],
        _explained,
        by_name.union(*(each.secrets for each in analyses)),
        conceal,
        conceal_all,
    )
    for block in render(form, report):
        print(block, file=stream)


def show_on_stderr(findings: Sequence[Diagnostic], project: Project, analyses: Sequence[FileFacts]) -> None:
    """Print findings beside the command's result; what the combinations of a spec share once."""
    show_findings(list(dict.fromkeys(findings)), project, "text", analyses, sys.stderr)


def _explained() -> dict[str, str]:
    from trainspec.reference.codes import all_codes

    return {known.code.id: known.text for known in all_codes()}


def colours(is_terminal: bool) -> bool:
    """Whether to print in colour."""
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _lines(project: Project) -> Callable[[str], Sequence[str]]:
    files = Files(project)

    @cache
    def lines(name: str) -> Sequence[str]:
        source = files.shown(name)
        return source.lines() if isinstance(source, Source) else []

    return lines
