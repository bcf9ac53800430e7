"""Which task of a DAG file waits for which: a group's edge is one of its tasks as they are when it is written."""

from dataclasses import dataclass, field

from trainspec.importers.values import Group, Task
from trainspec.safety.budget import spend
from trainspec.text.parse import MAX_NODES

MOST_EDGES = MAX_NODES // 2
"""Limit of the edges of a file: a spec writes each as a value, and also limits those."""
TOO_MANY_EDGES = f"with it, the file has more than {MOST_EDGES:,} edges between tasks, too many for a spec"


@dataclass
class Links:
    """Edges between tasks. A group stands for its last tasks before an edge, and for its first tasks after it."""

    _pairs: dict[tuple[int, int], tuple[Task, Task]] = field(default_factory=dict)
    _before: dict[int, set[int]] = field(default_factory=dict)
    _after: dict[int, set[int]] = field(default_factory=dict)

    def add(self, before: Task | Group, after: Task | Group) -> bool:
        """`before >> after`; returns False if that would be too many edges."""
        ends, starts = _ends(before, self._after), _ends(after, self._before)
        if len(self._pairs) + len(ends) * len(starts) > MOST_EDGES:
            return False
        for one in ends:
            for two in starts:
                spend(1)
                self._pairs.setdefault((id(one), id(two)), (one, two))
                self._after.setdefault(id(one), set()).add(id(two))
                self._before.setdefault(id(two), set()).add(id(one))
        return True

    def between_tasks(self) -> list[tuple[Task, Task]]:
        """Every edge, once."""
        return list(self._pairs.values())


def _inside(group: Group) -> list[Task]:
    spend(len(group.members) + 1)
    return [task for each in group.members for task in ([each] if isinstance(each, Task) else _inside(each))]


def _ends(of: Task | Group, beyond: dict[int, set[int]]) -> list[Task]:
    """The task, or the tasks of a group that no edge inside the group connects with one in `beyond`."""
    if isinstance(of, Task):
        return [of]
    inside = _inside(of)
    ids = {id(task) for task in inside}
    return [task for task in inside if beyond.get(id(task), set()).isdisjoint(ids)]
