"""Checks of the arguments of a DAG and its tasks that the schema cannot express: what Airflow would reject."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from trainspec.airflow_api.table import absent
from trainspec.dag import arguments, times
from trainspec.dag.airflow import Airflow
from trainspec.dag.arguments import CALLBACKS
from trainspec.dag.called import each_of
from trainspec.dag.checks.approvals import check_approvals
from trainspec.dag.checks.assets import assets_of, check_assets
from trainspec.dag.checks.deadline import check_deadline
from trainspec.dag.checks.finite import check_finite
from trainspec.dag.checks.params import check_params
from trainspec.dag.checks.schedule import check_dag_schedule, is_scheduled
from trainspec.dag.expressions import check_keyword, check_path
from trainspec.dag.sections import sections
from trainspec.diagnostics import Code, codes
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

Fields: TypeAlias = Mapping[str, Any]
Check: TypeAlias = Callable[[Any, Path], Iterator[Fault]]

_LONGEST_TAG = 100
_FAIL_FAST_TAKES = (None, "all_success", "all_done_setup_success")


def check_arguments(data: "SpecData", airflow: Airflow) -> Iterator[Fault]:
    """Everything that this minor of Airflow would reject in the arguments from the validated `data` of a spec."""
    dag = data.get("dag", {})
    yield from check_dag_schedule(dag, airflow)
    yield from check_deadline(dag, airflow)
    yield from check_approvals(data, airflow)
    yield from _values(dag, ("dag",))
    yield from check_params(dag.get("params", {}), ("dag", "params"), is_scheduled(dag))
    yield from _of_minor(dag, ("dag",), "dag", airflow)
    for path, task in _tasks(data):
        yield from _values(task, path)
        yield from check_params(task.get("params", {}), (*path, "params"), is_scheduled(dag))
        yield from _of_minor(task, path, "task", airflow)
        yield from _pool(task.get("pool"), (*path, "pool"), airflow)
        if dag.get("fail_fast") and task.get("trigger_rule") not in _FAIL_FAST_TAKES:
            message = f"`dag.fail_fast` requires the trigger rule all_success, not {task['trigger_rule']}"
            yield Fault(codes.CONFLICT, (*path, "trigger_rule"), message, "remove one of the two")


def _tasks(data: "SpecData") -> Iterator[tuple[Path, Fields]]:
    """Every map of a task's arguments, with its path."""
    defaults = data.get("dag", {}).get("default_args")
    if isinstance(defaults, Mapping):
        yield ("dag", "default_args"), defaults
    for section, tasks in sections(data):
        for name, task in tasks.items():
            yield (section, name), task


def _values(fields: Fields, path: Path) -> Iterator[Fault]:
    for field, check in _CHECKS.items():
        if fields.get(field) is not None:
            yield from check(fields[field], (*path, field))


# ------------------------------------------------------------------ strings with a restricted format


def _text(code: Code, wrong: Callable[[Any], str | None], of: type | tuple[type, ...] = str) -> Check:
    """The check of a string by a function that says what is wrong with it."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if isinstance(value, of) and (why := wrong(value)):
            yield Fault(code, path, f"`{dotted(path)}`: {why}")

    return check


def _callbacks(value: Any, path: Path) -> Iterator[Fault]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _callbacks(each, (*path, index))
    elif isinstance(value, Mapping):
        yield from _callbacks(value.get("path"), (*path, "path"))
        for name, given in value.get("arguments", {}).items():
            at = (*path, "arguments", name)
            if why := check_keyword(name):
                yield Fault(codes.BAD_PATH, at, f"`{dotted(at)}`: {why}", on_key=True)
            yield from check_finite(given, at)
    elif isinstance(value, str) and (why := check_path(value)):
        yield Fault(codes.BAD_PATH, path, f"`{dotted(path)}`: {why}")


def _deadlines(value: Any, path: Path) -> Iterator[Fault]:
    for at, each in each_of(value, path):
        yield from _callbacks(each.get("call"), (*at, "call"))


def _pool(name: Any, path: Path, airflow: Airflow) -> Iterator[Fault]:
    """Airflow 2 accepts a task only with a pool that has a name like an id."""
    if isinstance(name, str) and airflow.minor.startswith("2.") and not re.fullmatch(r"[\w.-]{1,250}", name):
        form = "only letters, digits, `-`, `.` and `_` in a pool name, at most 250 characters"
        message = f"`{dotted(path)}`: {airflow.name} accepts {form}"
        yield Fault(codes.MALFORMED, path, message)


def _assets(value: Any, path: Path) -> Iterator[Fault]:
    yield from check_assets(value, path)
    yield from check_finite(value, path)


def _links(value: Mapping[str, str], path: Path) -> Iterator[Fault]:
    for owner, link in value.items():
        if not _is_link(link):
            at = (*path, owner)
            message = f"`{dotted(at)}` is not a link that Airflow accepts"
            yield Fault(codes.MALFORMED, at, message, "use https://… or mailto:somebody@example.com")


def _tags(value: Any, path: Path) -> Iterator[Fault]:
    for index, tag in enumerate(value if isinstance(value, list) else ()):
        if len(tag) > _LONGEST_TAG:
            message = f"`{dotted((*path, index))}` has {len(tag)} characters; a tag has at most {_LONGEST_TAG}"
            yield Fault(codes.OUT_OF_RANGE, (*path, index), message)


def _operator(value: Any, path: Path) -> Iterator[Fault]:
    """How often a job's task polls: this often, or less often than any job runs."""
    if not isinstance(value, Mapping) or value.get("check_interval") is None:
        return
    at = (*path, "check_interval")
    if why := times.check_duration(value["check_interval"]):
        yield Fault(codes.OUT_OF_RANGE, at, f"`{dotted(at)}`: {why}")
    elif seconds(value["check_interval"]) == 0:
        yield Fault(codes.OUT_OF_RANGE, at, f"`{dotted(at)}` must be more than 0 seconds", "write for example `30s`")


