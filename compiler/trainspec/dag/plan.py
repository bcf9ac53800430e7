"""A spec's data and its requests → the plan of its DAG file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.dag.airflow import OPERATOR, TUNING_OPERATOR, Airflow, own_imports
from trainspec.dag.arguments import Arguments, Given, Setting, dag_arguments, operator_arguments, task_arguments
from trainspec.dag.expressions import imports, local_names, one_line
from trainspec.dag.max_parallel import lanes, lanes_id, latch_arguments
from trainspec.dag.model import DagPlan, GroupPlan, Member, TaskPlan
from trainspec.dag.other_tasks import asked_once, gate_call, other_task_call, to_letter
from trainspec.dag.sections import gate_id, places, sections
from trainspec.dag.task_groups import nested, task_groups
from trainspec.templates.choices import OPERATOR as BEST
from trainspec.text.tree import Path, dotted
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.airflow_api.own import OwnOperators
    from trainspec.language.data import JobData, OtherTaskData, SpecData


def plan_dag(
    data: "SpecData",
    dag_id: str,
    requests: Mapping[str, Mapping[str, Any]],
    spec: str,
    airflow: Airflow,
    groups: Mapping[str, Sequence[str]],
    bounds: Mapping[str, int],
    own: "OwnOperators | None" = None,
) -> DagPlan:
    """The plan of a spec's `data`, which the language's schema has accepted, with the request of each of its jobs.

    `groups` are the jobs of each matrix, `bounds` how many of them may run at once, where the spec says so; `spec` is
    its file's name, `own` the operators of the project itself.
    """
    dag, jobs = data.get("dag") or {}, data.get("jobs") or {}
    setting = Setting(airflow, dag.get("timezone") or "UTC", own)
    arguments: Arguments = (("dag_id", dag_id), *dag_arguments(dag, setting))
    group_of = {task: group for group, tasks in groups.items() for each in tasks for task in (each, gate_id(each))}
    before = _Before(group_of, frozenset(name for name, job in jobs.items() if job.get("proceed_if")))
    where, within = _places(data, spec, group_of), task_groups(data, groups)
    tasks: list[TaskPlan] = []
    for section, members in sections(data):
        for name, given in members.items():
            if section == "approvals":
                given = asked_once(data["approvals"][name], dag.get("default_args") or {})
            if section != "jobs":
                tasks.append(_other_task(section, name, given, where[name], setting, before))
                continue
            tasks.append(_job(name, jobs[name], requests[name], where[name], setting, before))
            if name in before.gated:
                tasks.append(_gate(name, jobs[name], where[gate_id(name)], setting, before))
    tasks = [task._replace(task_group=within.get(task.task_id)) for task in tasks]
    defaults = frozenset(dag.get("default_args") or ())
    for group, bound in bounds.items():
        tasks, group_of = _with_lanes(tasks, group_of, group, groups[group], bound, airflow, defaults)
    used = {airflow.dag, *(task.operator for task in tasks), *((airflow.group,) if groups or within else ())}
    for _, value in (*arguments, *(argument for task in tasks for argument in task.arguments)):
        used |= imports(value)
    names = local_names(used, own_imports(airflow))
    grouped = _grouped(tasks, group_of, {lanes_id(job) for job in bounds})
    return DagPlan(dag_id, arguments, tuple(nested(grouped, spec, airflow)), names)


def _places(data: "SpecData", spec: str, group_of: Mapping[str, str]) -> dict[str, str]:
    """Where each task is written, by its id; a point of a matrix is written where its job is."""
    found = {}
    others = data.get("tasks") or {}
    for task, (section, name, *rest) in places(data).items():
        path: Path = (section, group_of.get(str(name), name), *rest)
        if section == "tasks" and others[task].get("operator") == BEST:
            path = ("jobs", str(others[task].get("depends_on")))  # the matrix; the task itself is not in the spec
        found[task] = f"{one_line(spec)}: {one_line(dotted(path))}"
    return found


class _Before(NamedTuple):
    """What names the tasks that one must wait for: the group of each job of a matrix, and the jobs with a gate."""

    group_of: Mapping[str, str]
    gated: frozenset[str]

    def local(self, task: str) -> str:
        """A task's id within its group."""
        group = self.group_of.get(task)
        return task if group is None else task.removeprefix(f"{group}.")

    def upstream(self, given: str | Sequence[str] | None) -> tuple[str, ...]:
        """The tasks and groups for `depends_on`: behind a job with a gate it is the gate that is waited for."""
        names = dict.fromkeys([given] if isinstance(given, str) else given or ())
        kept = (name for name in names if self.group_of.get(name) not in names)
        return tuple(gate_id(name) if name in self.gated else name for name in kept)


