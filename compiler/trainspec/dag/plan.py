"""The plan of a DAG file: every argument as an expression, every task with its place and what it waits for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from trainspec.dag import times
from trainspec.dag.airflow import OPERATOR, Airflow
from trainspec.dag.expressions import Call, Expression, Import, imports
from trainspec.diagnostics import Span
from trainspec.language.job import Job
from trainspec.language.spec import AssetSchedule, Dag, Spec
from trainspec.language.task import Operator, TaskArguments
from trainspec.templates import for_airflow
from trainspec.units import seconds

Arguments = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """One task: the call that makes it, and where the spec says so."""

    task_id: str
    span: Span
    operator: str
    arguments: Arguments
    upstream: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A task group: the points of a matrix. `upstream` is what all of them wait for."""

    group_id: str
    tasks: tuple[TaskPlan, ...]
    upstream: tuple[str, ...]

    @property
    def span(self) -> Span:
        """Where the spec says so."""
        return self.tasks[0].span


@dataclass(frozen=True, slots=True)
class DagPlan:
    """One DAG file: its tasks and groups of tasks, in the order of the spec."""

    dag_id: str
    arguments: Arguments
    members: tuple[TaskPlan | GroupPlan, ...]
    imports: frozenset[Import]

    @property
    def tasks(self) -> tuple[TaskPlan, ...]:
        """All tasks, those of the groups among them."""
        return tuple(task for each in self.members for task in (each.tasks if isinstance(each, GroupPlan) else (each,)))


def plan_dag(
    spec: Spec,
    dag_id: str,
    requests: Mapping[str, Mapping[str, Any]],
    spans: Mapping[str, Span],
    airflow: Airflow,
    groups: Mapping[str, Sequence[str]],
) -> DagPlan:
    """The plan of `spec`, with the request and the place of each of its jobs; `groups` are those of one matrix."""
    arguments: Arguments = (("dag_id", dag_id), *_dag_arguments(spec.dag, airflow))
    group_of = {task: group for group, tasks in groups.items() for task in tasks}
    tasks = [_plan_task(name, group_of, job, requests[name], spans[name]) for name, job in spec.jobs.items()]
    used = {airflow.dag, OPERATOR, *((airflow.group,) if group_of else ())}
    for _, value in (*arguments, *(argument for task in tasks for argument in task.arguments)):
        used |= imports(value)
    return DagPlan(dag_id, arguments, tuple(_grouped(tasks, group_of)), frozenset(used))


def _grouped(tasks: Iterable[TaskPlan], group_of: Mapping[str, str]) -> Iterator[TaskPlan | GroupPlan]:
    """The tasks in order, those of a group together; what all of them wait for, the group waits for."""
    for group, each in groupby(tasks, key=lambda task: group_of.get(task.task_id)):
        members = tuple(each)
        if group is None:
            yield from members
            continue
        shared = tuple(name for name in members[0].upstream if all(name in task.upstream for task in members))
        rest = (tuple(name for name in task.upstream if name not in shared) for task in members)
        own = tuple(replace(task, upstream=names) for task, names in zip(members, rest, strict=True))
        yield GroupPlan(group, own, shared)


# ------------------------------------------------------------------ the tables: a field, Airflow's argument, how

Convert = Callable[[Any], Expression]


def _as_is(value: Any) -> Expression:
    expression: Expression = value
    return expression


_TASK: tuple[tuple[str, str, Convert], ...] = (
    ("owner", "owner", _as_is),
    ("retries", "retries", _as_is),
    ("retry_delay", "retry_delay", times.duration),
    ("retry_exponential_backoff", "retry_exponential_backoff", _as_is),
    ("max_retry_delay", "max_retry_delay", times.duration),
    ("execution_timeout", "execution_timeout", times.duration),
    ("pool", "pool", _as_is),
    ("pool_slots", "pool_slots", _as_is),
    ("queue", "queue", _as_is),
    ("priority_weight", "priority_weight", _as_is),
    ("weight_rule", "weight_rule", _as_is),
    ("trigger_rule", "trigger_rule", _as_is),
    ("depends_on_past", "depends_on_past", _as_is),
    ("wait_for_downstream", "wait_for_downstream", _as_is),
    ("max_active_tis_per_dag", "max_active_tis_per_dag", _as_is),
    ("do_xcom_push", "do_xcom_push", _as_is),
    ("email", "email", _as_is),
    ("email_on_failure", "email_on_failure", _as_is),
    ("email_on_retry", "email_on_retry", _as_is),
)

