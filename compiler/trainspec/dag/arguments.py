"""The arguments of a DAG, its tasks and the operator: each field of the spec as the argument that Airflow takes."""

from collections.abc import Callable
from typing import Any

from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Call, Expression
from trainspec.language.spec import AssetSchedule, Dag
from trainspec.language.task import Operator, TaskArguments
from trainspec.units import seconds

Arguments = tuple[tuple[str, Expression], ...]
Convert = Callable[[Any], Expression]


def _as_is(value: Any) -> Expression:
    expression: Expression = value
    return expression


_TASK: tuple[tuple[str, str, Convert], ...] = (
    ("owner", "owner", _as_is),
    ("retries", "retries", _as_is),
    ("retry_delay", "retry_delay", times.duration),
    ("retry_exponential_backoff", "retry_exponential_backoff", _as_is),
    ("max_retry_delay", "max_retry_delay", times.duration),
    ("execution_timeout", "execution_timeout", times.duration),
    ("pool", "pool", _as_is),
    ("pool_slots", "pool_slots", _as_is),
    ("queue", "queue", _as_is),
    ("priority_weight", "priority_weight", _as_is),
    ("weight_rule", "weight_rule", _as_is),
    ("trigger_rule", "trigger_rule", _as_is),
    ("depends_on_past", "depends_on_past", _as_is),
    ("wait_for_downstream", "wait_for_downstream", _as_is),
    ("max_active_tis_per_dag", "max_active_tis_per_dag", _as_is),
    ("do_xcom_push", "do_xcom_push", _as_is),
    ("email", "email", _as_is),
    ("email_on_failure", "email_on_failure", _as_is),
    ("email_on_retry", "email_on_retry", _as_is),
)

_OPERATOR: tuple[tuple[str, str, Convert], ...] = (
    ("aws_conn_id", "aws_conn_id", _as_is),
    ("wait_for_completion", "wait_for_completion", _as_is),
    ("check_interval", "check_interval", seconds),
    ("max_attempts", "max_attempts", _as_is),
    ("action_if_job_exists", "action_if_job_exists", _as_is),
    ("on_timeout", "on_timeout", _as_is),
    ("deferrable", "deferrable", _as_is),
)

_DAG: tuple[tuple[str, str, Convert], ...] = (
    ("description", "description", _as_is),
    ("doc", "doc_md", _as_is),
    ("catchup", "catchup", _as_is),
    ("max_active_runs", "max_active_runs", _as_is),
    ("max_active_tasks", "max_active_tasks", _as_is),
    ("dagrun_timeout", "dagrun_timeout", times.duration),
    ("is_paused_upon_creation", "is_paused_upon_creation", _as_is),
    ("render_template_as_native_obj", "render_template_as_native_obj", _as_is),
    ("tags", "tags", _as_is),
)


def task_arguments(task: TaskArguments) -> Arguments:
    """What a task says of the arguments that every task takes."""
    return _arguments(task, _TASK)


def operator_arguments(operator: Operator) -> Arguments:
    """What a job says of the operator that runs it."""
    return _arguments(operator, _OPERATOR)


def _arguments(model: TaskArguments | Operator | Dag, table: tuple[tuple[str, str, Convert], ...]) -> Arguments:
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
        *_arguments(dag, _DAG),
        *((("default_args", default_args),) if default_args else ()),
    )


def _schedule(value: str | AssetSchedule | None, airflow: Airflow) -> Expression:
    if isinstance(value, AssetSchedule):
        return [Call(airflow.asset.name or "", airflow.asset, (uri,)) for uri in value.assets]
    return None if value is None else times.schedule(value)
