"""Checks of sensors, tasks, triggers and gates that the schema cannot express."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trainspec.dag.checks.finite import check_finite
from trainspec.dag.expressions import check_keyword, check_path
from trainspec.dag.times import check_duration
from trainspec.diagnostics import codes
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.templates import has_template
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import JobData, SensorData, SpecData, TaskData, TriggerData

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_S3_KEY = re.compile(r"s3://[^/{}]+/.+", re.DOTALL)
_S3_FIELDS = ("wildcard", "aws_conn_id", "region")
_DAG_FIELDS = (
    "task", "tasks", "group", "execution_delta", "states", "failed_states", "skipped_states", "check_existence",
)  # fmt: skip
_OF_THE_TASK = {"task_id": "the key of the task is its id", "doc_md": "write `doc` next to `operator`"}
_RUN_STATES = ("queued", "running", "success", "failed")
_BOUNDS = ("at_least", "at_most", "above", "below")


def check_other_tasks(data: "SpecData") -> Iterator[Fault]:
    """Everything that Airflow would reject in the other tasks of the validated `data` of a spec."""
    for name, sensor in (data.get("sensors") or {}).items():
        yield from _sensor(sensor, ("sensors", name))
    for name, task in (data.get("tasks") or {}).items():
        yield from _task(task, ("tasks", name))
    for name, trigger in (data.get("triggers") or {}).items():
        yield from _trigger(trigger, ("triggers", name))
    for name, job in data.get("jobs", {}).items():
        yield from _gate(job, ("jobs", name))


def _sensor(sensor: "SensorData", path: Path) -> Iterator[Fault]:
    kinds = [kind for kind in ("s3", "dag") if kind in sensor]
    if len(kinds) != 1:
        message = f"`{dotted(path)}` must have either `s3` or `dag`"
        advice = "`s3` waits for an object in S3, `dag` for a run of another DAG"
        yield Fault(codes.CONFLICT if kinds else codes.MISSING_KEY, path, message, advice, on_key=True)
        return
    kind, other = kinds[0], "dag" if kinds == ["s3"] else "s3"
    for field in _DAG_FIELDS if kind == "s3" else _S3_FIELDS:
        if field in sensor:
            message = f"`{field}` does not apply to a sensor with `{kind}`"
            yield Fault(codes.CONFLICT, (*path, field), message, f"it applies to a sensor with `{other}`", on_key=True)
    yield from _keys(sensor.get("s3", []), (*path, "s3"))
    parts = [field for field in ("task", "tasks", "group") if field in sensor]
    if kind == "dag" and len(parts) > 1:
        message = f"a sensor waits for only one of {', '.join(f'`{part}`' for part in parts)}"
        yield Fault(codes.CONFLICT, (*path, parts[1]), message, "keep one", on_key=True, other=(*path, parts[0]))
    if kind == "dag":
        yield from _states(sensor, path, of_run=not parts)
    durations = {
        "execution_delta": sensor.get("execution_delta"),
        "poke_interval": sensor.get("poke_interval"),
        "timeout": sensor.get("timeout"),
    }
    for field, given in durations.items():
        if given is not None and (why := check_duration(given)):
            yield Fault(codes.OUT_OF_RANGE, (*path, field), f"`{dotted((*path, field))}`: {why}")


def _keys(given: str | Sequence[str], path: Path) -> Iterator[Fault]:
    for index, key in enumerate([given] if isinstance(given, str) else given):
        if not has_template(key) and not _S3_KEY.fullmatch(key):
            at = path if isinstance(given, str) else (*path, index)
            advice = "write `s3://my-bucket/path/to/object`, or with a wildcard `s3://my-bucket/path/*.csv`"
            yield Fault(codes.MALFORMED, at, f'`{dotted(at)}` must be the S3 URI of an object, not "{key}"', advice)


def _states(sensor: "SensorData", path: Path, *, of_run: bool) -> Iterator[Fault]:
    """States that a run cannot have, or that are said to mean two things."""
    said: dict[str, Path] = {}
    if "states" not in sensor:
        said["success"] = path
    states: Mapping[str, Sequence[str]] = {
        "states": sensor.get("states", ()),
        "failed_states": sensor.get("failed_states", ()),
        "skipped_states": sensor.get("skipped_states", ()),
    }
    for field, each in states.items():
        for index, state in enumerate(each):
            at = (*path, field, index)
            if of_run and state not in _RUN_STATES:
                message = f"a DAG run never has the state `{state}`"
                yield Fault(
                    codes.NOT_ONE_OF,
                    at,
                    message,
                    f"write one of {', '.join(_RUN_STATES)}; other states belong to tasks",
                )
            if state in said:
                message = f"`{state}` has two conflicting meanings"
                advice = "the sensor waits for success unless `states` is set" if said[state] == path else "keep one"
                yield Fault(codes.CONFLICT, at, message, advice, other=said[state] if said[state] != path else None)
            said.setdefault(state, at)


def _trigger(trigger: "TriggerData", path: Path) -> Iterator[Fault]:
    yield from check_finite(trigger.get("conf", {}), (*path, "conf"))
    if not trigger.get("wait"):
        for field in ("poke_interval", "states", "failed_states", "deferrable"):
            if field in trigger:
                message = f"`{field}` applies to the end of the run, which this trigger does not wait for"
                yield Fault(codes.CONFLICT, (*path, field), message, "add `wait: true`", on_key=True)


def _task(task: "TaskData", path: Path) -> Iterator[Fault]:
    if why := check_path(task.get("operator", "an.Operator")):
        yield Fault(codes.MALFORMED, (*path, "operator"), f"`{dotted((*path, 'operator'))}`: {why}")
    of_every_task = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
    for name in task.get("arguments") or {}:
        at = (*path, "arguments", name)
        if name == "dag":
            yield Fault(codes.CONFLICT, at, f"`{name}` of an operator is set by the DAG file", "remove it", on_key=True)
        elif name in _OF_THE_TASK or name in of_every_task or name in ("depends_on", "task_group"):
            where = _OF_THE_TASK.get(name, f"write `{name}` next to `operator`")
            message = f"`{name}` belongs to the task, not to the operator's arguments"
            yield Fault(codes.CONFLICT, at, message, where, on_key=True)
        elif not _IDENTIFIER.fullmatch(name) or check_keyword(name):
            message = f"`{name}` cannot be the name of an argument in Python"
            yield Fault(codes.MALFORMED, at, message, on_key=True)
    yield from check_finite(task.get("arguments") or {}, (*path, "arguments"))


def _gate(job: "JobData", path: Path) -> Iterator[Fault]:
    given = job.get("proceed_if")
    if given is None:
        return
    at: Path = (*path, "proceed_if")
    if (job.get("operator") or {}).get("wait_for_completion") is False:
        message = "the task does not wait for the job, so it has no metrics to compare"
        yield Fault(codes.CONFLICT, at, message, "remove `wait_for_completion: false`", on_key=True)
    elif job.get("do_xcom_push") is False:
        message = "the task keeps no results (`do_xcom_push: false`), so it has no metrics to compare"
        yield Fault(codes.CONFLICT, at, message, "remove `do_xcom_push: false`", on_key=True)
    for index, condition in enumerate([given] if isinstance(given, Mapping) else given):
        here = at if isinstance(given, Mapping) else (*at, index)
        bounds = {bound: value for bound, value in condition.items() if bound in _BOUNDS}
        if not bounds and "metric" in condition:
            message = f"the condition on `{condition['metric']}` has no limit"
            advice = f"add one of {', '.join(f'`{each}`' for each in _BOUNDS)}"
            yield Fault(codes.MISSING_KEY, here, message, advice)
        for bound, value in bounds.items():
            if isinstance(value, float):
                yield from check_finite(value, (*here, bound))
