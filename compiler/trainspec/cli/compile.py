"""`trainspec compile`: write the DAG files, or with `--check` say which ones are not what their specs compile to."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
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
from trainspec.diagnostics import Diagnostic, has_errors
from trainspec.diagnostics.formats import FORMATS
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.output.changes import Change, Generated, Kind, compare, compare_requests
from trainspec.output.findings import diagnose
from trainspec.output.header import header, rebuild_command
from trainspec.output.write import real_folder, write, writing
from trainspec.project.project import NoSpecsError, Project, UsageError
from trainspec.reporting.dedupe import of_all_files


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="the folder for the DAG files (generated_dags)")
    parser.add_argument("--requests", metavar="DIR", help="also write each job's request there, as JSON")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; show what is stale, missing or orphaned, and exit with 1"
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="how --check prints what it finds on stdout, in place of the diff"
    )
    parser.add_argument("--strict", action="store_true", help="write nothing where there is a warning, too")
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited by hand")
    add_cache(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write what changed; 1 where a spec has errors, a file may not be overwritten or `--check` finds a difference."""
    if arguments.format and not arguments.check:
        raise UsageError("--format goes with --check; `trainspec lint --format` tells what is wrong with the specs")
    project = project_here()
    chosen = options(arguments, project)
    wanted = Wanted(dag_file=True, requests=bool(arguments.requests))
    output, beside = _output_folder(arguments, project), Path(arguments.requests or "")
    try:
        found = look_at_files(arguments.paths, Look(project, chosen, wanted, uses_cache(arguments)))
    except NoSpecsError:
        if not compare(output, {}, (), project.root):
            raise
        found = []  # the last spec is gone, what it became is not
    together = across(found, project, chosen, use_cache=uses_cache(arguments), is_all=not arguments.paths)
    findings = sorted([*of_all_files(found), *together], key=Diagnostic.sort_key)
    selection = replace(project.selection, strict=project.selection.strict or arguments.strict)
    show = partial(_show, project=project, found=found, form=arguments.format)
    if selection.fails(findings):
        show(findings)
        if not has_errors(findings):
            print("Nothing was compiled: with `strict`, warnings count, too.", file=sys.stderr)
        return 1
    for fragment in (each for each in found if not each.is_spec):
        print(f"{fragment.name}: a fragment (it has no `trainspec: 1`), not compiled", file=sys.stderr)
    again = Look(project, chosen, wanted, use_cache=False)
    compiled = _Compiled(found, again, _options(arguments, project, output), arguments.requests)
    dags = compiled.dags()
    requests = compiled.requests()

    def changes() -> list[Change]:
        compared = compare(output, dags, compiled.names, project.root)
        if not arguments.requests:
            return compared
        ours = {change.path.stem for change in compared}
        others = {path.stem for path in output.glob("*.py")} - ours
        return compared + compare_requests(beside, requests, ours, others)

    if arguments.check:
        different = [change for change in changes() if change.kind is not Kind.UNCHANGED]
        for change in () if arguments.format else different:
            sys.stdout.writelines(change.diff(project.name(change.path)))
        show(sorted([*findings, *map(compiled.told, different)], key=Diagnostic.sort_key))
        return 1 if different else 0
    show(findings)
    try:
        with writing([output, beside] if arguments.requests else [output]):
            compared = changes()
            refused = [change for change in compared if change.needs_force and not arguments.force]
            if not refused:
                return _write(compared, project)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or 'the output'}: {error.strerror}") from error
    show([compiled.told(change) for change in refused])
    print("Nothing was written.", file=sys.stderr)
    return 1


def _show(findings: Sequence[Diagnostic], *, project: Project, found: Sequence[Outcome], form: str | None) -> None:
    """Print findings: in a format that was asked for as the result, else as text beside it."""
    if form:
        show_findings(findings, project, form, found, sys.stdout)
    elif findings:
        show_findings(findings, project, "text", found, sys.stderr)


