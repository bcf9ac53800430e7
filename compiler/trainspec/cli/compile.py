"""`trainspec compile`: write the DAG files, or with `--check` say which ones are not what their specs compile to."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from trainspec.batch.environments import BASE, InEnvironment, all_files, joined
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.cli.arguments import add_cache, add_composition, add_paths, in_environment, options, uses_cache
from trainspec.cli.reading import across, look_at_files, project_here
from trainspec.cli.showing import of_policies, show_findings
from trainspec.cli.target import Target, named_folder, output_folder, owner_of
from trainspec.diagnostics import Diagnostic, Severity, has_errors
from trainspec.diagnostics.formats import FORMATS
from trainspec.options import DEFAULT_AIRFLOW, Options
from trainspec.output.changes import Change, Kind, compare
from trainspec.output.write import real_folder, write, writing
from trainspec.project.project import NoSpecsError, Project, UsageError
from trainspec.reporting.dedupe import of_all_files
from trainspec.safety.budget import kept_budgets


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="the folder for the DAG files (generated_dags)")
    parser.add_argument("--requests", metavar="DIR", help="also write each job's request there, as JSON")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; show what is stale, missing or orphaned, and exit with 1"
    )
    parser.add_argument("--format", choices=FORMATS, help="output format of --check on stdout, instead of the diff")
    parser.add_argument(
        "--strict", action="store_true", help="treat warnings as errors: write nothing if there are any"
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited by hand")
    parser.add_argument("-q", "--quiet", action="store_true", help="print only what is wrong")
    add_cache(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write what changed; 1 if a spec has errors, a file may not be overwritten or `--check` finds a difference."""
    if arguments.format and not arguments.check:
        raise UsageError("--format requires --check; `trainspec lint --format` reports what is wrong with the specs")
    project = project_here()
    chosen = options(arguments, project)
    wanted = Wanted(dag_file=True, requests=bool(arguments.requests))
    targets = _targets(arguments, project, chosen, wanted)
    found = [target.there for target in targets]
    reported = [(each, _findings(each, arguments)) for each in found]
    files = all_files(found)
    findings = sorted(
        [*joined(reported), *of_policies(project, files, is_all=not arguments.paths)], key=Diagnostic.sort_key
    )
    selection = project.selection._replace(strict=project.selection.strict or arguments.strict)
    show = partial(_show, project=project, found=files, form=arguments.format)
    if selection.fails(findings):
        show(findings)
        because = "" if has_errors(findings) else " With `strict`, warnings count as well."
        print(f"Nothing was {'compared' if arguments.check else 'written'}.{because}", file=sys.stderr)
        return 1
    fragments = (each for each in files if not (each.is_spec or each.is_policy or arguments.quiet))
    for fragment in fragments:
        print(f"{fragment.name}: a fragment (it has no `trainspec: 1`), not compiled", file=sys.stderr)
    _check_apart(targets, project)

    def changes() -> list[tuple[Change, Target]]:
        all_of = ((change, target) for target in reversed(targets) for change in reversed(target.changes(targets)))
        return list(reversed({change.path: (change, target) for change, target in all_of}.values()))

    if arguments.check:
        from trainspec.safety.masking import conceal_all

        different = [(change, target) for change, target in changes() if change.kind is not Kind.UNCHANGED]
        for change, _ in () if arguments.format else different:
            sys.stdout.write(conceal_all("".join(change.diff(project.name(change.path)))))
        stale = [target.finding_of(change) for change, target in different]
        show(sorted([*findings, *stale], key=Diagnostic.sort_key))
        return 1 if different else 0
    _show_before_writing(findings, show, selection.fails, is_quiet=arguments.quiet)
    try:
        with writing({folder for target in targets for folder in target.folders}, project.root):
            compared = changes()
            refused = [(change, target) for change, target in compared if change.needs_force and not arguments.force]
            if not refused:
                folders = dict.fromkeys(project.name(target.output) for target in targets)
                return _write([change for change, _ in compared], project, folders, is_quiet=arguments.quiet)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or 'the output'}: {error.strerror}") from error
    show([target.finding_of(change) for change, target in refused])
    print("Nothing was written.", file=sys.stderr)
    return 1


def _targets(arguments: argparse.Namespace, project: Project, chosen: Options, wanted: Wanted) -> list[Target]:
    """What the run writes: the selected environment or folder, else everything that the settings give a folder."""
    is_one = chosen.environment is not None or arguments.output is not None
    names = (chosen.environment,) if is_one else project.written
    with kept_budgets():
        return [_target(name, arguments, project, chosen, wanted, is_one=len(names) == 1) for name in names]


