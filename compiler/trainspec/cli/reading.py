"""What commands read: the project that contains the working directory, and its specs, analyzed."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.batch.combinations import of_all, outcomes_of_all
from trainspec.batch.outcome import Outcome
from trainspec.batch.pool import Look
from trainspec.cli.arguments import check_options, chosen_combination
from trainspec.crossfile.checks import Across
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.words import cut
from trainspec.options import Options
from trainspec.project.files import Files
from trainspec.project.project import Project, UsageError, find_project, find_specs
from trainspec.safety.budget import kept_budgets
from trainspec.text.source import MAX_BYTES, Source

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis  # loads the compiler: only for commands that need it


def project_here() -> Project:
    """The project that contains the working directory."""
    return find_project(Path.cwd())


def standard_input() -> bytes:
    """The contents of standard input. Raises UsageError for more than any spec has."""
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UsageError(f"standard input has more than {MAX_BYTES:,} bytes")
    return content


def spec_path(given: str) -> Path:
    """The file of a command that takes one spec. Raises UsageError if there is none."""
    path = Path(given)
    if "\0" in given:
        raise UsageError(f"{cut(given, 200)!r} cannot be a path")
    if not os.path.lexists(path):
        raise UsageError(f"{cut(given, 200)}: no such file")
    if path.is_dir():
        raise UsageError(f"{given} is a folder: pass the file of one spec")
    return path


def look_at_files(paths: Iterable[str], look: Look) -> list[Outcome]:
    """Every file that the paths name, and the project's specs that extend a fragment among them.

    What cannot be read is an outcome with a finding. Raises UsageError for options that no spec knows.
    """
    found = outcomes_of_all(find_specs(paths, look.project), look)
    found += outcomes_of_all(extending(found, look.project), look)
    check_options(found, look.chosen)
    return found


def analyse_files(paths: Iterable[str], project: Project, chosen: Options) -> "list[Analysis]":
    """The same for callers that need the complete analyses."""
    with kept_budgets():
        analyses = [each for path in find_specs(paths, project) for each in _analyses(path, project, chosen)]
        analyses += [each for path in extending(analyses, project) for each in _analyses(path, project, chosen)]
    check_options(analyses, chosen)
    return analyses


def _analyses(path: Path, project: Project, chosen: Options) -> "Iterator[Analysis]":
    """One file, analyzed; a spec with `for_each` once for each combination."""
    first = analyse_file(path, project, chosen)
    yield from of_all(first, lambda number: analyse_file(path, project, chosen._replace(combination=number)))


def analyse_file(path: Path, project: Project, chosen: Options) -> "Analysis":
    """One file, analyzed, with the findings that the project has selected."""
    from trainspec.batch.analyse import analysis_of

    return analysis_of(path, project, chosen)


def analyse_one(arguments: argparse.Namespace, project: Project, chosen: Options) -> "Analysis":
    """The spec of a command that takes one DAG. Raises UsageError if it has several, and `--each` chooses none."""
    path = spec_path(arguments.spec)
    first = analyse_file(path, project, chosen)
    check_options([first], chosen)
    number = chosen_combination(first, arguments.each)
    return analyse_file(path, project, chosen._replace(combination=number)) if number else first


def extending(found: Sequence[FileFacts], project: Project) -> list[Path]:
    """The project's other specs that extend a fragment of the run."""
    fragments = {each.name for each in found if not (each.is_spec or each.is_policy)}
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


def across(
    analyses: Sequence[FileFacts], project: Project, chosen: Options, *, use_cache: bool, is_all: bool = False
) -> tuple[Diagnostic, ...]:
    """The findings that the files of the run give together with the project's other specs.

    `is_all` means that the run was given no paths.
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
    """The project's own specs by name; none if it has no folder of them."""
    try:
        return {project.name(path): path for path in find_specs([], project)}
    except UsageError:
        return {}
