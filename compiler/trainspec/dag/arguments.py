"""The arguments of a DAG, its tasks and the operator: each field of the spec as the argument that Airflow takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from trainspec.dag import schedules, times
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Call, Expression, Name, by_path
from trainspec.units import seconds

Arguments = tuple[tuple[str, Expression], ...]

Given: TypeAlias = Mapping[str, Any]
"""What a spec says in one of its maps, as the schema has accepted it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an argument is written for: a major of Airflow, and the time zone of the DAG's dates."""

    airflow: Airflow
    zone: str


Convert = Callable[[Any], Expression]
Row = tuple[str, str, Convert]
"""A field, the argument that it becomes, and how."""

RowOfSetting = tuple[str, str, Callable[[Any, Setting], Expression]]
"""The same where it depends on the setting."""


def as_is(value: Any) -> Expression:
    """The value itself."""
    expression: Expression = value
    return expression


def _date(value: str, setting: Setting) -> Expression:
    return times.date(value, setting.zone)


def _assets(value: str | Given | list[str | Given], setting: Setting) -> Expression:
    return [schedules.asset(each, setting.airflow) for each in (value if isinstance(value, list) else [value])]


def _callbacks(value: str | Given | list[str | Given]) -> Expression:
    return [_callback(each) for each in value] if isinstance(value, list) else _callback(value)


def _callback(value: str | Given) -> Name | Call:
    if isinstance(value, str):
        return Name(by_path(value))
    imported = by_path(value["path"])
    return Call(imported.bound, imported, keywords=tuple((value.get("arguments") or {}).items()))


def _params(value: Given, setting: Setting) -> Expression:
    return {name: _param(each, setting) if isinstance(each, dict) else each for name, each in value.items()}


def _param(value: Given, setting: Setting) -> Call:
    default = (value["default"],) if "default" in value else ()
    imported = setting.airflow.param
    return Call(imported.bound, imported, default, tuple((name, value[name]) for name in PARAM if name in value))


# ------------------------------------------------------------------ the tables: a field, Airflow's argument, how

PARAM = (
    "title", "description", "type", "enum", "const", "examples", "format", "pattern", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "minItems", "maxItems",
    "uniqueItems", "properties", "required", "additionalProperties", "section", "description_md", "values_display",
)  # fmt: skip
"""What a parameter says beside its default, under the same name."""

TASK: tuple[Row, ...] = (
    ("owner", "owner", as_is),
    ("retries", "retries", as_is),
    ("retry_delay", "retry_delay", times.duration),
    ("retry_exponential_backoff", "retry_exponential_backoff", as_is),
    ("max_retry_delay", "max_retry_delay", times.duration),
    ("execution_timeout", "execution_timeout", times.duration),
    ("pool", "pool", as_is),
    ("pool_slots", "pool_slots", as_is),
    ("queue", "queue", as_is),
    ("executor", "executor", as_is),
    ("run_as_user", "run_as_user", as_is),
    ("priority_weight", "priority_weight", as_is),
    ("weight_rule", "weight_rule", as_is),
    ("trigger_rule", "trigger_rule", as_is),
    ("depends_on_past", "depends_on_past", as_is),
    ("ignore_first_depends_on_past", "ignore_first_depends_on_past", as_is),
    ("wait_for_past_depends_before_skipping", "wait_for_past_depends_before_skipping", as_is),
    ("wait_for_downstream", "wait_for_downstream", as_is),
    ("max_active_tis_per_dag", "max_active_tis_per_dag", as_is),
    ("max_active_tis_per_dagrun", "max_active_tis_per_dagrun", as_is),
    ("do_xcom_push", "do_xcom_push", as_is),
    ("on_execute_callback", "on_execute_callback", _callbacks),
    ("on_success_callback", "on_success_callback", _callbacks),
    ("on_failure_callback", "on_failure_callback", _callbacks),
    ("on_retry_callback", "on_retry_callback", _callbacks),
    ("on_skipped_callback", "on_skipped_callback", _callbacks),
    ("email", "email", as_is),
    ("email_on_failure", "email_on_failure", as_is),
    ("email_on_retry", "email_on_retry", as_is),
    ("task_display_name", "task_display_name", as_is),
    ("logger_name", "logger_name", as_is),
    ("doc_json", "doc_json", as_is),
    ("doc_yaml", "doc_yaml", as_is),
    ("doc_rst", "doc_rst", as_is),
)
TASK_OF_SETTING: tuple[RowOfSetting, ...] = (
    ("start_date", "start_date", _date),
    ("end_date", "end_date", _date),
    ("params", "params", _params),
    ("inlets", "inlets", _assets),
    ("outlets", "outlets", _assets),
)

