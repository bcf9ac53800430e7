"""The plan of a DAG file: every argument as an expression, every task with its place and what it waits for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from trainspec.dag.airflow import OPERATOR, Airflow, own_imports
from trainspec.dag.arguments import Arguments, dag_arguments, operator_arguments, task_arguments
from trainspec.dag.expressions import Import, Names, imports, local_names
from trainspec.diagnostics import Span
from trainspec.language.job import Job
from trainspec.language.spec import Spec
from trainspec.templates import for_airflow


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """One task: the call that makes it, and where the spec says so."""

    task_id: str
    span: Span
    operator: Import
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
    """One DAG file: its tasks and groups of tasks in the order of the spec; `names` are what its imports are called."""

    dag_id: str
    arguments: Arguments
    members: tuple[TaskPlan | GroupPlan, ...]
    names: Names

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
    arguments: Arguments = (("dag_id", dag_id), *dag_arguments(spec.dag, airflow))
    group_of = {task: group for group, tasks in groups.items() for task in tasks}
    tasks = [_plan_task(name, group_of, job, requests[name], spans[name]) for name, job in spec.jobs.items()]
    used = {airflow.dag, *((airflow.group,) if group_of else ()), *(task.operator for task in tasks)}
    for _, value in (*arguments, *(argument for task in tasks for argument in task.arguments)):
        used |= imports(value)
    names = local_names(used, own_imports(airflow))
    return DagPlan(dag_id, arguments, tuple(_grouped(tasks, group_of)), names)


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


def _plan_task(name: str, group_of: Mapping[str, str], job: Job, request: Mapping[str, Any], span: Span) -> TaskPlan:
    group = group_of.get(name)
    region: Arguments = (("region_name", job.region),) if job.region else ()
    doc: Arguments = (("doc_md", job.doc),) if job.doc else ()
    arguments = (
        ("task_id", name if group is None else name.removeprefix(f"{group}.")),
        ("config", _config(request)),
        *region,
        *(operator_arguments(job.operator) if job.operator else ()),
        *task_arguments(job),
        *doc,
    )
    given = job.depends_on or []
    upstream = dict.fromkeys([given] if isinstance(given, str) else given)
    waits_for = tuple(other for other in upstream if group_of.get(other) not in upstream)
    return TaskPlan(name, span, OPERATOR, arguments, waits_for)


def _config(value: Any) -> Any:
    """A request as Airflow must be given it, so that what it renders is what the spec says."""
    if isinstance(value, dict):
        return {key: _config(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_config(below) for below in value]
    return for_airflow(value) if isinstance(value, str) else value