def _is_link(text: str) -> bool:
    try:
        link = urlsplit(text)
    except ValueError:
        return False
    return bool(link.path) if link.scheme == "mailto" else bool(link.scheme in ("http", "https") and link.netloc)


_CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(("start_date", "end_date"), _text(codes.BAD_DATE, times.check_date)),
    "timezone": _text(codes.BAD_DATE, times.check_timezone),
    **dict.fromkeys(
        ("dagrun_timeout", "retry_delay", "max_retry_delay", "execution_timeout"),
        _text(codes.OUT_OF_RANGE, times.check_duration, (str, int)),
    ),
    **dict.fromkeys(CALLBACKS, _callbacks),
    "deadline": _deadlines,
    "notify": _callbacks,
    **dict.fromkeys(("inlets", "outlets"), _assets),
    "retry_exponential_backoff": check_finite,
    "params": check_finite,
    "owner_links": _links,
    "tags": _tags,
    "operator": _operator,
}


# ------------------------------------------------------------------ what a minor lacks

_TRIGGER_RULE = "trigger_rule"


def _of_minor(fields: Fields, path: Path, place: str, airflow: Airflow) -> Iterator[Fault]:
    """Fields and words that this minor does not have, or would rather not see."""
    for field, value in fields.items():
        argument = _FIELDS[place].renamed.get(field, field)
        if why := absent(place, airflow.renamed.get(argument, argument), airflow.minor):
            message = f"{airflow.name} has no `{field}`: {why}"
            yield Fault(codes.NOT_IN_AIRFLOW, (*path, field), message, on_key=True)
        elif advice := airflow.discouraged.get(f"{place}.{field}"):
            message = f"{airflow.name} warns about `{field}` whenever it loads the DAG: Airflow 4 will remove it"
            yield Fault(codes.DEPRECATED, (*path, field), message, advice, on_key=True)
        elif field == _TRIGGER_RULE and (why := absent(_TRIGGER_RULE, str(value), airflow.minor)):
            message = f"{airflow.name} has no `{field}: {value}`: {why}"
            yield Fault(codes.NOT_IN_AIRFLOW, (*path, field), message)
    backoff = fields.get("retry_exponential_backoff")
    if airflow.only_doubles and isinstance(backoff, int | float) and backoff not in (0, 2, True, False):
        at = (*path, "retry_exponential_backoff")
        message = f"{airflow.name} can only double the delay, not multiply it by {backoff}"
        yield Fault(codes.NOT_IN_AIRFLOW, at, message, f"write `true`; other factors are new in Airflow {_FACTORS}")
    schedule = fields.get("schedule")
    waited_for = schedule.get("assets") if isinstance(schedule, Mapping) else None
    for key, value in (("schedule", waited_for), ("inlets", fields.get("inlets")), ("outlets", fields.get("outlets"))):
        start = (*path, key, "assets") if key == "schedule" else (*path, key)
        for at, asset in assets_of(value, start):
            for field in asset:
                if why := absent("asset", field, airflow.minor):
                    message = f"{airflow.name} has no `{field}` of an asset: {why}"
                    yield Fault(codes.NOT_IN_AIRFLOW, (*at, field), message, on_key=True)


_FACTORS = "3.2"
_FIELDS = {"dag": arguments.DAG, "task": arguments.TASK}
