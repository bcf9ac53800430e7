"""trainspec from Python: load a spec, check it, compile it, get a job's request.

    from trainspec import api

    spec = api.load("specs/sagemaker_training_dag.yaml")
    for finding in api.lint(spec):
        print(finding)
    api.request(spec, at=datetime(2025, 4, 9))["TrainingJobName"]

This module and the operators of `trainspec.runtime` are the public interface: they change only with a note in the
changelog. Every other module is private and may change at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from os import PathLike
from pathlib import Path
from typing import Any

from trainspec.airflow_api.own import own_operators
from trainspec.batch.analyse import analysis_of
from trainspec.batch.combinations import joined_findings
from trainspec.batch.environments import chosen_for
from trainspec.dag.checks.params import declared_params
from trainspec.diagnostics import Diagnostic
from trainspec.options import AIRFLOW, DEFAULT_AIRFLOW, Options, airflow_minor
from trainspec.output.header import header, rebuild_command
from trainspec.pipeline import Analysis, generate
from trainspec.project.project import Project, find_project
from trainspec.request.check import printable, render_request
from trainspec.safety.masking import form_of, speaks_of_secrets
from trainspec.templates import Sample

__all__ = ["Finding", "Spec", "SpecError", "compile", "lint", "load", "request"]


@dataclass(frozen=True)
class Finding:
    """One finding, as `trainspec lint --format json` reports it. Lines and columns count from 1, the end is exclusive.

    `field` is the spec's field (`jobs.train.resources`), `member` the request member that it becomes, if it becomes
    one; `advice` says what to do. `trainspec explain CODE` describes the code.
    """

    code: str
    severity: str
    """`error`, `warning` or `note`."""
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    advice: str | None = None
    field: str | None = None
    member: str | None = None

    def __str__(self) -> str:
        """The finding on one line, as `--format concise` prints it."""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


class SpecError(Exception):
    """A spec has errors that leave nothing to compile. `findings` are all of its findings."""

    def __init__(self, path: str, findings: tuple[Finding, ...]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__(f"{path} has {len(errors)} error{'s' if len(errors) != 1 else ''}: {errors[0]}")
        self.findings = findings


@dataclass(frozen=True)
class Spec:
    """A loaded spec. Create one with `load`.

    `path` is relative to the project's root. `dag_id` is empty for a fragment, a file without `trainspec:` that others
    extend. `jobs` are the task ids of the jobs, including those of matrix points.
    """

    path: str
    dag_id: str
    jobs: tuple[str, ...]
    environment: str | None
    combinations: tuple[str, ...]
    """The combinations of `for_each`, each as `team=a,region=eu`; the spec is the one that `each` chose, or the
    first."""
    _analysis: Analysis = field(repr=False)
    _project: Project = field(repr=False)
    _options: Options = field(repr=False)


def load(
    path: str | PathLike[str],
    *,
    env: str | None = None,
    variables: Mapping[str, str] | None = None,
    airflow: str | None = None,
    each: Mapping[str, str] | None = None,
) -> Spec:
    """Read and check the spec at `path`, with the settings of the project that it is in.

    `env`, `variables` and `airflow` are the command line's `--env`, `--var` and `--airflow`. A spec with errors can
    be loaded, too: `lint` returns them. `each` chooses one DAG of a spec with `for_each` by its values. Raises
    FileNotFoundError if there is no such file, and ValueError for an unknown environment, variable or Airflow
    version, and if `each` does not choose exactly one DAG.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file")
    minor = airflow_minor(airflow) if airflow else None
    if airflow and minor is None:
        raise ValueError(f"Airflow `{airflow}` is not supported; choose one of {', '.join(AIRFLOW)}")
    project = find_project(file.absolute().parent)
    own = own_operators(project.root, project.operator_sources) if project.operator_sources else None
    chosen = Options(
        dict(variables or {}),
        minor or project.airflow or DEFAULT_AIRFLOW,
        None,
        project.operators,
        project.callbacks,
        own_operators=own,
    )
    options = chosen_for(chosen, project, env, minor)
    analysis = analysis_of(file.absolute(), project, options)
    if each and (number := _combination(analysis, each)) > 0:
        options = options._replace(combination=number)
        analysis = analysis_of(file.absolute(), project, options)
    if analysis.root is not None:
        if env and env not in analysis.environments and env not in project.environments:
            raise ValueError(f"{analysis.name} has no environment `{env}`")
        for name in options.variables:
            if name not in analysis.variables:
                raise ValueError(f"{analysis.name} has no variable `{name}`")
    combinations = analysis.combinations if not each else ()
    jobs = tuple(analysis.requests)
    return Spec(analysis.name, analysis.dag_id, jobs, env, combinations, analysis, project, options)


