"""`trainspec lint`: all checks, nothing written."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from trainspec.batch.environments import InEnvironment, all_files, checked, in_each, joined
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.cli.arguments import add_cache, add_composition, add_paths, in_environment, options, uses_cache
from trainspec.cli.reading import across, look_at_files, project_here
from trainspec.cli.showing import of_policies, show_findings
from trainspec.diagnostics import Diagnostic, Severity
from trainspec.diagnostics.formats import FORMATS
from trainspec.options import Options
from trainspec.project.project import Project
from trainspec.project.settings import UsageError, check_codes
from trainspec.reporting.dedupe import of_all_files
from trainspec.reporting.select import Selection
from trainspec.safety.budget import kept_budgets


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("--all-envs", action="store_true", help="check the base and every environment (the default)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="output format of the findings")
    parser.add_argument(
        "--select", action="append", default=[], metavar="CODES", help="report only these codes, for example TS540,TS52"
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CODES",
        help="do not report these codes, in addition to those ignored in the settings",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings as well")
    fixing = parser.add_mutually_exclusive_group()
    fixing.add_argument(
        "--fix", action="store_true", help="fix findings that have exactly one correct fix, and report the rest"
    )
    fixing.add_argument("--diff", action="store_true", help="show what --fix would change, without writing")
    parser.add_argument("-q", "--quiet", action="store_true", help="show only errors, and the number of other findings")
    parser.add_argument("-w", "--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
    add_cache(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; 1 if there are any that count, else 0."""
    if arguments.watch:
        from trainspec.cli.watching import watch

        watch(lambda: _run(arguments))
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    project = project_here()
    selection = _selection(arguments, project.selection)
    project = replace(project, selection=selection)
    chosen = options(arguments, project)
    if arguments.all_envs and chosen.environment is not None:
        raise UsageError("--env and --all-envs cannot be used together")
    if arguments.fix or arguments.diff:
        from trainspec.cli.fixing import fix

        wanted = Wanted(texts=True)
        checked = fix(project, lambda there: _check(arguments, there, chosen, wanted), is_written=arguments.fix)
        if arguments.diff:
            return 1 if checked.changed or selection.fails(checked.findings) else 0
        findings, found = checked.findings, checked.looked_at
    else:
        findings, found = _check(arguments, project, chosen, Wanted())
    shown = [each for each in findings if selection.fails([each])] if arguments.quiet else findings
    show_findings(shown, project, arguments.format, found, sys.stdout)
    if arguments.quiet:
        if len(findings) > len(shown):
            print(f"{_counted(findings, shown)}; `trainspec lint` shows them.", file=sys.stderr)
    elif arguments.format == "text" and not findings:
        print(f"{len(found)} file{'s' if len(found) != 1 else ''} checked, nothing found.", file=sys.stderr)
    return 1 if selection.fails(findings) else 0


def _counted(findings: Sequence[Diagnostic], shown: Sequence[Diagnostic]) -> str:
    """How many findings are not shown: `2 warnings, 1 note`."""
    left = Counter(each.severity for each in findings)
    left.subtract(Counter(each.severity for each in shown))
    counts = ((left[each], each.value) for each in Severity if left[each])
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts)


def _check(
    arguments: argparse.Namespace, project: Project, chosen: Options, wanted: Wanted
) -> tuple[Sequence[Diagnostic], Sequence[Outcome]]:
    """The findings for the files in all environments, or in the selected one; and the files."""

    def look_for(environment: str | None) -> Look:
        there = in_environment(chosen, arguments, project, environment)
        return Look(project, there, wanted, uses_cache(arguments))

    def files(look: Look) -> list[Outcome]:
        return look_at_files(arguments.paths, look)

    if chosen.environment is not None:
        found = [InEnvironment(look, files(look)) for look in (look_for(chosen.environment),)]
    else:
        with kept_budgets():
            found = in_each(checked(project), look_for, files)
    reported = [(each, _findings(each, is_all=not arguments.paths)) for each in found]
    looked_at = all_files(found)
    return sorted(
        [*joined(reported), *of_policies(project, looked_at, is_all=not arguments.paths)], key=Diagnostic.sort_key
    ), looked_at


def _findings(there: InEnvironment, *, is_all: bool) -> list[Diagnostic]:
    look = there.look
    together = across(there.files, look.project, look.chosen, use_cache=look.use_cache, is_all=is_all)
    return sorted([*of_all_files(there.files), *together], key=Diagnostic.sort_key)


def _selection(arguments: argparse.Namespace, settings: Selection) -> Selection:
    """What the settings say, with what the command line says over it."""
    try:
        own = settings.codes if arguments.select or arguments.ignore else None
        select = check_codes(_listed(arguments.select), policies=own) or settings.select
        ignore = check_codes(_listed(arguments.ignore), to_ignore=True, policies=own)
    except UsageError as error:
        raise UsageError(f"--select and --ignore: {error}") from None
    strict = settings.strict or arguments.strict
    return settings._replace(select=select, ignore=(*settings.ignore, *ignore), strict=strict)


def _listed(given: Sequence[str]) -> list[str]:
    return [code.strip() for each in given for code in each.split(",") if code.strip()]
