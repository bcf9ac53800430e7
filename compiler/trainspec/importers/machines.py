"""State machines and pipelines around requests: which job waits for which, and what a spec does not carry over.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

State = Mapping[str, Any]
_STEP: Final = re.compile(r'"Steps\.([\w-]+)\.')
"""How a step of a pipeline reads what another step returns."""
_WITHOUT_WORK: Final = ("Pass", "Succeed", "Fail", "Parallel")
"""Types of states that run nothing themselves: the states in the branches of a Parallel are reported separately."""
_MOST_EDGES: Final = 10_000
"""Limit on the dependencies of a file's jobs: two Parallel states of a hundred jobs each have as many."""
_MOST_WALKED: Final = 1000
"""Limit on the dependencies of steps that are followed to find the jobs that a step waits for."""
_OF_STATE: Final = {
    "Retry": "retries",
    "TimeoutSeconds": "execution_timeout",
    "Catch": "another task with a trigger_rule",
}


@dataclass
class _Machine:
    states: Mapping[str, Any]
    noun: str = "state"
    around: "tuple[_Machine, str] | None" = None
    """The machine that contains this machine, and the state that it is in."""
    jobs: dict[str, list[str]] = field(default_factory=dict)
    """The task ids of the jobs in each state that has any."""
    unordered: list[str] = field(default_factory=list)
    """The states whose jobs do not wait for those before them, because that would be too many dependencies."""


@dataclass
class Machines:
    """The state machines and pipelines of a file, while it is read."""

    _all: list[_Machine] = field(default_factory=list)
    _open: list[tuple[_Machine, str]] = field(default_factory=list)

    def states(self, states: Mapping[str, Any], noun: str = "state") -> Iterator[tuple[str, Any]]:
        """The states of a machine, one after the other: jobs that are found meanwhile belong to the last one."""
        around = self._open[-1] if self._open else None
        made = _Machine({str(name): state for name, state in states.items()}, noun, around)
        self._all.append(made)
        for name, state in made.states.items():
            self._open.append((made, name))
            yield name, state
            self._open.pop()

    @property
    def is_inside(self) -> bool:
        """Whether the states of a machine are being read."""
        return bool(self._open)

    def add_job(self, task_id: str) -> None:
        """Add a job to the states that are being read."""
        for machine, state in self._open:
            machine.jobs.setdefault(state, []).append(task_id)

    def upstream(self) -> dict[str, list[str]]:
        """The jobs that each job waits for: those of the states before it, unless there are too many."""
        found: dict[str, list[str]] = {}
        left = _MOST_EDGES
        for machine in self._all:
            for name, states in _before(machine).items():
                before = [job for state in states for job in machine.jobs[state]]
                edges = len(before) * len(machine.jobs[name])
                if edges > left:
                    machine.unordered.append(name)
                    continue
                left -= edges
                for job in machine.jobs[name]:
                    found.setdefault(job, []).extend(before)
        return found

    def notes(self) -> list[str]:
        """What is not carried over; call `upstream` first."""
        return [note for machine in self._all if _is_reported(machine) for note in _notes(machine)]


def depends_on(task_ids: Collection[str]) -> Any:
    """The field of a task that waits for others."""
    several = list(dict.fromkeys(task_ids))
    return {"depends_on": several if len(several) > 1 else several[0]} if several else {}


def steps_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The steps of a pipeline's definition by their names; None for anything else."""
    steps = data.get("Steps")
    if not isinstance(steps, list) or not all(isinstance(each, Mapping) and "Name" in each for each in steps):
        return None
    return {str(each["Name"]): each for each in steps}


def _before(machine: _Machine) -> dict[str, list[str]]:
    """For each state with jobs those before it: only `Next` leads from one state to another, or a step names it."""
    if machine.noun == "step":
        return _steps_before(machine)
    found: dict[str, list[str]] = {}
    for name, after in _next_with_jobs(machine):
        found.setdefault(after, []).append(name)
    return found


def _steps_before(machine: _Machine) -> dict[str, list[str]]:
    """For each step with jobs, those that it depends on, directly or through steps without jobs."""
    named = {name: _named(machine, name) for name in machine.states}
    found = {name: _nearest(machine, name, named) for name in machine.jobs}
    machine.unordered += [name for name, before in found.items() if before is None]
    return {name: before for name, before in found.items() if before is not None}


def _named(machine: _Machine, name: str) -> list[str]:
    """The steps that a step names or reads."""
    step = machine.states[name]
    depends, read = step.get("DependsOn"), _STEP.findall(json.dumps(step.get("Arguments"), default=str))
    named = map(str, (*(depends if isinstance(depends, list) else ()), *read))
    return [each for each in dict.fromkeys(named) if each in machine.states]


def _nearest(machine: _Machine, name: str, named: Mapping[str, list[str]]) -> list[str] | None:
    """The steps with jobs that a step depends on; None if there is too much to follow."""
    found, waiting, seen, walked = list[str](), [name], {name}, 0
    while waiting:
        below = named[waiting.pop()]
        walked += len(below)
        if walked > _MOST_WALKED:
            return None
        for each in below:
            if each not in seen:
                seen.add(each)
                (found if each in machine.jobs else waiting).append(each)
    return found


def _next_with_jobs(machine: _Machine) -> Iterator[tuple[str, str]]:
    """Each state with jobs, and the next one. Where a state without jobs leads to is remembered."""
    known: dict[str, str | None] = {}
    for name in machine.jobs:
        walked: list[str] = []
        after = _next(machine, name)
        while after is not None and after not in known and after not in machine.jobs:
            known[after] = None  # so that a cycle of states ends
            walked.append(after)
            after = _next(machine, after)
        if after is not None and after not in machine.jobs:
            after = known[after]
        known |= dict.fromkeys(walked, after)
        if after is not None and after != name:
            yield name, after


def _next(machine: _Machine, name: str) -> str | None:
    state = machine.states[name]
    after = state.get("Next") if isinstance(state, Mapping) and _kind(state) != "Choice" else None
    return after if isinstance(after, str) and after in machine.states else None


def _kind(state: Any) -> str:
    return str(state.get("Type", "")) if isinstance(state, Mapping) else ""


def _is_reported(machine: _Machine) -> bool:
    """Whether a machine's states are reported: it has jobs, or it is a branch next to jobs."""
    if machine.around is None:
        return bool(machine.jobs)
    outer, name = machine.around
    return (name in outer.jobs or _kind(outer.states[name]) == "Parallel") and _is_reported(outer)


def _notes(machine: _Machine) -> Iterator[str]:
    for name, state in machine.states.items():
        if not isinstance(state, Mapping):
            continue
        kind = _kind(state)
        if kind == "Map" and machine.jobs.get(name):
            jobs = ", ".join(f"`{each}`" for each in machine.jobs[name])
            yield f"the state `{name}` runs {jobs} once for each item; the spec runs it once"
        elif not machine.jobs.get(name) and kind not in _WITHOUT_WORK:
            resource = str(state.get("Resource") or kind).rpartition(":::")[2]
            yield f"the {machine.noun} `{name}` ({resource[:100]}) is not carried over"
        for member in _OF_STATE:
            if machine.jobs.get(name) and member in state:
                yield f"`{member}` of the state `{name}` is not carried over; a spec has `{_OF_STATE[member]}`"
    for name in machine.unordered:
        yield f"the order of the {machine.noun} `{name}` is not carried over: there are too many dependencies"
