"""The arguments of a DAG, its tasks and the operator: each field of the spec as the argument that Airflow takes."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Call, Expression
from trainspec.language.spec import AssetSchedule, Dag
from trainspec.language.task import Operator, TaskArguments
from trainspec.units import seconds

Arguments = tuple[tuple[str, Expression], ...]
Convert = Callable[[Any], Expression]
Row = tuple[str, str, Convert]
"""A field, the argument that it becomes, and how."""


def as_is(value: Any) -> Expression:
    """The value itself."""
    expression: Expression = value
    return expression


_TASK: tuple[Row, ...] = (
    ("owner", "owner", as_is),
    ("retries", "retries", as_is),
    ("retry_delay", "retry_delay", times.duration),
    ("retry_exponential_backoff", "retry_exponential_backoff", as_is),
    ("max_retry_delay", "max_retry_delay", times.duration),
    ("execution_timeout", "execution_timeout", times.duration),
    ("pool", "pool", as_is),
    ("pool_slots", "pool_slots", as_is),
    ("queue", "queue", as_is),
    ("priority_weight", "priority_weight", as_is),
    ("weight_rule", "weight_rule", as_is),
    ("trigger_rule", "trigger_rule", as_is),
    ("depends_on_past", "depends_on_past", as_is),
    ("wait_for_downstream", "wait_for_downstream", as_is),
    ("max_active_tis_per_dag", "max_active_tis_per_dag", as_is),
    ("do_xcom_push", "do_xcom_push", as_is),
    ("email", "email", as_is),
    ("email_on_failure", "email_on_failure", as_is),
    ("email_on_retry", "email_on_retry", as_is),
)

_OPERATOR: tuple[Row, ...] = (
    ("aws_conn_id", "aws_conn_id", as_is),
    ("wait_for_completion", "wait_for_completion", as_is),
    ("check_interval", "check_interval", seconds),
    ("max_attempts", "max_attempts", as_is),
    ("action_if_job_exists", "action_if_job_exists", as_is),
    ("on_timeout", "on_timeout", as_is),
    ("deferrable", "deferrable", as_is),
)

_DAG: tuple[Row, ...] = (
    ("description", "description", as_is),
    ("doc", "doc_md", as_is),
    ("catchup", "catchup", as_is),
    ("max_active_runs", "max_active_runs", as_is),
    ("max_active_tasks", "max_active_tasks", as_is),
    ("dagrun_timeout", "dagrun_timeout", times.duration),
    ("is_paused_upon_creation", "is_paused_upon_creation", as_is),
    ("render_template_as_native_obj", "render_template_as_native_obj", as_is),
    ("tags", "tags", as_is),
)


def task_arguments(task: TaskArguments) -> Arguments:
    """What a task says of the arguments that every task takes."""
    return model_arguments(task, _TASK)


def operator_arguments(operator: Operator) -> Arguments:
    """What a job says of the operator that runs it."""
    return model_arguments(operator, _OPERATOR)


def model_arguments(model: BaseModel, table: tuple[Row, ...]) -> Arguments:
    """What the model says, row by row; a null that the spec writes out is None."""
    given = model.model_fields_set
    rows = ((argument, getattr(model, field), convert) for field, argument, convert in table if field in given)
    return tuple((argument, None if value is None else convert(value)) for argument, value, convert in rows)


def dag_arguments(dag: Dag, airflow: Airflow) -> Arguments:
    """What `dag` says, its id aside, in the words of this major of Airflow."""
    zone = dag.timezone or "UTC"
    dates = ((name, times.date(text, zone)) for name in ("start_date", "end_date") if (text := getattr(dag, name)))
    default_args = dict(task_arguments(dag.default_args)) if dag.default_args else {}
    return (
        ("schedule", _schedule(dag.schedule, airflow)),
        *dates,
        *model_arguments(dag, _DAG),
        *((("default_args", default_args),) if default_args else ()),
    )


def _schedule(value: str | AssetSchedule | None, airflow: Airflow) -> Expression:
    if isinstance(value, AssetSchedule):
        return [Call(airflow.asset.name or "", airflow.asset, (uri,)) for uri in value.assets]
    return None if value is None else times.schedule(value)
