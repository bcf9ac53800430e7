"""What the language's schema cannot say of a DAG: that its schedule and dates exist, that no jobs wait in a circle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainspec.dag.times import check_date, check_duration, check_schedule, check_timezone
from trainspec.diagnostics import Code, codes, did_you_mean
from trainspec.text.tree import Path

_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout", "dagrun_timeout")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that Airflow would refuse, at a path of the document."""

    code: Code
    path: Path
    message: str
    advice: str | None = None


def check_dag(data: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """All that Airflow would refuse in the validated `data` of a spec; `groups` holds the jobs of each matrix."""
    dag = data.get("dag", {})
    jobs = data.get("jobs", {})
    yield from _times(dag)
    yield from _dependencies(jobs, groups)


def _times(dag: Mapping[str, Any]) -> Iterator[Fault]:
    checks: tuple[tuple[str, Code, Callable[[str], str | None]], ...] = (
        ("schedule", codes.BAD_SCHEDULE, check_schedule),
        ("start_date", codes.BAD_DATE, check_date),
        ("end_date", codes.BAD_DATE, check_date),
        ("timezone", codes.BAD_DATE, check_timezone),
        ("dagrun_timeout", codes.OUT_OF_RANGE, check_duration),
    )
    for field, code, wrong in checks:
        value = dag.get(field)
        if isinstance(value, str) and (why := wrong(value)):
            yield Fault(code, ("dag", field), f"`dag.{field}`: {why}")
    if dag.get("schedule") == "@continuous" and dag.get("max_active_runs") != 1:
        message = "`dag.schedule`: @continuous takes no more than one run at a time"
        yield Fault(codes.BAD_SCHEDULE, ("dag", "schedule"), message, "add `max_active_runs: 1`")
    scheduled = dag.get("schedule") not in (None, "@once") and not isinstance(dag.get("schedule"), Mapping)
    if scheduled and "start_date" not in dag:
        message = "`dag.start_date` is missing: Airflow starts a schedule at its start date"
        yield Fault(codes.MISSING_KEY, ("dag", "schedule"), message, "add `start_date: 2025-04-01`, say")


def _dependencies(jobs: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    known = (*groups, *jobs)
    for name, job in jobs.items():
        for index, other in enumerate(upstream(job)):
            path: Path = ("jobs", name, "depends_on", index)
            if other not in known:
                yield Fault(codes.UNKNOWN_JOB, path, f"there is no job `{other}`", did_you_mean(other, known))
    waiting = {name: _waits_for(job, jobs, groups) for name, job in jobs.items()}
    told = set()
    for circle in _circles({name: set(others) for name, others in waiting.items()}):
        written = [_written(name, groups) for name in circle]
        shown = " → ".join((*written, written[0]))
        if shown in told:
            continue
        told.add(shown)
        following = circle[1 % len(circle)]
        path = ("jobs", circle[0], "depends_on")
        if not isinstance(jobs[circle[0]].get("depends_on"), str):
            path = (*path, waiting[circle[0]][following])
        message = f"these jobs wait for each other: {shown}" if len(circle) > 1 else f"`{written[0]}` waits for itself"
        yield Fault(codes.DEPENDENCY_CYCLE, path, message)


def _waits_for(job: Mapping[str, Any], jobs: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The tasks that a job waits for, each with its place in `depends_on`."""
    found: dict[str, int] = {}
    for index, other in enumerate(upstream(job)):
        for task in groups.get(other, (other,)):
            if task in jobs:
                found.setdefault(task, index)
    return found


def _written(task: str, groups: Mapping[str, Sequence[str]]) -> str:
    """The name by which the spec calls a task: a point of a matrix goes by its job's name."""
    return next((group for group, tasks in groups.items() if task in tasks), task)


def upstream(job: Mapping[str, Any]) -> list[str]:
    """The jobs that a job's data waits for."""
    given = job.get("depends_on", [])
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
