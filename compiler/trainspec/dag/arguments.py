"""The arguments of a DAG, its tasks and the operator: each field of the spec as the argument that Airflow takes.

A field of a model becomes the argument of the same name with the same value. Only what is written otherwise is listed
here, so a new field needs no line to reach the DAG file, and none can be lost on the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from trainspec.dag import deadlines, schedules, times
from trainspec.dag.airflow import Airflow
from trainspec.dag.callables import signature_of, written
from trainspec.dag.expressions import Call, Expression, Name, by_path
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.airflow_api.own import OwnOperators
    from trainspec.language.data import AssetData, CalledBackData, DeadlineData, ParamData

Arguments = tuple[tuple[str, Expression], ...]

Given: TypeAlias = Mapping[str, Any]
"""What a spec says in one of its maps, as the schema has accepted it."""


class Setting(NamedTuple):
    """What an argument is written for: a minor of Airflow, the zone of the DAG's dates, the project's operators."""

    airflow: Airflow
    zone: str
    own: "OwnOperators | None" = None


Convert: TypeAlias = Callable[[Any, Setting], Expression]
"""From a value of the spec, which is not null, to the expression that is written."""


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The fields of the model `model` of the language's schema, as arguments of one call.

    `converts` are the fields whose values are written otherwise, `renamed` those whose arguments have another name,
    `left_out` those that are no arguments of this call. `first` are the fields whose arguments stand first, in this
    order; the others follow in the order of their model.
    """

    model: str
    converts: Mapping[str, Convert] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    first: tuple[str, ...] = ()


def duration(value: int | str, setting: Setting) -> Expression:
    """A duration as a `timedelta`."""
    return times.duration(value)


def in_seconds(value: int | str, setting: Setting) -> Expression:
    """A duration as a number of seconds."""
    return seconds(value)


def _date(value: str, setting: Setting) -> Expression:
    return times.date(value, setting.zone)


def _doc(value: str, _: Setting) -> str:
    """A DAG's docs: Airflow would treat text that ends in `.md` as a file's name, and show the text of that file."""
    return f"{value}\n" if value.endswith(".md") else value


def _backoff(value: float, setting: Setting) -> Expression:
    """The factor between two delays; if there is only doubling, whether to double."""
    return bool(value) if setting.airflow.only_doubles else value


def _assets(value: "str | AssetData | list[str | AssetData]", setting: Setting) -> Expression:
    return [
        schedules.asset(each, setting.zone, setting.airflow) for each in (value if isinstance(value, list) else [value])
    ]


def _deadlines(value: "DeadlineData | list[DeadlineData]", setting: Setting) -> Expression:
    return deadlines.deadlines(value, setting.zone, setting.airflow)


def callbacks(value: "str | CalledBackData | list[str | CalledBackData]", setting: Setting) -> Expression:
    """One callback, or a list of them: the imported name, or the call that creates it."""
    return [_callback(each, setting) for each in value] if isinstance(value, list) else _callback(value, setting)


def _callback(value: "str | CalledBackData", setting: Setting) -> Name | Call:
    if isinstance(value, str):
        return Name(by_path(value))
    imported = by_path(value["path"])
    given = value.get("arguments") or {}
    signature = signature_of(imported, setting.airflow, setting.own) if given else None
    return Call(imported.bound, imported, keywords=written(given, signature, setting.zone))


def _params(value: "Mapping[str, Any]", setting: Setting) -> Expression:
    return {
        name: _param(cast("ParamData", each), setting) if isinstance(each, dict) else each
        for name, each in value.items()
    }


def _param(value: "ParamData", setting: Setting) -> Call:
    default = (value["default"],) if "default" in value else ()
    imported = setting.airflow.param
    return Call(imported.bound, imported, default, arguments_of(value, PARAM, setting))


# ------------------------------------------------------------------ the tables: what is not written unchanged

CALLBACKS = (
    "on_execute_callback", "on_success_callback", "on_failure_callback", "on_retry_callback", "on_skipped_callback",
)  # fmt: skip

PARAM = Fields("Param", left_out=frozenset({"default"}))

