"""`max_parallel` of a matrix: at most that many points at once, in lanes.

Airflow limits the tasks of a pool, of a DAG and the mapped copies of one task, but not those of a group. So with a
bound of N, point i waits until point i-N is over. It waits by way of a latch: an empty task that succeeds whatever
became of its point, so that one failure does not end a lane, while the point's own trigger rule still sees what it is
about. Latches are in a group beside that of the points, so that what waits for the points waits for all of them.

Airflow judges a run by its last tasks. A point that nothing but its latch waits for is no longer one of these, so one
more empty task waits for such points and fails with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.dag.arguments import Arguments
from trainspec.dag.sections import sections
from trainspec.diagnostics import codes
from trainspec.text.fault import Fault

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_SUFFIX = "-lanes"
_WITNESS = "all"
_TAKEN_BACK: Mapping[str, Any] = {
    "depends_on_past": False,
    "inlets": [],
    "on_execute_callback": None,
    "on_failure_callback": None,
    "on_retry_callback": None,
    "on_skipped_callback": None,
    "on_success_callback": None,
    "outlets": [],
    "trigger_rule": None,
    "wait_for_downstream": False,
}
"""Default arguments that are about jobs: a latch updates no assets and has no callbacks."""

_STILL_RIGHT = ("all_success", "all_done", "all_done_setup_success", "none_failed", "none_skipped")
"""The trigger rules for which another task that always succeeds makes no difference except the wait."""


class Latch(NamedTuple):
    """An empty task: its id in full and within its group, the tasks that it waits for, and with which rule."""

    task_id: str
    local_id: str
    upstream: tuple[str, ...]
    rule: str


class Lanes(NamedTuple):
    """The latches of a matrix, and the one that each point waits for, by the point."""

    group: str
    latches: tuple[Latch, ...]
    waits_for: Mapping[str, str]


def lanes_id(job: str) -> str:
    """The id of the group of latches next to the points of a job."""
    return f"{job}{_SUFFIX}"


def lanes(job: str, points: Sequence[str], bound: int, waited_for: frozenset[str]) -> Lanes:
    """The lanes of a matrix; no latches if there is no limit.

    `waited_for` are the tasks and groups that others wait for; `points` are the tasks' ids in full: `train.lr-0.1`.
    """
    group = lanes_id(job)
    first = points[: max(0, len(points) - bound)]
    latches = [_latch(group, point.removeprefix(f"{job}."), (point,), "all_done") for point in first]
    waits_for = dict(zip(points[bound:], (latch.task_id for latch in latches), strict=True))
    unseen = tuple(point for point in first if point not in waited_for and job not in waited_for)
    if unseen:
        latches.append(_latch(group, _WITNESS, unseen, "none_failed"))
    return Lanes(group, tuple(latches), waits_for)


def _latch(group: str, local_id: str, upstream: tuple[str, ...], rule: str) -> Latch:
    return Latch(f"{group}.{local_id}", local_id, upstream, rule)


def latch_arguments(latch: Latch, defaults: frozenset[str]) -> Arguments:
    """The arguments of a latch's task; `defaults` are the names of the DAG's default arguments."""
    taken_back = {name: value for name, value in _TAKEN_BACK.items() if name in defaults}
    return (("task_id", latch.local_id), *{**taken_back, "trigger_rule": latch.rule}.items())


def check_lanes(data: "SpecData", groups: Mapping[str, Sequence[str]], bounds: Mapping[str, int]) -> Iterator[Fault]:
    """What cannot be combined with `max_parallel`; `bounds` has it by job."""
    dag = data.get("dag") or {}
    for job, bound in bounds.items():
        points = groups.get(job, ())
        if bound >= len(points):
            continue
        if dag.get("fail_fast"):
            message = f"`fail_fast` cannot be combined with `max_parallel` of `{job}`"
            message += ", which adds tasks with other trigger rules"
            yield Fault(codes.CONFLICT, ("dag", "fail_fast"), message, "remove one of the two")
        for point in points:
            fields = data.get("jobs", {}).get(point) or {}
            default = (dag.get("default_args") or {}).get("trigger_rule")
            rule = fields.get("trigger_rule", default)
            if rule is not None and rule not in _STILL_RIGHT:
                where = ("jobs", point) if "trigger_rule" in fields else ("dag", "default_args")
                message = (
                    f"`{rule}` cannot be combined with `max_parallel`: it would also apply to the task "
                    "that a point waits for"
                )
                yield Fault(codes.CONFLICT, (*where, "trigger_rule"), message, "remove one of the two")
                break
        for section, tasks in sections(data):
            if lanes_id(job) in tasks or lanes_id(job) in groups:
                message = f"`{lanes_id(job)}` is the task group that `max_parallel` of `{job}` adds"
                yield Fault(codes.CONFLICT, (section, lanes_id(job)), message, "rename it", on_key=True)
                break