_OPERATOR: tuple[tuple[str, str, Convert], ...] = (
    ("aws_conn_id", "aws_conn_id", _as_is),
    ("wait_for_completion", "wait_for_completion", _as_is),
    ("check_interval", "check_interval", seconds),
    ("max_attempts", "max_attempts", _as_is),
    ("action_if_job_exists", "action_if_job_exists", _as_is),
    ("on_timeout", "on_timeout", _as_is),
    ("deferrable", "deferrable", _as_is),
)

_DAG: tuple[tuple[str, str, Convert], ...] = (
    ("description", "description", _as_is),
    ("doc", "doc_md", _as_is),
    ("catchup", "catchup", _as_is),
    ("max_active_runs", "max_active_runs", _as_is),
    ("max_active_tasks", "max_active_tasks", _as_is),
    ("dagrun_timeout", "dagrun_timeout", times.duration),
    ("is_paused_upon_creation", "is_paused_upon_creation", _as_is),
    ("render_template_as_native_obj", "render_template_as_native_obj", _as_is),
    ("tags", "tags", _as_is),
)


def _arguments(model: TaskArguments | Operator | Dag, table: tuple[tuple[str, str, Convert], ...]) -> Arguments:
    """What the model says, row by row; a null that the spec writes out is None."""
    given = model.model_fields_set
    rows = ((argument, getattr(model, field), convert) for field, argument, convert in table if field in given)
    return tuple((argument, None if value is None else convert(value)) for argument, value, convert in rows)


def _dag_arguments(dag: Dag, airflow: Airflow) -> Arguments:
    zone = dag.timezone or "UTC"
    dates = ((name, times.date(text, zone)) for name in ("start_date", "end_date") if (text := getattr(dag, name)))
    default_args = dict(_arguments(dag.default_args, _TASK)) if dag.default_args else {}
    return (
        ("schedule", _schedule(dag.schedule, airflow)),
        *dates,
        *_arguments(dag, _DAG),
        *((("default_args", default_args),) if default_args else ()),
    )


def _schedule(value: str | AssetSchedule | None, airflow: Airflow) -> Expression:
    if isinstance(value, AssetSchedule):
        return [Call(airflow.asset.name or "", airflow.asset, (uri,)) for uri in value.assets]
    return None if value is None else times.schedule(value)


def _plan_task(name: str, group_of: Mapping[str, str], job: Job, request: Mapping[str, Any], span: Span) -> TaskPlan:
    group = group_of.get(name)
    region: Arguments = (("region_name", job.region),) if job.region else ()
    doc: Arguments = (("doc_md", job.doc),) if job.doc else ()
    arguments = (
        ("task_id", name if group is None else name.removeprefix(f"{group}.")),
        ("config", _config(request)),
        *region,
        *(_arguments(job.operator, _OPERATOR) if job.operator else ()),
        *_arguments(job, _TASK),
        *doc,
    )
    given = job.depends_on or []
    upstream = dict.fromkeys([given] if isinstance(given, str) else given)
    waits_for = tuple(other for other in upstream if group_of.get(other) not in upstream)
    return TaskPlan(name, span, OPERATOR.name or "", arguments, waits_for)


def _config(value: Any) -> Any:
    """A request as Airflow must be given it, so that what it renders is what the spec says."""
    if isinstance(value, dict):
        return {key: _config(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_config(below) for below in value]
    return for_airflow(value) if isinstance(value, str) else value