def lint(spec: Spec | str | PathLike[str]) -> tuple[Finding, ...]:
    """All findings of one spec, in the order of their positions; a path is loaded first.

    Findings that concern several files (two specs with the same DAG id) are reported only by `trainspec lint`.
    """
    loaded = _loaded(spec)
    if len(loaded.combinations) < 2:
        return tuple(_finding(found) for found in loaded._analysis.findings)
    path, project = loaded._project.root / loaded.path, loaded._project
    several = [
        (label, analysis_of(path, project, loaded._options._replace(combination=number)).findings)
        for number, label in enumerate(loaded.combinations)
    ]
    return tuple(_finding(found) for found in joined_findings(several))


def compile(spec: Spec | str | PathLike[str]) -> str:  # noqa: A001  # the command's name
    """The text of the DAG file, as `trainspec compile` writes it.

    Raises SpecError, and ValueError for a fragment, and for a spec with `for_each` if no DAG was chosen.
    """
    loaded = _valid(spec)
    arguments = [*(("--env", loaded.environment) if loaded.environment else ())]
    for name, value in sorted(loaded._options.variables.items()):
        arguments += ["--var", f"{name}={'...' if speaks_of_secrets(name) or form_of(value) else value}"]
    said = rebuild_command(loaded.path, arguments)
    head = header(loaded.path, loaded._project.title, f"Airflow {loaded._options.airflow}", said)
    return head + generate(loaded._analysis, loaded._options)


def request(spec: Spec | str | PathLike[str], job: str | None = None, *, at: datetime | None = None) -> dict[str, Any]:
    """A job's CreateTrainingJob request, ready for `boto3.client("sagemaker").create_training_job(**request)`.

    `job` is needed only if the spec has several. With `at`, a logical date (UTC if it has no time zone), Airflow's
    macros are rendered for it; without it, templates stay as they are, and so do values that are only known when the
    task runs. Raises SpecError, and ValueError if there is no such job.
    """
    loaded = _valid(spec)
    if job is None and len(loaded.jobs) == 1:
        job = loaded.jobs[0]
    if job is None or job not in loaded._analysis.requests:
        said = "has several jobs" if job is None else f"has no job `{job}`"
        raise ValueError(f"{loaded.path} {said}; there are {', '.join(loaded.jobs)}")
    members = loaded._analysis.requests[job].members
    if at is not None:
        moment = at.astimezone(timezone.utc) if at.tzinfo else at.replace(tzinfo=timezone.utc)
        params = declared_params(loaded._analysis.data, loaded._analysis.data["jobs"][job])
        sample = Sample(moment, loaded.dag_id, job, airflow=loaded._options.airflow, params=params)
        members = render_request(members, sample).request
    rendered: dict[str, Any] = printable(members)
    return rendered


def _combination(analysis: Analysis, each: Mapping[str, str]) -> int:
    wanted = {f"{name}={value}" for name, value in each.items()}
    labels = analysis.combinations
    found = [number for number, label in enumerate(labels) if wanted <= {*label.split(",")}]
    if len(found) == 1:
        return found[0]
    raise ValueError(f"`each` must choose one DAG of {analysis.name}: {'; '.join(labels) or 'it has no `for_each`'}")


def _loaded(spec: Spec | str | PathLike[str]) -> Spec:
    return spec if isinstance(spec, Spec) else load(spec)


def _valid(spec: Spec | str | PathLike[str]) -> Spec:
    loaded = _loaded(spec)
    findings = lint(loaded)
    if any(finding.severity == "error" for finding in findings):
        raise SpecError(loaded.path, findings)
    if len(loaded.combinations) > 1:
        raise ValueError(f"{loaded.path} defines several DAGs; load it with `each`: {'; '.join(loaded.combinations)}")
    if loaded._analysis.root is None:
        raise ValueError(f"{loaded.path} is a fragment and has no DAG of its own")
    return loaded


def _finding(found: Diagnostic) -> Finding:
    span = found.span
    return Finding(
        found.code.id,
        found.severity.value,
        found.message,
        span.path,
        span.line,
        span.column,
        span.end_line,
        span.end_column,
        found.advice,
        found.field,
        found.member,
    )
