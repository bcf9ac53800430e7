"""Templates that read what no run or task provides: missing or later results, dates that a run lacks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from trainspec.airflow_api.table import absent
from trainspec.dag.checks.dependencies import upstream
from trainspec.dag.sections import GATE_SUFFIX, sections
from trainspec.diagnostics import codes, did_you_mean
from trainspec.templates import has_template
from trainspec.templates.reads import Pull, Reads, reads
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, SpecData

INSTEAD: Final[Mapping[str, str]] = {
    "ds": "dag_run.run_after | ds",
    "ds_nodash": "dag_run.run_after | ds_nodash",
    "ts": "dag_run.run_after | ts",
    "ts_nodash": "dag_run.run_after | ts_nodash",
    "ts_nodash_with_tz": "dag_run.run_after | ts_nodash_with_tz",
    "logical_date": "dag_run.run_after",
    "data_interval_start": "dag_run.run_after",
    "data_interval_end": "dag_run.run_after",
}
"""Names that are undefined in a run without a logical date, and what to use instead."""

_PUSHED: Final = ("return_value", "model", "arn", "output", "billable_seconds", "metrics", "best")
"""The XCom keys of a training job's results."""
_RUN_AFTER: Final = "dag_run.run_after"
_PARTITION_KEY: Final = "dag_run.partition_key"
_NOT_RENDERED: Final = frozenset(("depends_on", "doc", "operator", "retries", "tags", "vars"))


def check_reads(data: "SpecData", groups: Mapping[str, Sequence[str]], minor: str) -> Iterator[Fault]:
    """The findings about all templates of the validated `data` of a spec; `groups` are the tasks of each matrix."""
    tasks = {name: task for _, each in sections(data) for name, task in each.items()}
    before = _before(tasks, groups)
    dag = data.get("dag") or {}
    schedule = dag.get("schedule", ...)
    noted = False
    for section, each in sections(data):
        for name, task in each.items():
            for path, text in _texts(task, (section, name)):
                found = reads(text)
                yield from _pulled(found, path, name, tasks, groups, before)
                if minor.startswith("2."):
                    yield from _run_after(found, path, minor)
                    continue
                yield from _partition_key(found, path, minor)
                faults = list(_dates(found, path, schedule, bool(dag.get("partitions"))))
                yield from faults[: 0 if noted and schedule is None else None]
                noted |= bool(faults)


# ------------------------------------------------------------------ dates


def _dates(found: Reads, path: Path, schedule: Any, is_partitioned: bool) -> Iterator[Fault]:
    missing = [name for name in INSTEAD if name in found.names]
    if not missing:
        return
    name = missing[0]
    advice = f"write `{{{{ {INSTEAD[name]} }}}}`, which every run has"
    if is_partitioned:
        message = f"`{name}` is undefined in runs for a partition: they have no logical date, and the task fails"
        yield Fault(codes.NO_LOGICAL_DATE, path, message, f"{advice}, or `{{{{ dag_run.partition_key }}}}`")
    elif isinstance(schedule, Mapping):
        if schedule.get("time") is None:
            message = f"`{name}` is undefined in runs that assets start: they have no logical date, and the task fails"
            yield Fault(codes.NO_LOGICAL_DATE, path, message, advice)
        else:
            message = f"`{name}` is undefined in the runs that assets start: they have no logical date"
            yield Fault(codes.SOME_LOGICAL_DATE, path, message, advice)
    elif schedule is None:
        message = f"`{name}` is undefined in a run that is triggered without a logical date, as the API allows"
        yield Fault(codes.MAYBE_LOGICAL_DATE, path, message, f"if your runs are triggered that way, {advice}")


def _run_after(found: Reads, path: Path, minor: str) -> Iterator[Fault]:
    if _RUN_AFTER in found.attributes:
        message = f"Airflow {minor} has no `{_RUN_AFTER}`: it is new in Airflow 3.0"
        yield Fault(codes.NOT_IN_AIRFLOW, path, message, "write `{{ data_interval_end }}` or `{{ logical_date }}`")


