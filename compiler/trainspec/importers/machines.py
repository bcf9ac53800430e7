"""State machines and pipelines around requests: which job waits for which, and which states a spec does not have.

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
"""How a pipeline's step reads what another one returns."""
_EMPTY: Final = ("Pass", "Succeed", "Fail", "Parallel")
"""Types of states whose loss nobody notices: what is in a Parallel is seen on its own."""
_OF_STATE: Final = {
    "Retry": "retries",
    "TimeoutSeconds": "execution_timeout",
    "Catch": "another task with a trigger_rule",
}


@dataclass
class _Machine:
    states: Mapping[str, Any]
    noun: str = "state"
    jobs: dict[str, list[str]] = field(default_factory=dict)
    """The task ids of the jobs in each state."""


@dataclass
class Machines:
    """The state machines and pipelines of a file, as it is read."""

    _all: list[_Machine] = field(default_factory=list)
    _open: list[tuple[_Machine, str]] = field(default_factory=list)

    def states(self, states: Mapping[str, Any], noun: str = "state") -> Iterator[tuple[str, Any]]:
        """The states of a machine, one after the other: jobs that are found meanwhile are in the last one."""
        made = _Machine(states, noun)
        self._all.append(made)
        for name, state in states.items():
            self._open.append((made, str(name)))
            yield str(name), state
            self._open.pop()

    @property
    def is_inside(self) -> bool:
        """Whether the states of a machine are being read."""
        return bool(self._open)

    def holds(self, task_id: str) -> None:
        """Note that the states that are being read hold a job."""
        for machine, state in self._open:
            machine.jobs.setdefault(state, []).append(task_id)

    def upstream(self) -> dict[str, list[str]]:
        """The jobs that each job waits for: those of the states before it."""
        found: dict[str, list[str]] = {}
        for machine in self._all:
            for name, before in _edges(machine):
                for each in machine.jobs[name]:
                    found.setdefault(each, []).extend(machine.jobs[before])
        return found

    def notes(self) -> list[str]:
        """What of the machines no spec holds."""
        return [note for machine in self._all if any(machine.jobs.values()) for note in _notes(machine)]


def depends_on(task_ids: Collection[str]) -> Any:
    """The field of a task that waits for others."""
    several = list(dict.fromkeys(task_ids))
    return {"depends_on": several if len(several) > 1 else several[0]} if several else {}


def steps_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The steps of a pipeline's definition by their names; None for all else."""
    steps = data.get("Steps")
    if not isinstance(steps, list) or not all(isinstance(each, Mapping) and "Name" in each for each in steps):
        return None
    return {str(each["Name"]): each for each in steps}


def _edges(machine: _Machine) -> Iterator[tuple[str, str]]:
    """Each state with jobs, and one before it: `Next` alone leads from the one to the other, or a step names it."""
    for name in machine.jobs:
        if machine.noun == "step":
            yield from ((name, before) for before in _steps_before(machine, name))
        elif (after := _next_with_job(machine, name)) is not None:
            yield after, name


def _steps_before(machine: _Machine, name: str) -> Iterator[str]:
    """The steps with jobs that a step depends on, through any steps without."""
    waiting, seen = [name], {name}
    while waiting:
        step = machine.states[waiting.pop()]
        named = step.get("DependsOn") or ()
        read = _STEP.findall(json.dumps(step.get("Arguments"), default=str))
        for each in dict.fromkeys(map(str, (*named, *read))):
            if each in machine.states and each not in seen:
                seen.add(each)
                if machine.jobs.get(each):
                    yield each
                else:
                    waiting.append(each)


def _next_with_job(machine: _Machine, name: str) -> str | None:
    seen = {name}
    while True:
        state = machine.states.get(name)
        name = str(state.get("Next")) if isinstance(state, Mapping) and state.get("Type") != "Choice" else ""
        if name in seen or name not in machine.states:
            return None
        seen.add(name)
        if machine.jobs.get(name):
            return name


def _notes(machine: _Machine) -> Iterator[str]:
    for name, state in machine.states.items():
        if not isinstance(state, Mapping):
            continue
        kind = str(state.get("Type", ""))
        if kind == "Map" and machine.jobs.get(name):
            jobs = ", ".join(f"`{each}`" for each in machine.jobs[name])
            yield f"the state `{name}` runs {jobs} once for each item; the spec runs it once"
        elif not machine.jobs.get(name) and kind not in _EMPTY:
            resource = str(state.get("Resource") or kind).rpartition(":::")[2]
            yield f"the {machine.noun} `{name}` ({resource[:100]}) is not carried over"
        for member in _OF_STATE:
            if machine.jobs.get(name) and member in state:
                yield f"`{member}` of the state `{name}` is not carried over; a spec has `{_OF_STATE[member]}`"