OPERATOR: tuple[Row, ...] = (
    ("aws_conn_id", "aws_conn_id", as_is),
    ("wait_for_completion", "wait_for_completion", as_is),
    ("check_interval", "check_interval", seconds),
    ("max_attempts", "max_attempts", as_is),
    ("action_if_job_exists", "action_if_job_exists", as_is),
    ("on_timeout", "on_timeout", as_is),
    ("print_log", "print_log", as_is),
    ("deferrable", "deferrable", as_is),
)

DAG: tuple[Row, ...] = (
    ("dag_display_name", "dag_display_name", as_is),
    ("description", "description", as_is),
    ("doc", "doc_md", as_is),
    ("catchup", "catchup", as_is),
    ("max_active_runs", "max_active_runs", as_is),
    ("max_active_tasks", "max_active_tasks", as_is),
    ("max_consecutive_failed_dag_runs", "max_consecutive_failed_dag_runs", as_is),
    ("dagrun_timeout", "dagrun_timeout", times.duration),
    ("fail_fast", "fail_fast", as_is),
    ("on_success_callback", "on_success_callback", _callbacks),
    ("on_failure_callback", "on_failure_callback", _callbacks),
    ("is_paused_upon_creation", "is_paused_upon_creation", as_is),
    ("render_template_as_native_obj", "render_template_as_native_obj", as_is),
    ("template_searchpath", "template_searchpath", as_is),
    ("allowed_run_types", "allowed_run_types", as_is),
    ("disable_bundle_versioning", "disable_bundle_versioning", as_is),
    ("rerun_with_latest_version", "rerun_with_latest_version", as_is),
    ("access_control", "access_control", as_is),
    ("owner_links", "owner_links", as_is),
    ("tags", "tags", as_is),
)
DAG_OF_SETTING: tuple[RowOfSetting, ...] = (
    ("start_date", "start_date", _date),
    ("end_date", "end_date", _date),
    ("params", "params", _params),
)


def task_arguments(task: Given, setting: Setting) -> Arguments:
    """What a task says of the arguments that every task takes."""
    return (*arguments_of(task, TASK), *_of_setting(task, TASK_OF_SETTING, setting))


def operator_arguments(operator: Given) -> Arguments:
    """What a job says of the operator that runs it."""
    return arguments_of(operator, OPERATOR)


def dag_arguments(dag: Given, setting: Setting) -> Arguments:
    """What `dag` says, its id aside, in the words of this major of Airflow."""
    default_args = dict(task_arguments(dag.get("default_args") or {}, setting))
    renamed = setting.airflow.renamed
    return (
        ("schedule", schedules.schedule(dag.get("schedule"), setting.zone, setting.airflow)),
        *_of_setting(dag, DAG_OF_SETTING, setting),
        *((renamed.get(name, name), value) for name, value in arguments_of(dag, DAG)),
        *((("default_args", default_args),) if default_args else ()),
    )


def arguments_of(given: Given, table: tuple[Row, ...]) -> Arguments:
    """What is said, row by row; a null that the spec writes out is None."""
    rows = ((argument, given[field], convert) for field, argument, convert in table if field in given)
    return tuple((argument, None if value is None else convert(value)) for argument, value, convert in rows)


def _of_setting(given: Given, table: tuple[RowOfSetting, ...], setting: Setting) -> Arguments:
    rows = ((argument, given[field], convert) for field, argument, convert in table if field in given)
    return tuple((argument, None if value is None else convert(value, setting)) for argument, value, convert in rows)
