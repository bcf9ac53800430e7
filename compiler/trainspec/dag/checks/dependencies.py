"""Checks of a DAG's tasks that the schema cannot express: that they exist, and that none waits for itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trainspec.dag.sections import GATE_SUFFIX, places, sections
from trainspec.diagnostics import codes, did_you_mean, the_one
from trainspec.safety.budget import spend
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, SpecData

_FEW = 5
_STEPS_OF_FAULT = 50


def check_dependencies(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """What is wrong with the ids of tasks, and with their dependencies; `groups` has the jobs of each matrix."""
    yield from _same_ids(data, groups)
    yield from _dependencies(data, groups)


def _same_ids(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Tasks of several sections with one id; tasks that are called as a matrix or a gate is."""
    taken: dict[str, Path] = {group: ("jobs", tasks[0]) for group, tasks in groups.items() if tasks}
    for section, tasks in sections(data):
        for name in tasks:
            first = taken.setdefault(name, (section, name))
            if first != (section, name):
                message = f"`{name}` is also defined under `{first[0]}`: task ids must be unique in a DAG"
                yield Fault(codes.CONFLICT, (section, name), message, "rename one", on_key=True, other=first)
            job = name.removesuffix(GATE_SUFFIX)
            if job != name and data.get("jobs", {}).get(job, {}).get("proceed_if"):
                message = f"`{name}` is the id of the gate after the job `{job}`"
                gate: Path = ("jobs", job, "proceed_if")
                yield Fault(codes.CONFLICT, (section, name), message, "rename it", on_key=True, other=gate)


def _dependencies(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    tasks = {name: task for _, section in sections(data) for name, task in section.items()}
    where = places(data)
    known = dict.fromkeys((*groups, *tasks))
    for name, task in tasks.items():
        for index, other in enumerate(upstream(task)):
            if other not in known:
                spend(len(known) // 4 + _STEPS_OF_FAULT)
                path: Path = (*where[name], "depends_on", index)
                message = f"there is no job or task `{other}`"
                others = [each for each in known if each != name]
                few = f"available: {', '.join(f'`{each}`' for each in others)}" if 0 < len(others) <= _FEW else None
                advice = did_you_mean(other, others) or few
                yield Fault(codes.UNKNOWN_JOB, path, message, advice, fix=the_one(other, others))
    waiting = {name: _waits_for(task, tasks, groups) for name, task in tasks.items()}
    written_as = {task: group for group, points in groups.items() for task in points}
    seen = set()
    for circle in _circles({name: set(others) for name, others in waiting.items()}):
        written = [written_as.get(name, name) for name in circle]
        shown = " → ".join((*written, written[0]))
        if shown in seen:
            continue
        seen.add(shown)
        following = circle[1 % len(circle)]
        path = (*where[circle[0]], "depends_on")
        if not isinstance(tasks[circle[0]].get("depends_on"), str):
            path = (*path, waiting[circle[0]][following])
        message = f"these tasks wait for each other: {shown}" if len(circle) > 1 else f"`{written[0]}` waits for itself"
        yield Fault(codes.DEPENDENCY_CYCLE, path, message)


def _waits_for(
    task: "OtherTaskData", tasks: "Mapping[str, OtherTaskData]", groups: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """The tasks that a task waits for, each with its place in `depends_on`."""
    found: dict[str, int] = {}
    for index, other in enumerate(upstream(task)):
        points = groups.get(other, (other,))
        spend(len(points))
        for each in points:
            if each in tasks:
                found.setdefault(each, index)
    return found


def upstream(task: "OtherTaskData") -> list[str]:
    """What a task's data says it waits for."""
    given = task.get("depends_on", [])
    return [given] if isinstance(given, str) else [each for each in given if isinstance(each, str)]


def _circles(waiting: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Groups of tasks that wait for each other, each in order; `waiting` says which waits for which."""
    while waiting := _in_circles(waiting):
        walked = {min(waiting): None}
        following = next(iter(walked))
        while (following := min(waiting[following])) not in walked:
            walked[following] = None
        names = tuple(walked)
        circle = names[names.index(following) :]
        yield circle
        gone = set(circle)
        spend(sum(map(len, waiting.values())) // 10)
        waiting = {name: others - gone for name, others in waiting.items() if name not in gone}


def _in_circles(waiting: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """`waiting` without the tasks that wait for no circle."""
    counts = {name: len(others) for name, others in waiting.items()}
    waited_for: dict[str, list[str]] = {}
    for name, others in waiting.items():
        for other in others:
            waited_for.setdefault(other, []).append(name)
    free = [name for name, count in counts.items() if not count]
    for done in free:
        for name in waited_for.get(done, ()):
            counts[name] -= 1
            if not counts[name]:
                free.append(name)  # the loop continues to it
    left = counts.keys() - free
    return {name: others & left for name, others in waiting.items() if name in left}