def _target(
    name: str | None, arguments: argparse.Namespace, project: Project, chosen: Options, wanted: Wanted, *, is_one: bool
) -> Target:
    there = in_environment(chosen, arguments, project, name)
    look = Look(project, there, wanted, uses_cache(arguments))
    output = named_folder(arguments.output, project) if arguments.output else output_folder(project, name)
    try:
        files = look_at_files(arguments.paths, look)
    except NoSpecsError:
        if not compare(output, {}, (), owner_of(project)):
            raise
        files = []  # the last spec is gone, what it became is not
    below = "" if is_one else name or ""
    beside = named_folder(arguments.requests, project) / below if arguments.requests else None
    said = _options(arguments, project, name, output)
    return Target(InEnvironment(look, files), output, beside, said)


def _findings(there: InEnvironment, arguments: argparse.Namespace) -> list[Diagnostic]:
    look, is_all = there.look, not arguments.paths
    together = across(there.files, look.project, look.chosen, use_cache=look.use_cache, is_all=is_all)
    return sorted([*of_all_files(there.files), *together], key=Diagnostic.sort_key)


def _check_apart(targets: Sequence[Target], project: Project) -> None:
    """Raise UsageError if two environments would write the same file."""
    made: dict[Path, Target] = {}
    for target in targets if len(targets) > 1 else ():
        folder = real_folder(target.output)
        for name in target.dags:
            path = folder / name
            other = made.setdefault(path, target)
            if other is not target:
                names = " and ".join(each.there.name or BASE for each in (other, target))
                raise UsageError(
                    f"{names} both produce {project.name(path)}; set a separate `output` for each environment "
                    "in the settings, or use `${env}` in the DAG's `id`"
                )


def _show(findings: Sequence[Diagnostic], *, project: Project, found: Sequence[Outcome], form: str | None) -> None:
    """Print findings: in the requested format as the result, else as text on stderr."""
    if form:
        show_findings(findings, project, form, found, sys.stdout)
    elif findings:
        show_findings(findings, project, "text", found, sys.stderr)


def _options(arguments: argparse.Namespace, project: Project, environment: str | None, output: Path) -> list[str]:
    """The options that reproduce the same files, with secrets masked: those that affect content or location."""
    given = [("--env", environment)]
    of_environment = project.environments.get(environment or "")
    airflow = (of_environment.airflow if of_environment else None) or project.airflow or DEFAULT_AIRFLOW
    if arguments.airflow and arguments.airflow != airflow:
        given.append(("--airflow", arguments.airflow))
    if real_folder(output) != real_folder(project.root / project.output_of(environment)):
        is_within = real_folder(output).is_relative_to(real_folder(project.root))
        given.append(("--output", project.name(output) if is_within else arguments.output))
    said = [word for option, value in given if value for word in (option, value)]
    for pair in sorted(arguments.var):
        name, _, value = pair.partition("=")
        said += ["--var", f"{name}={_shown(name, value)}"]
    return said


def _shown(name: str, value: str) -> str:
    """The value of a variable, masked if it may be a secret: it becomes part of files that are checked in."""
    from trainspec.safety.masking import form_of, speaks_of_secrets

    return "..." if speaks_of_secrets(name) or form_of(value) else value


def _show_before_writing(
    findings: Sequence[Diagnostic],
    show: Callable[[Sequence[Diagnostic]], None],
    fails: Callable[[Sequence[Diagnostic]], bool],
    *,
    is_quiet: bool,
) -> None:
    """Warnings are shown; notes are only counted, because `lint` shows them."""
    if is_quiet:
        show([each for each in findings if fails([each])])
        return
    show([each for each in findings if each.severity is not Severity.NOTE or fails([each])])
    notes = sum(each.severity is Severity.NOTE and not fails([each]) for each in findings)
    if notes:
        print(
            f"{notes} note{'' if notes == 1 else 's'}: `trainspec lint` shows {'it' if notes == 1 else 'them'}",
            file=sys.stderr,
        )


def _write(compared: Sequence[Change], project: Project, folders: Iterable[str], *, is_quiet: bool) -> int:
    different = [change for change in compared if change.kind is not Kind.UNCHANGED]
    write(different, project.root)
    for change in () if is_quiet else different:
        print(f"{'removed' if change.new is None else 'wrote'} {project.name(change.path)}")
    written = sum(change.new is not None for change in different)
    unchanged = len(compared) - len(different)
    if is_quiet:
        return 0
    counts = f"{written} written, {len(different) - written} removed, {unchanged} unchanged"
    print(f"{counts} in {' and '.join(f'{folder}/' for folder in folders)}", file=sys.stderr)
    return 0