def _output_folder(arguments: argparse.Namespace, project: Project) -> Path:
    """The folder for the DAG files. One outside the project is for the command line to name, not for a file in it."""
    if arguments.output:
        return Path(arguments.output)
    folder = project.root / project.output
    if not real_folder(folder).is_relative_to(real_folder(project.root)):
        raise UsageError(
            f"the output folder `{project.output}` leaves the project; name it with --output to allow that"
        )
    return folder


def _options(arguments: argparse.Namespace, project: Project, output: Path) -> list[str]:
    """The options with which the same files are made again, secrets masked: those that change what is written where."""
    given = [("--env", arguments.env)]
    if arguments.airflow and arguments.airflow != (project.airflow or DEFAULT_AIRFLOW):
        given.append(("--airflow", str(arguments.airflow)))
    if real_folder(output) != real_folder(project.root / project.output):
        is_within = real_folder(output).is_relative_to(real_folder(project.root))
        given.append(("--output", project.name(output) if is_within else arguments.output))
    said = [word for option, value in given if value for word in (option, value)]
    for pair in sorted(arguments.var):
        name, _, value = pair.partition("=")
        said += ["--var", f"{name}={_shown(name, value)}"]
    return said


def _shown(name: str, value: str) -> str:
    """The value of a variable, masked where it may be a secret: this goes into files that are checked in."""
    from trainspec.rules.secrets import form_of, speaks_of_secrets

    return "..." if speaks_of_secrets(name) or form_of(value) else value


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the specs of a run become.

    `look` looks at one again of which only the digest of its DAG file is known; `options` are those of the command
    that writes it all.
    """

    found: Sequence[Outcome]
    look: Look
    options: Sequence[str]
    requests_folder: str | None

    @property
    def names(self) -> list[str]:
        """The files of the run, fragments too."""
        return [each.name for each in self.found]

    @property
    def specs(self) -> list[Outcome]:
        """Those that become something."""
        return [each for each in self.found if each.is_spec]

    def dags(self) -> dict[str, Generated]:
        """The DAG files by name."""
        return {
            _dag_name(each): Generated(self._header(each.name), each.output_digest or "", partial(self._body, each))
            for each in self.specs
        }

    def _header(self, spec: str) -> str:
        target = f"Airflow {self.look.chosen.airflow}"
        return header(spec, self.look.project.title, target, rebuild_command(spec, self.options))

    def _body(self, outcome: Outcome) -> str:
        text = outcome.output or self.look.at(self.look.project.root / outcome.name).output
        if text is None:
            raise UsageError(f"{outcome.name} was changed while it was compiled; compile it again")
        return text

    def requests(self) -> dict[str, str]:
        """The requests by the names of their files."""
        return {name: text for each in self.specs for name, text in each.requests.items()}

    def told(self, change: Change) -> Diagnostic:
        """The finding about a file that is not as it should be."""
        name, shown = change.path.name, self.look.project.name(change.path)
        specs = (each for each in self.specs if name == _dag_name(each) or name in each.requests)
        beside = ("--requests", self.requests_folder) if self.requests_folder else ()
        command = shlex.join(("trainspec", "compile", *self.options, *beside))
        return diagnose(change, shown, next((each.id_span for each in specs), None), self.names, command)


def _dag_name(outcome: Outcome) -> str:
    return f"{outcome.dag_id}.py"


def _write(compared: Sequence[Change], project: Project) -> int:
    different = [change for change in compared if change.kind is not Kind.UNCHANGED]
    write(different)
    for change in different:
        print(f"{'removed' if change.new is None else 'wrote'} {project.name(change.path)}")
    written = sum(change.new is not None for change in different)
    unchanged = len(compared) - len(different)
    print(f"{written} written, {len(different) - written} removed, {unchanged} unchanged", file=sys.stderr)
    return 0
