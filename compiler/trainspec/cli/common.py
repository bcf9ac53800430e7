"""What the commands that read specs share: their arguments, reading the files, showing the findings."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TextIO

from trainspec.across import Across
from trainspec.compose import Read
from trainspec.dag.airflow import DEFAULT_MAJOR, MAJORS
from trainspec.diagnostics import Diagnostic, Span, codes, did_you_mean
from trainspec.diagnostics.formats import Report, render
from trainspec.glance import glance
from trainspec.pipeline import Analysis, Options, analyse, extended_files
from trainspec.project import Project, UsageError, find_project, find_specs
from trainspec.text.source import Source, read_source


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what to read."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders or globs; the project's own if none is given"
    )


def add_composition(parser: argparse.ArgumentParser) -> None:
    """The arguments that say how to read it."""
    parser.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="a value for ${vars.NAME}, over the spec's own"
    )
    parser.add_argument("--env", metavar="NAME", help="the environment whose patch is laid over the spec")
    parser.add_argument(
        "--airflow", type=int, choices=sorted(MAJORS), help=f"Airflow's major version ({DEFAULT_MAJOR} if not given)"
    )


def options(arguments: argparse.Namespace, project: Project) -> Options:
    """The options of a run. Raises UsageError for a `--var` that is no pair."""
    variables = {}
    for pair in arguments.var:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--var takes NAME=VALUE, not `{pair}`")
        variables[name] = value
    airflow = arguments.airflow or project.airflow or DEFAULT_MAJOR
    if airflow not in MAJORS:
        raise UsageError(f"`airflow = {airflow}` in the settings: there are {', '.join(map(str, MAJORS))}")
    return Options(variables, airflow, getattr(arguments, "env", None), project.operators)


def project_here() -> Project:
    """The project around the working folder."""
    return find_project(Path.cwd())


def analyse_files(paths: Iterable[str], project: Project, chosen: Options) -> list[Analysis]:
    """Every file that the paths name, analysed, and the project's specs that extend a fragment among them.

    What cannot be read is an analysis with a finding. Raises UsageError for options that no spec knows.
    """
    analyses = [analyse_file(path, project, chosen) for path in find_specs(paths, project)]
    analyses += [analyse_file(path, project, chosen) for path in _extending(analyses, project)]
    check_options(analyses, chosen)
    return analyses


def _extending(analyses: Sequence[Analysis], project: Project) -> Iterator[Path]:
    """The project's other specs that extend a fragment of the run."""
    fragments = {each.source.name for each in analyses if not each.is_spec}
    known = {each.source.name for each in analyses}
    try:
        others = find_specs([], project) if fragments else []
    except UsageError:
        return  # the project has no specs of its own
    for path in others:
        source = _read(path, project) if project.name(path) not in known else None
        if isinstance(source, Source) and not fragments.isdisjoint(extended_files(source, _reader(project))):
            yield path


def check_options(analyses: Iterable[Analysis], chosen: Options) -> None:
    """Raise UsageError for an environment or a variable that no spec of the run knows."""
    specs = [each for each in analyses if each.root is not None]
    environments = sorted({name for each in specs for name in each.environments})
    if chosen.environment is not None and environments and chosen.environment not in environments:
        near = did_you_mean(chosen.environment, environments) or f"there are {', '.join(environments)}"
        raise UsageError(f"there is no environment `{chosen.environment}`; {near}")
    known = {name for each in specs for name in each.variables}
    for name in chosen.variables if specs else ():
        if name not in known:
            meant = did_you_mean(name, known)
            raise UsageError(f"--var {name}: no spec has a variable `{name}`" + (f"; {meant}" if meant else ""))


def findings_of(analyses: Sequence[Analysis]) -> list[Diagnostic]:
    """All findings; what several specs have from a file that they extend is told once."""
    own = [found for each in analyses for found in each.findings if found.span.path == each.source.name]
    places = {(found.code.id, found.span, found.member) for found in own}
    others: dict[object, Diagnostic] = {}
    for found in (found for each in analyses for found in each.findings if found.span.path != each.source.name):
        place = (found.code.id, found.span, found.member)
        if place not in places:
            others.setdefault(place, found)
    return sorted([*own, *others.values()], key=Diagnostic.sort_key)


def analyse_file(path: Path, project: Project, chosen: Options) -> Analysis:
    """One file, analysed."""
    source = _read(path, project)
    if isinstance(source, Diagnostic):
        return Analysis(Source(source.span.path, ""), (source,), is_spec=True)
    analysis = analyse(source, chosen, _reader(project))
    return replace(analysis, findings=project.selection.apply(analysis.findings))


def _read(path: Path, project: Project) -> Source | Diagnostic:
    name = project.name(path)
    if not name.isprintable():
        shown = "".join(each if each.isprintable() else "?" for each in name)
        message = "the file's name holds characters that cannot be shown"
        return Diagnostic(codes.UNREADABLE, Span(shown, 1, 1, 1, 1), message, "rename the file")
    if path.is_symlink() and not name.startswith("../") and not _inside(path, project.root):
        return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} is a link that leaves the project")
    return project.texts.get(name) or read_source(path, name)


def _reader(project: Project) -> Read:
    """Reads the files that others extend, by their names from the project's root, and none outside of it."""
    root = project.root.resolve()

    def read(name: str) -> Source | Diagnostic:
        try:
            path = (root / name).resolve()
        except (OSError, RuntimeError):
            path = root / name  # a link that leads in a circle: reading it says so
        if not path.is_relative_to(root):
            return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} is a link that leaves the project")
        real = path.relative_to(root).as_posix()
        return project.texts.get(real) or read_source(path, real)

    return read


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return True  # a link that leads in a circle: reading it says so


def across(analyses: Sequence[Analysis], project: Project, chosen: Options) -> tuple[Diagnostic, ...]:
    """The findings that the files of the run give together with the project's other specs."""
    names = {each.name for each in analyses}
    try:
        members = {project.name(path): path for path in find_specs([], project)}
    except UsageError:
        members = {}  # the project has no specs of its own
    sources = (_read(path, project) for name, path in members.items() if name not in names)
    read = _reader(project)
    glances = (glance(source, chosen, read) for source in sources if isinstance(source, Source))
    others = [each for each in glances if each is not None]
    found = Across(analyses, others, frozenset(members), project.external_dags).findings()
    return project.selection.apply(found)


def show_findings(
    findings: Sequence[Diagnostic], project: Project, form: str, analyses: Sequence[Analysis], stream: TextIO
) -> None:
    """Print the findings of a run in one of the `FORMATS`."""
    from trainspec.rules.secrets import conceal

    report = Report(
        findings,
        _lines(project),
        colours(stream.isatty()),
        [each.source.name for each in analyses],
        _explained,
        frozenset(span for each in analyses for span in each.secrets),
        conceal,
    )
    for block in render(form, report):
        print(block, file=stream)


def show_on_stderr(findings: Sequence[Diagnostic], project: Project, analyses: Sequence[Analysis]) -> None:
    """Print findings beside the command's result."""
    show_findings(findings, project, "text", analyses, sys.stderr)


def _explained() -> dict[str, str]:
    from trainspec.reference.codes import all_codes

    return {known.code.id: known.text for known in all_codes()}


def colours(is_terminal: bool) -> bool:
    """Whether to print in colour."""
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _lines(project: Project) -> Callable[[str], Sequence[str]]:
    @cache
    def lines(name: str) -> Sequence[str]:
        source = read_source(project.root / name, name)
        return source.lines() if isinstance(source, Source) else []

    return lines
