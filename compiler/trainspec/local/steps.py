"""A spec's tasks as a run from here sees them: what waits for what, and when a task may begin.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#trigger-rules
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from trainspec.dag.sections import sections

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

JOBS: Final = "jobs"


class State(Enum):
    """What became of a task, for those that wait for it."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    UPSTREAM_FAILED = "upstream_failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One task. `section` is its section in the spec; `group` is the matrix that it is a point of."""

    task_id: str
    section: str
    upstream: tuple[str, ...]
    rule: str
    group: str | None = None

    @property
    def is_job(self) -> bool:
        """Whether it is a job, which runs from here. Everything else needs Airflow, and is passed over."""
        return self.section == JOBS


def steps_of(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """The tasks of a spec's data, in its order; `groups` has the points of each matrix by its job's name."""
    default = ((data.get("dag") or {}).get("default_args") or {}).get("trigger_rule") or "all_success"
    group_of = {point: group for group, points in groups.items() for point in points}
    found = []
    for section, tasks in sections(data):
        for name, task in tasks.items():
            given = task.get("depends_on") or ()
            names = [given] if isinstance(given, str) else given
            upstream = dict.fromkeys(each for one in names for each in groups.get(one, (one,)))
            rule = task.get("trigger_rule") or default
            found.append(Step(name, section, tuple(upstream), rule, group_of.get(name)))
    return tuple(found)


def waiting_jobs(steps: Collection[Step], chosen: Collection[str]) -> dict[str, str]:
    """The chosen jobs that wait for another chosen one, by way of whatever tasks, each with that one."""
    by_id = {step.task_id: step for step in steps}
    found = {}
    for name in chosen:
        open_, seen = list(by_id[name].upstream), set()
        while open_:
            each = open_.pop()
            if each in chosen:
                found[name] = each
                break
            if each not in seen:
                seen.add(each)
                open_ += by_id[each].upstream
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the tasks that one waits for have ended."""

    success: int
    failed: int
    skipped: int

    @property
    def all(self) -> int:
        return self.success + self.failed + self.skipped


_RUN, _SKIP, _FAIL = None, State.SKIPPED, State.UPSTREAM_FAILED
_RULES: Final[Mapping[str, Callable[[_Seen], State | None]]] = {
    "all_success": lambda seen: _FAIL if seen.failed else _SKIP if seen.skipped else _RUN,
    "all_failed": lambda seen: _RUN if seen.failed == seen.all else _SKIP,
    "all_done": lambda _: _RUN,
    "all_done_min_one_success": lambda seen: _RUN if seen.success else _FAIL if seen.failed else _SKIP,
    "all_done_setup_success": lambda _: _RUN,
    "one_success": lambda seen: _RUN if seen.success else _FAIL if seen.failed else _SKIP,
    "one_failed": lambda seen: _RUN if seen.failed else _SKIP,
    "one_done": lambda seen: _RUN if seen.success or seen.failed else _SKIP,
    "none_failed": lambda seen: _FAIL if seen.failed else _RUN,
    "none_failed_min_one_success": lambda seen: _FAIL if seen.failed else _RUN if seen.success else _SKIP,
    "none_skipped": lambda seen: _SKIP if seen.skipped else _RUN,
    "all_skipped": lambda seen: _RUN if seen.skipped == seen.all else _SKIP,
    "always": lambda _: _RUN,
}


def instead_of_running(rule: str, upstream: Sequence[State]) -> State | None:
    """The state of a task after its `upstream`, if its trigger rule keeps it from running; else None."""
    if not upstream:
        return None
    skipped = upstream.count(State.SKIPPED)
    success = upstream.count(State.SUCCESS)
    return _RULES[rule](_Seen(success, len(upstream) - success - skipped, skipped))
