"""Which task of a DAG file waits for which: tasks and groups, the groups taken apart at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from trainspec.importers.values import Group, Task
from trainspec.safety.budget import spend


@dataclass
class Links:
    """Edges between tasks and groups, as they were written."""

    written: list[tuple[Task | Group, Task | Group]] = field(default_factory=list)

    def add(self, before: Task | Group, after: Task | Group) -> None:
        """`before >> after`."""
        spend(1)
        self.written.append((before, after))

    def between_tasks(self) -> Iterator[tuple[Task, Task]]:
        """Every edge between two tasks: a group's last tasks stand before, its first ones after."""
        direct = [(one, two) for one, two in self.written if isinstance(one, Task) and isinstance(two, Task)]
        found = list(direct)
        for before, after in self.written:
            if isinstance(before, Task) and isinstance(after, Task):
                continue
            for one in _last(before, found):
                for two in _first(after, found):
                    spend(1)
                    found.append((one, two))
        yield from dict.fromkeys(found)


def _inside(group: Group) -> list[Task]:
    spend(len(group.members) + 1)
    return [task for each in group.members for task in ([each] if isinstance(each, Task) else _inside(each))]


def _first(of: Task | Group, direct: list[tuple[Task, Task]]) -> list[Task]:
    if isinstance(of, Task):
        return [of]
    inside = _inside(of)
    spend(len(direct))
    waiting = {id(two) for one, two in direct if one in inside}
    return [task for task in inside if id(task) not in waiting]


def _last(of: Task | Group, direct: list[tuple[Task, Task]]) -> list[Task]:
    if isinstance(of, Task):
        return [of]
    inside = _inside(of)
    spend(len(direct))
    before = {id(one) for one, two in direct if two in inside}
    return [task for task in inside if id(task) not in before]