def _with_lanes(
    tasks: Sequence[TaskPlan],
    group_of: Mapping[str, str],
    job: str,
    points: Sequence[str],
    bound: int,
    airflow: Airflow,
    defaults: frozenset[str],
) -> tuple[list[TaskPlan], dict[str, str]]:
    """The tasks with the lanes of a matrix among them, behind its points; and the group of each task."""
    planned = lanes(job, points, bound, frozenset(name for task in tasks for name in task.upstream))
    by_id = {task.task_id: task for task in tasks}
    latches = [
        by_id[each.upstream[0]]._replace(  # keeps its place in the spec, and its group
            task_id=each.task_id,
            operator=airflow.empty,
            arguments=latch_arguments(each, defaults),
            upstream=each.upstream,
        )
        for each in planned.latches
    ]
    found = [
        task._replace(upstream=(*task.upstream, planned.waits_for[task.task_id]))
        if task.task_id in planned.waits_for
        else task
        for task in tasks
    ]
    end = max(index for index, task in enumerate(found) if group_of.get(task.task_id) == job) + 1
    groups = {**group_of, **dict.fromkeys((each.task_id for each in latches), planned.group)}
    return [*found[:end], *latches, *found[end:]], groups


def _grouped(tasks: Iterable[TaskPlan], group_of: Mapping[str, str], apart: Set[str]) -> Iterator[Member]:
    """The tasks in order, those of a group together; what all of them wait for, the group waits for.

    In the groups `apart`, each task has its own dependencies.
    """
    for group, each in groupby(tasks, key=lambda task: group_of.get(task.task_id)):
        members = tuple(each)
        if group is None:
            yield from members
            continue
        first = [task for task in members if not any(group_of.get(name) == group for name in task.upstream)]
        of_all = first[0].upstream if group not in apart else ()
        shared = tuple(name for name in of_all if all(name in task.upstream for task in first))
        rest = (tuple(name for name in task.upstream if name not in shared) for task in members)
        own = tuple(task._replace(upstream=names) for task, names in zip(members, rest, strict=True))
        yield GroupPlan(group, own[0].place, (("group_id", group),), own, shared, own[0].task_group)


_WAIT: Given = {"max_attempts": None}
"""A job whose spec sets no limit on the wait may run as long as `stopping` allows."""


def _job(
    name: str, job: "JobData", request: Mapping[str, Any], place: str, setting: Setting, before: _Before
) -> TaskPlan:
    region: Arguments = (("region_name", job["region"]),) if job.get("region") else ()
    doc: Arguments = (("doc_md", job["doc"]),) if job.get("doc") else ()
    arguments = (
        ("task_id", before.local(name)),
        ("config", to_letter(request)),
        *region,
        *operator_arguments({**_WAIT, **(job.get("operator") or {})}, setting),
        *_on_failure(job),
        *(each for each in task_arguments(job, setting) if each[0] != "outlets" or name not in before.gated),
        *doc,
        ("spec", place),
    )
    operator = OPERATOR if job.get("tuning") is None else TUNING_OPERATOR
    return TaskPlan(name, place, operator, arguments, before.upstream(job.get("depends_on")))


def _on_failure(job: "JobData") -> Arguments:
    """What becomes of the task by the kind of its job's failure: a word, or the seconds before the next try."""
    given = job.get("on_failure") or {}
    wanted = {
        kind: seconds(action["retry_after"]) if isinstance(action, Mapping) else action
        for kind, action in sorted(given.items())
    }
    return (("on_failure", wanted),) if wanted else ()


def _gate(name: str, job: "JobData", place: str, setting: Setting, before: _Before) -> TaskPlan:
    operator, arguments = gate_call(name, job, setting)
    task_id = gate_id(name)
    return TaskPlan(task_id, place, operator, (("task_id", before.local(task_id)), *arguments), (name,))


def _other_task(
    section: str, name: str, task: "OtherTaskData", place: str, setting: Setting, before: _Before
) -> TaskPlan:
    operator, arguments = other_task_call(section, task, place, setting)
    return TaskPlan(name, place, operator, (("task_id", name), *arguments), before.upstream(task.get("depends_on")))