TASK = Fields(
    "TaskArguments",
    converts={
        **dict.fromkeys(("retry_delay", "max_retry_delay", "execution_timeout"), duration),
        **dict.fromkeys(("start_date", "end_date"), _date),
        **dict.fromkeys(("inlets", "outlets"), _assets),
        **dict.fromkeys(CALLBACKS, callbacks),
        "params": _params,
        "retry_exponential_backoff": _backoff,
    },
    first=(
        "owner", "retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay", "execution_timeout",
        "pool", "pool_slots", "queue", "executor", "run_as_user", "priority_weight", "weight_rule", "trigger_rule",
        "depends_on_past", "ignore_first_depends_on_past", "wait_for_past_depends_before_skipping",
        "wait_for_downstream", "max_active_tis_per_dag", "max_active_tis_per_dagrun", "do_xcom_push", *CALLBACKS,
        "email", "email_on_failure", "email_on_retry", "task_display_name", "logger_name",
        "doc_json", "doc_yaml", "doc_rst",
    ),
)  # fmt: skip
OPERATOR = Fields(
    "Operator",
    converts={"check_interval": in_seconds},
    first=(
        "aws_conn_id", "wait_for_completion", "check_interval", "max_attempts", "action_if_job_exists", "on_timeout",
        "print_log",
    ),
)  # fmt: skip
DAG = Fields(
    "Dag",
    converts={
        **dict.fromkeys(("start_date", "end_date"), _date),
        **dict.fromkeys(CALLBACKS, callbacks),
        "dagrun_timeout": duration,
        "deadline": _deadlines,
        "doc": _doc,
        "params": _params,
    },
    renamed={"doc": "doc_md"},
    left_out=frozenset({"id", "timezone", "schedule", "partitions", "default_args"}),
    first=(
        "start_date", "end_date", "params", "dag_display_name", "description", "doc", "catchup", "max_active_runs",
        "max_active_tasks", "max_consecutive_failed_dag_runs", "dagrun_timeout", "deadline", "fail_fast", *CALLBACKS,
        "is_paused_upon_creation", "render_template_as_native_obj", "template_searchpath", "allowed_run_types",
        "disable_bundle_versioning", "rerun_with_latest_version", "access_control", "owner_links", "tags",
    ),
)  # fmt: skip


def task_arguments(task: Given, setting: Setting) -> Arguments:
    """What a task says of the arguments that every task takes."""
    return arguments_of(task, TASK, setting)


def operator_arguments(operator: Given, setting: Setting) -> Arguments:
    """What a job says of the operator that runs it."""
    return arguments_of(operator, OPERATOR, setting)


def dag_arguments(dag: Given, setting: Setting) -> Arguments:
    """What `dag` says, its id aside, in the words of this minor of Airflow."""
    default_args = dict(task_arguments(dag.get("default_args") or {}, setting))
    renamed = setting.airflow.renamed
    return (
        ("schedule", schedules.schedule(dag.get("schedule"), setting.zone, setting.airflow, dag.get("partitions"))),
        *((renamed.get(name, name), value) for name, value in arguments_of(dag, DAG, setting)),
        *((("default_args", default_args),) if default_args else ()),
    )


def arguments_of(given: Given, fields: Fields, setting: Setting) -> Arguments:
    """What is said in `given`, as the arguments of a call; a null that the spec writes out is None."""
    return tuple(
        (fields.renamed.get(name, name), _written(fields.converts.get(name), given[name], setting))
        for name in names(fields)
        if name in given
    )


def _written(convert: Convert | None, value: Any, setting: Setting) -> Expression:
    expression: Expression = value if convert is None or value is None else convert(value, setting)
    return expression


@cache
def names(fields: Fields) -> tuple[str, ...]:
    """The fields that become arguments, in the order of the call: all fields of the model except those left out.

    If the model also has the arguments of every task, only its own.
    """
    definitions = load_schema(SPEC_SCHEMA)["$defs"]
    of_every_task = definitions[TASK.model]["properties"] if fields is not TASK else {}
    known = definitions[fields.model]["properties"]
    own = dict.fromkeys((*(name for name in fields.first if name in known), *known))
    extends_task = of_every_task.keys() <= known.keys()
    return tuple(name for name in own if name not in fields.left_out and not (extends_task and name in of_every_task))