def _partition_key(found: Reads, path: Path, minor: str) -> Iterator[Fault]:
    if _PARTITION_KEY in found.attributes and (why := absent("sdk", "PartitionedAssetTimetable", minor)):
        yield Fault(codes.NOT_IN_AIRFLOW, path, f"Airflow {minor} has no `{_PARTITION_KEY}`: {why}")


# ------------------------------------------------------------------ results of other tasks


def _pulled(
    found: Reads,
    path: Path,
    reader: str,
    tasks: "Mapping[str, OtherTaskData]",
    groups: Mapping[str, Sequence[str]],
    before: Callable[[str], frozenset[str]],
) -> Iterator[Fault]:
    for pull in found.pulls:
        for task in pull.tasks:
            name = task.removesuffix(GATE_SUFFIX)
            if name in before(reader) and reader in before(name):
                continue  # a cycle, which is reported separately
            if task in groups:
                message = f"`{task}` is a matrix, so only its tasks have results: {_some(groups[task])}"
                yield from [Fault(codes.NO_SUCH_RESULT, path, message)] * bool(groups[task])
            elif name not in tasks:
                message = f"there is no task `{task}`: its result would be rendered as `None`"
                yield Fault(codes.NO_SUCH_RESULT, path, message, did_you_mean(task, tasks))
            elif task == reader or reader in before(name):
                message = f"`{task}` does not run before `{reader}`: its result would be rendered as `None`"
                yield Fault(codes.NO_SUCH_RESULT, path, message)
            elif name not in before(reader) and before(reader) <= tasks.keys():
                message = (
                    f"`{reader}` reads the result of `{task}` but does not wait for it, so the result may be `None`"
                )
                yield Fault(codes.RESULT_IN_DOUBT, path, message, f"add `{task}` to `depends_on` of `{reader}`")
            elif name in before(reader):
                yield from _kept(pull, task, tasks[name], path)


def _kept(pull: Pull, name: str, task: "OtherTaskData", path: Path) -> Iterator[Fault]:
    """Whether a task that ran earlier provides what is read."""
    if task.get("do_xcom_push") is False and pull.key == "return_value":
        message = f"`{name}` keeps no results (`do_xcom_push: false`): they would be rendered as `None`"
        yield Fault(codes.NO_SUCH_RESULT, path, message, "remove `do_xcom_push: false` there")
    is_training = "resources" in task and not name.endswith(GATE_SUFFIX)
    if is_training and pull.key is not None and pull.key not in _PUSHED:
        message = f"the job `{name}` keeps no result under the key `{pull.key}`"
        advice = did_you_mean(pull.key, _PUSHED) or f"available keys: {', '.join(f'`{key}`' for key in _PUSHED)}"
        yield Fault(codes.NO_SUCH_RESULT, path, message, advice)


def _before(
    tasks: "Mapping[str, OtherTaskData]", groups: Mapping[str, Sequence[str]]
) -> Callable[[str], frozenset[str]]:
    """Returns all tasks that have ended before one starts; computed on demand."""
    direct = {
        name: {each for other in upstream(task) for each in groups.get(other, (other,))} for name, task in tasks.items()
    }

    @cache
    def before(name: str) -> frozenset[str]:
        waiting, reached = list(direct.get(name, ())), set[str]()
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += direct.get(other, ())
        return frozenset(reached)

    return before


def _some(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:3]) + (", …" if len(names) > 3 else "")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The strings with templates below a task's map, or below a map or list in it, each with its path."""
    for step, below in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(below, str):
            if has_template(below) and (len(path) != 2 or step not in _NOT_RENDERED):
                yield (*path, step), below
        elif isinstance(below, dict | list) and (len(path) != 2 or step not in _NOT_RENDERED):
            yield from _texts(below, (*path, step))
