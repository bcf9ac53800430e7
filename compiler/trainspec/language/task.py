"""The models of what Airflow takes: arguments of tasks and of the operator that runs a job."""

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field, StrictBool, StrictFloat, StrictInt
from trainspec.language.assets import Assets
from trainspec.language.callbacks import Callbacks
from trainspec.language.forms import FixedDuration, Text
from trainspec.language.params import Params
from trainspec.language.parts import Model


class Operator(Model):
    """Arguments of the operator that runs the job."""

    aws_conn_id: Text | None = Field(None, description="Airflow connection that holds the AWS credentials.")
    wait_for_completion: StrictBool | None = Field(None, description="Whether the task waits for the job to end.")
    check_interval: FixedDuration | None = Field(
        None, description="Time between status checks of the job, such as 30s."
    )
    max_attempts: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None,
        description=(
            "The number of status checks before the task gives up; default: the task waits as long as the job may run."
        ),
        json_schema_extra={"x-nullable": True},
    )
    action_if_job_exists: Literal["fail", "increment", "skip", "timestamp"] | None = Field(
        None, description="What the task does if another job already has the job's name."
    )
    deferrable: StrictBool | None = Field(
        None, description="Whether the task waits in the triggerer (deferrable) instead of occupying a worker slot."
    )
    on_timeout: Literal["stop", "leave"] | None = Field(
        None, description="What happens to a job that is still running when the task stops waiting for it."
    )
    print_log: StrictBool | None = Field(
        None, description="Whether the task's log includes the job's log from CloudWatch."
    )


TriggerRule: TypeAlias = Literal[
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "all_done_setup_success",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "all_skipped",
    "always",
]
TRIGGER_RULES: tuple[str, ...] = get_args(TriggerRule)


class TaskArguments(Model):
    """Arguments that every Airflow task takes.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
    """

    owner: Text | None = Field(None, description="Owner of the task.")
    retries: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="How often a failed task is retried.")
    retry_delay: FixedDuration | None = Field(None, description="Time between two tries, such as 5m.")
    retry_exponential_backoff: (
        Annotated[
            StrictBool | Annotated[StrictInt, Field(ge=0)] | Annotated[StrictFloat, Field(ge=0)],
            Field(json_schema_extra={"x-form": "true, false or a number"}),
        ]
        | None
    ) = Field(None, description="Whether the delay doubles with each try, or the factor that it is multiplied by.")
    max_retry_delay: FixedDuration | None = Field(None, description="The longest delay between two tries.")
    execution_timeout: FixedDuration | None = Field(None, description="The longest time that one try may take.")
    pool: Text | None = Field(None, description="Airflow pool that the task runs in.")
    pool_slots: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many slots of the pool the task takes."
    )
    queue: Text | None = Field(None, description="Queue that the task is sent to.")
    priority_weight: StrictInt | None = Field(None, description="Priority of the task over other waiting tasks.")
    weight_rule: Literal["downstream", "upstream", "absolute"] | None = Field(
        None,
        description="How the task's total weight is calculated: with the weights of all downstream tasks, of "
        "all upstream tasks, or only its own (absolute).",
    )
    trigger_rule: TriggerRule | None = Field(None, description="Which states of the upstream tasks let the task start.")
    depends_on_past: StrictBool | None = Field(
        None, description="Whether the task runs only if it succeeded in the previous run."
    )
    wait_for_downstream: StrictBool | None = Field(
        None, description="Whether the task also waits for the tasks directly downstream of it in the previous run."
    )
    max_active_tis_per_dag: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many instances of the task may run at once, across all runs of the DAG."
    )
    do_xcom_push: StrictBool | None = Field(None, description="Whether the task's results are stored as XComs.")
    email: Text | list[Text] | None = Field(None, description="Addresses to email about failures and retries.")
    email_on_failure: StrictBool | None = Field(None, description="Whether to send an email when the task fails.")
    email_on_retry: StrictBool | None = Field(None, description="Whether to send an email when the task is retried.")
    run_as_user: Text | None = Field(None, description="Unix user that the task runs as.")
    executor: Text | None = Field(None, description="The executor that runs the task, if Airflow has several.")
    max_active_tis_per_dagrun: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many instances of the task may run at once in one run of the DAG (for mapped tasks)."
    )
    ignore_first_depends_on_past: StrictBool | None = Field(
        None, description="Whether the task's first run ignores `depends_on_past`."
    )
    wait_for_past_depends_before_skipping: StrictBool | None = Field(
        None, description="Whether a task with `depends_on_past` waits for its previous run before it is skipped."
    )
    start_date: Text | None = Field(None, description="First logical date for which the task runs.")
    end_date: Text | None = Field(None, description="Last logical date for which the task runs.")
    params: Params | None = Field(None, description="Parameters for this task only; they override those of the DAG.")
    inlets: Assets | None = Field(None, description="Assets that the task reads.")
    outlets: Assets | None = Field(
        None, description="Assets that the task updates: when it succeeds, DAGs that are scheduled on them run."
    )
    on_execute_callback: Callbacks | None = Field(None, description="What Airflow calls before each try.")
    on_success_callback: Callbacks | None = Field(None, description="What Airflow calls when the task succeeds.")
    on_failure_callback: Callbacks | None = Field(None, description="What Airflow calls when the task fails.")
    on_retry_callback: Callbacks | None = Field(
        None, description="What Airflow calls when a try fails and the task will be retried."
    )
    on_skipped_callback: Callbacks | None = Field(None, description="What Airflow calls when the task skips itself.")
    task_display_name: Text | None = Field(None, description="Name that the Airflow UI shows instead of the id.")
    doc_json: Text | None = Field(None, description="JSON that Airflow shows with the task.")
    doc_yaml: Text | None = Field(None, description="YAML that Airflow shows with the task.")
    doc_rst: Text | None = Field(None, description="reStructuredText that Airflow shows with the task.")
    logger_name: Text | None = Field(None, description="Logger that the task writes to, below airflow.task.operators.")
