"""`trainspec compile`: write the DAG files, or with `--check` say which ones are not what their specs compile to."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from trainspec.cli.common import (
    add_composition,
    add_paths,
    analyse_files,
    findings_of,
    options,
    project_here,
    same_dag_twice,
    show_on_stderr,
)
from trainspec.dag.airflow import DEFAULT_MAJOR
from trainspec.diagnostics import Diagnostic, has_errors
from trainspec.output.changes import Change, Kind, compare, compare_plain
from trainspec.output.header import digest_inputs, rebuild_command, with_header
from trainspec.output.write import real_folder, write, writing
from trainspec.pipeline import Analysis, Options, generate
from trainspec.project import Project, UsageError
from trainspec.request.check import printable


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    add_composition(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="the folder for the DAG files (generated_dags)")
    parser.add_argument("--requests", metavar="DIR", help="also write each job's request there, as JSON")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; show what is stale, missing or orphaned, and exit with 1"
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited by hand")


def run(arguments: argparse.Namespace) -> int:
    """Write what changed; 1 where a spec has errors, a file may not be overwritten or `--check` finds a difference."""
    project = project_here()
    chosen = options(arguments, project)
    analyses = analyse_files(arguments.paths, project, chosen)
    findings = findings_of(analyses) + same_dag_twice(analyses)
    if findings:
        show_on_stderr(sorted(findings, key=Diagnostic.sort_key), project)
    if has_errors(findings):
        return 1
    specs = [each for each in analyses if each.is_spec]
    for fragment in (each for each in analyses if not each.is_spec):
        print(f"{fragment.source.name}: a fragment (it has no `trainspec: 1`), not compiled", file=sys.stderr)
    names = [each.source.name for each in analyses]
    dags = {f"{each.dag_id}.py": _dag_file(each, chosen) for each in specs}
    requests = _request_files(specs) if arguments.requests else {}
    output, beside = _output_folder(arguments, project), Path(arguments.requests or "")

    def changes() -> list[Change]:
        return compare(output, dags, names, project.root) + compare_plain(beside, requests)

    if arguments.check:
        return _check(changes(), project)
    try:
        with writing([output, beside] if requests else [output]):
            return _write(changes(), project, force=arguments.force)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or 'the output'}: {error.strerror}") from error


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


def _dag_file(analysis: Analysis, chosen: Options) -> str:
    name = analysis.source.name
    variables = [f"{key}={value}" for key, value in sorted(chosen.variables.items())]
    environment = chosen.environment if analysis.environments else None
    settings = [f"airflow={chosen.airflow}", *(f"var {pair}" for pair in variables)]
    settings += [f"env={environment}"] if environment is not None else []
    shown = ["--env", environment] if environment is not None else []
    shown += [argument for key in sorted(chosen.variables) for argument in ("--var", f"{key}=...")]
    if chosen.airflow != DEFAULT_MAJOR:
        shown += ["--airflow", str(chosen.airflow)]
    inputs = digest_inputs({each.name: each.text for each in analysis.files.values()}, settings)
    return with_header(generate(analysis, chosen), name, rebuild_command(name, shown), inputs)


def _request_files(specs: Sequence[Analysis]) -> dict[str, str]:
    return {
        f"{each.dag_id}.{task}.json": json.dumps(printable(request.members), indent=2, ensure_ascii=False) + "\n"
        for each in specs
        for task, request in each.requests.items()
    }


def _check(changes: Sequence[Change], project: Project) -> int:
    different = [change for change in changes if change.kind is not Kind.UNCHANGED]
    for change in different:
        name = project.name(change.path)
        sys.stdout.writelines(change.diff(name))
        print(f"{name}: {change.kind.value}", file=sys.stderr)
    if different:
        print("Run `trainspec compile` to bring the files up to date.", file=sys.stderr)
    return 1 if different else 0


def _write(changes: Sequence[Change], project: Project, *, force: bool) -> int:
    different = [change for change in changes if change.kind is not Kind.UNCHANGED]
    refused = [change for change in different if change.needs_force and not force]
    for change in refused:
        print(f"{project.name(change.path)}: {change.kind.value}", file=sys.stderr)
    if refused:
        print("Nothing was written. Keep your changes elsewhere, or compile with --force.", file=sys.stderr)
        return 1
    write(different)
    for change in different:
        print(f"{'removed' if change.new is None else 'wrote'} {project.name(change.path)}")
    written = sum(change.new is not None for change in different)
    unchanged = len(changes) - len(different)
    print(f"{written} written, {len(different) - written} removed, {unchanged} unchanged", file=sys.stderr)
    return 0
