"""`trainspec lint`: all checks, nothing written."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from trainspec.cli.common import (
    across,
    add_composition,
    add_paths,
    analyse_file,
    analyse_files,
    findings_of,
    options,
    project_here,
    show_findings,
)
from trainspec.diagnostics import Diagnostic, codes
from trainspec.diagnostics.formats import FORMATS
from trainspec.pipeline import Analysis, Options
from trainspec.project import Project
from trainspec.settings import Selection, UsageError, check_codes


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("--all-envs", action="store_true", help="check the specs in each of their environments")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the findings are printed")
    parser.add_argument(
        "--select", action="append", default=[], metavar="CODES", help="tell only these codes, such as TS540,TS52"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="CODES", help="do not tell these, nor those of the settings"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for a warning, too")
    fixing = parser.add_mutually_exclusive_group()
    fixing.add_argument("--fix", action="store_true", help="mend what has one right answer, and tell what is left")
    fixing.add_argument("--diff", action="store_true", help="show what --fix would change, write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 where there are any that count, else 0."""
    project = project_here()
    selection = _selection(arguments, project.selection)
    project = replace(project, selection=selection)
    chosen = options(arguments, project)
    if arguments.all_envs and chosen.environment is not None:
        raise UsageError("--env and --all-envs exclude each other")
    if arguments.fix or arguments.diff:
        from trainspec.cli.fixing import fix

        checked = fix(project, lambda there: _check(arguments, there, chosen), is_written=arguments.fix)
        if arguments.diff:
            return 1 if checked.changed or selection.fails(checked.findings) else 0
        findings, analyses = checked.findings, checked.analyses
    else:
        findings, analyses = _check(arguments, project, chosen)
    show_findings(findings, project, arguments.format, analyses, sys.stdout)
    if arguments.format == "text" and not findings:
        print(f"{len(analyses)} file{'s' if len(analyses) != 1 else ''} checked, nothing found.", file=sys.stderr)
    return 1 if selection.fails(findings) else 0


def _check(
    arguments: argparse.Namespace, project: Project, chosen: Options
) -> tuple[Sequence[Diagnostic], Sequence[Analysis]]:
    """The findings of a look at the files, and the files."""
    analyses = analyse_files(arguments.paths, project, chosen)
    if arguments.all_envs and any(each.environments for each in analyses):
        return _of_all_environments(analyses, project, chosen), analyses
    return _findings(analyses, project, chosen), analyses


def _findings(analyses: Sequence[Analysis], project: Project, chosen: Options) -> list[Diagnostic]:
    return sorted([*findings_of(analyses), *across(analyses, project, chosen)], key=Diagnostic.sort_key)


def _of_all_environments(analyses: Sequence[Analysis], project: Project, chosen: Options) -> list[Diagnostic]:
    """The findings in each environment; one that not all of them have names those that have it."""
    names = sorted({name for each in analyses for name in each.environments})
    of_file = {each.source.name: each.environments or tuple(names) for each in analyses}
    told: dict[object, tuple[Diagnostic, list[str]]] = {}
    for name in names:
        there = replace(chosen, environment=name)
        runs = [
            analyse_file(project.root / each.source.name, project, there) if each.environments else each
            for each in analyses
            if not each.environments or name in each.environments
        ]
        for found in _findings(runs, project, there):
            key = (found.code.id, found.span, found.field or found.message, found.member)
            told.setdefault(key, (found, []))[1].append(name)
    kept = (
        (found, where)
        for found, where in told.values()
        if found.code.id != codes.UNUSED_IGNORE.id or set(where) >= set(of_file.get(found.span.path, ()))
    )  # an ignore is of no use where it is of none in any environment
    return sorted((_named(found, where, names) for found, where in kept), key=Diagnostic.sort_key)


def _named(found: Diagnostic, where: Sequence[str], names: Sequence[str]) -> Diagnostic:
    if set(where) == set(names):
        return found
    listed = ", ".join(f"`{name}`" for name in dict.fromkeys(where))
    return replace(found, message=f"{found.message} (in {listed})")


def _selection(arguments: argparse.Namespace, settings: Selection) -> Selection:
    """What the settings say, with what the command line says over it."""
    try:
        select = check_codes(_listed(arguments.select)) or settings.select
        ignore = check_codes(_listed(arguments.ignore), to_ignore=True)
    except UsageError as error:
        raise UsageError(f"--select and --ignore: {error}") from None
    strict = settings.strict or arguments.strict
    return replace(settings, select=select, ignore=(*settings.ignore, *ignore), strict=strict)


def _listed(given: Sequence[str]) -> list[str]:
    return [code.strip() for each in given for code in each.split(",") if code.strip()]
