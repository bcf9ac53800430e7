"""Ids of task groups that Airflow rejects because tasks or other groups have them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trainspec.dag.max_parallel import lanes_id
from trainspec.dag.sections import places, sections
from trainspec.dag.task_groups import group_id, with_parents
from trainspec.diagnostics import codes
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_OF_AIRFLOW = ("upstream_join_id", "downstream_join_id")
"""What Airflow appends to the id of a group, for the points in which its edges meet."""


def check_task_groups(
    data: "SpecData", groups: Mapping[str, Sequence[str]], bounds: Mapping[str, int]
) -> Iterator[Fault]:
    """Check the groups of a spec. `groups` has the jobs of each matrix, `bounds` how many of them may run at once."""
    yield from _of_matrices(data, groups)
    tasks = places(data)
    added = _added(groups, bounds)
    taken = {**{name: ("a task", where) for name, where in tasks.items()}, **added}
    for name, (what, where) in added.items():
        for suffix in _OF_AIRFLOW:
            if (reserved := f"{name}.{suffix}") in tasks:
                message = f"`{reserved}` is an id that Airflow makes for " + _as_group(name, what)
                yield Fault(codes.BAD_TASK_GROUP, tasks[reserved], message, "rename it", on_key=True, other=where)
    paths: dict[str, str] = {}
    for path, where in _written(data).items():
        name = group_id(path)
        other = paths.setdefault(name, path)
        if other != path:
            message = f"the task groups `{other}` and `{path}` have the same id in Airflow, `{name}`"
            yield Fault(codes.BAD_TASK_GROUP, where, message, "rename one")
            continue
        if name in taken:
            called = f"the task group `{path}`" + (f", in Airflow `{name}`," if name != path else "")
            what, other_place = taken[name]
            message = f"{called} has the id of {what}: ids of tasks and groups must be unique in a DAG"
            yield Fault(codes.BAD_TASK_GROUP, where, message, "rename one", other=other_place)
        for suffix in _OF_AIRFLOW:
            if (reserved := f"{name}.{suffix}") in taken:
                message = f"`{reserved}` is an id that Airflow makes for the task group `{path}`"
                yield Fault(codes.BAD_TASK_GROUP, where, message, "rename the task", other=taken[reserved][1])


def _added(groups: Mapping[str, Sequence[str]], bounds: Mapping[str, int]) -> dict[str, tuple[str, Path]]:
    """The groups that matrices add, by their ids: what each is, and where its job is written."""
    found: dict[str, tuple[str, Path]] = {}
    for job, points in groups.items():
        found[job] = ("a matrix", ("jobs", *points[:1]))
        if bounds.get(job, len(points)) < len(points):
            found[lanes_id(job)] = (f"the task group that `max_parallel` of `{job}` adds", ("jobs", *points[:1]))
    return found


def _as_group(name: str, what: str) -> str:
    return f"the task group of the matrix `{name}`" if what == "a matrix" else what


def _written(data: "SpecData") -> dict[str, Path]:
    """Where each group is named first, by its path; the groups that contain it are named with it."""
    found: dict[str, Path] = {}
    for section, tasks in sections(data):
        for name, task in tasks.items():
            for path in with_parents(task["task_group"]) if "task_group" in task else ():
                found.setdefault(path, (section, name, "task_group"))
    return found


def _of_matrices(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Points of a matrix in several groups: all are in the group of the matrix, which can be in one."""
    for job, points in groups.items():
        within = {point: data.get("jobs", {}).get(point, {}).get("task_group") for point in points}
        for point, path in within.items():
            if path != (first := within[points[0]]):
                message = f"the points of `{job}` are one task group, which cannot be in both `{first}` and `{path}`"
                advice = "set one `task_group` for all points"
                yield Fault(codes.BAD_TASK_GROUP, ("jobs", point, "task_group"), message, advice)
                break
