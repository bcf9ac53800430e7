"""`trainspec lint`: all checks, nothing written."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look, outcomes
from trainspec.cli.common import (
    across,
    add_cache,
    add_composition,
    add_paths,
    look_at_files,
    options,
    project_here,
    show_findings,
    uses_cache,
)
from trainspec.diagnostics import Diagnostic, codes
from trainspec.diagnostics.formats import FORMATS
from trainspec.options import Options
from trainspec.project.project import Project
from trainspec.project.settings import UsageError, check_codes
from trainspec.reporting.dedupe import of_all_files
from trainspec.reporting.select import Selection


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
    add_cache(parser)


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

        wanted = Wanted(texts=True)
        checked = fix(project, lambda there: _check(arguments, there, chosen, wanted), is_written=arguments.fix)
        if arguments.diff:
            return 1 if checked.changed or selection.fails(checked.findings) else 0
        findings, found = checked.findings, checked.looked_at
    else:
        findings, found = _check(arguments, project, chosen, Wanted())
    show_findings(findings, project, arguments.format, found, sys.stdout)
    if arguments.format == "text" and not findings:
        print(f"{len(found)} file{'s' if len(found) != 1 else ''} checked, nothing found.", file=sys.stderr)
    return 1 if selection.fails(findings) else 0


def _check(
    arguments: argparse.Namespace, project: Project, chosen: Options, wanted: Wanted
) -> tuple[Sequence[Diagnostic], Sequence[Outcome]]:
    """The findings of a look at the files, and the files."""
    look = Look(project, chosen, wanted, uses_cache(arguments))
    found = look_at_files(arguments.paths, look)
    if arguments.all_envs and any(each.environments for each in found):
        return _of_all_environments(found, look), found
    return _findings(found, look, is_all=not arguments.paths), found


def _findings(found: Sequence[Outcome], look: Look, *, is_all: bool = False) -> list[Diagnostic]:
    together = across(found, look.project, look.chosen, use_cache=look.use_cache, is_all=is_all)
    return sorted([*of_all_files(found), *together], key=Diagnostic.sort_key)


def _of_all_environments(found: Sequence[Outcome], look: Look) -> list[Diagnostic]:
    """The findings in each environment; one that not all of them have names those that have it."""
    names = sorted({name for each in found for name in each.environments})
    of_file = {each.name: each.environments or tuple(names) for each in found}
    told: dict[object, tuple[Diagnostic, list[str]]] = {}
    for name in names:
        there = replace(look, chosen=replace(look.chosen, environment=name))
        patched = outcomes([look.project.root / each.name for each in found if name in each.environments], there)
        by_name = {each.name: each for each in (*(each for each in found if not each.environments), *patched)}
        runs = [by_name[each.name] for each in found if each.name in by_name]
        for finding in _findings(runs, there):
            key = (finding.code.id, finding.span, finding.field or finding.message, finding.member)
            told.setdefault(key, (finding, []))[1].append(name)
    kept = (
        (finding, where)
        for finding, where in told.values()
        if finding.code.id != codes.UNUSED_IGNORE.id or set(where) >= set(of_file.get(finding.span.path, ()))
    )  # an ignore is of no use where it is of none in any environment
    return sorted((_named(finding, where, names) for finding, where in kept), key=Diagnostic.sort_key)


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
