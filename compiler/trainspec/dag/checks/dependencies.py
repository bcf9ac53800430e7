"""What the language's schema cannot say of a DAG's tasks: that they exist, and that none waits for itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainspec.dag.sections import GATE_SUFFIX, places, sections
from trainspec.diagnostics import codes, did_you_mean, the_one
from trainspec.text.fault import Fault
from trainspec.text.tree import Path


def check_dependencies(data: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """What is wrong with the ids of tasks, and with what they wait for; `groups` holds the jobs of each matrix."""
    yield from _same_ids(data, groups)
    yield from _dependencies(data, groups)


def _same_ids(data: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Tasks of several sections with one id; tasks that are called as a matrix or a gate is."""
    taken: dict[str, Path] = {group: ("jobs", tasks[0]) for group, tasks in groups.items() if tasks}
    for section, tasks in sections(data):
        for name in tasks:
            first = taken.setdefault(name, (section, name))
            if first != (section, name):
                message = f"`{name}` stands under `{first[0]}`, too: the ids of a DAG's tasks must differ"
                yield Fault(codes.CONFLICT, (section, name), message, "rename one", on_key=True, other=first)
            job = name.removesuffix(GATE_SUFFIX)
            if job != name and data.get("jobs", {}).get(job, {}).get("proceed_if"):
                message = f"`{name}` is the id of the gate behind the job `{job}`"
                gate: Path = ("jobs", job, "proceed_if")
                yield Fault(codes.CONFLICT, (section, name), message, "rename it", on_key=True, other=gate)


def _dependencies(data: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    tasks = {name: task for _, section in sections(data) for name, task in section.items()}
    where = places(data)
    known = (*groups, *tasks)
    for name, task in tasks.items():
        for index, other in enumerate(upstream(task)):
            if other not in known:
                path: Path = (*where[name], "depends_on", index)
                message = f"there is no job or task `{other}`"
                others = [each for each in known if each != name]
                advice = did_you_mean(other, others)
                yield Fault(codes.UNKNOWN_JOB, path, message, advice, fix=the_one(other, others))
    waiting = {name: _waits_for(task, tasks, groups) for name, task in tasks.items()}
    told = set()
    for circle in _circles({name: set(others) for name, others in waiting.items()}):
        written = [_written(name, groups) for name in circle]
        shown = " → ".join((*written, written[0]))
        if shown in told:
            continue
        told.add(shown)
        following = circle[1 % len(circle)]
        path = (*where[circle[0]], "depends_on")
        if not isinstance(tasks[circle[0]].get("depends_on"), str):
            path = (*path, waiting[circle[0]][following])
        message = f"these tasks wait for each other: {shown}" if len(circle) > 1 else f"`{written[0]}` waits for itself"
        yield Fault(codes.DEPENDENCY_CYCLE, path, message)


def _waits_for(
    task: Mapping[str, Any], tasks: Mapping[str, Any], groups: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """The tasks that a task waits for, each with its place in `depends_on`."""
    found: dict[str, int] = {}
    for index, other in enumerate(upstream(task)):
        for each in groups.get(other, (other,)):
            if each in tasks:
                found.setdefault(each, index)
    return found


def _written(task: str, groups: Mapping[str, Sequence[str]]) -> str:
    """The name by which the spec calls a task: a point of a matrix goes by its job's name."""
    return next((group for group, tasks in groups.items() if task in tasks), task)


def upstream(task: Mapping[str, Any]) -> list[str]:
    """What a task's data says it waits for."""
    given = task.get("depends_on", [])
    return [given] if isinstance(given, str) else [each for each in given if isinstance(each, str)]


def _circles(waiting: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Groups of tasks that wait for each other, each in order; `waiting` says which waits for which."""
    while True:
        while free := {name for name, others in waiting.items() if not others}:
            waiting = {name: others - free for name, others in waiting.items() if name not in free}
        if not waiting:
            return
        walked = [min(waiting)]
        while (following := min(waiting[walked[-1]])) not in walked:
            walked.append(following)
        circle = tuple(walked[walked.index(following) :])
        yield circle
        waiting = {name: others - set(circle) for name, others in waiting.items() if name not in circle}
