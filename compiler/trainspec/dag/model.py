"""The plan of a DAG file, as data: every argument as an expression, every task with its place and what it waits for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from trainspec.dag.arguments import Arguments
from trainspec.dag.expressions import Import, Names


class TaskPlan(NamedTuple):
    """One task: the call that creates it, and its place in the spec: `specs/churn.yaml: jobs.train`.

    `task_group` is the path of the group that it is in, `models.risk`, as the spec says it.
    """

    task_id: str
    place: str
    operator: Import
    arguments: Arguments
    upstream: tuple[str, ...]
    task_group: str | None = None


class GroupPlan(NamedTuple):
    """A task group: the points of a matrix, or what the spec puts in one.

    `upstream` is what all of its tasks wait for, `task_group` the path of the group that a matrix is in.
    """

    group_id: str
    place: str
    arguments: Arguments
    members: tuple["Member", ...]
    upstream: tuple[str, ...] = ()
    task_group: str | None = None

    @property
    def tasks(self) -> tuple[TaskPlan, ...]:
        """The tasks in it, those of the groups inside it among them."""
        return tasks_in(self.members)


Member: TypeAlias = TaskPlan | GroupPlan


class DagPlan(NamedTuple):
    """One DAG file: its tasks and groups of tasks in the order of the spec; `names` are what its imports are called."""

    dag_id: str
    arguments: Arguments
    members: tuple[Member, ...]
    names: Names

    @property
    def tasks(self) -> tuple[TaskPlan, ...]:
        """All tasks, those of the groups among them."""
        return tasks_in(self.members)


def tasks_in(members: Sequence[Member]) -> tuple[TaskPlan, ...]:
    """The tasks among `members`, and those in the groups among them."""
    return tuple(each for each in walk(members) if isinstance(each, TaskPlan))


def walk(members: Sequence[Member]) -> Iterator[Member]:
    """All tasks and groups: first `members` themselves, then the content of the groups among them, recursively."""
    while members:
        yield from members
        members = [below for each in members if isinstance(each, GroupPlan) for below in each.members]
