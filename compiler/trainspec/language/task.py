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
    wait_for_completion: StrictBool | None = Field(None, description="Whether the task waits for the job's end.")
    check_interval: FixedDuration | None = Field(
        None, description="Time between status checks of the job, such as 30s."
    )
    max_attempts: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None,
        description=(
            "The number of status checks before the task gives up; if not given, it waits as long as the job may run."
        ),
        json_schema_extra={"x-nullable": True},
    )
    action_if_job_exists: Literal["fail", "increment", "skip", "timestamp"] | None = Field(
        None, description="What happens when the job's name is taken by another job."
    )
    deferrable: StrictBool | None = Field(
        None, description="Whether the task waits in the triggerer, without a worker."
    )
    on_timeout: Literal["stop", "leave"] | None = Field(
        None, description="What happens to a job that is still running when the task gives up waiting."
    )
    print_log: StrictBool | None = Field(
        None, description="Whether the task's log shows the job's own, from CloudWatch."
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

    owner: Text | None = Field(None, description="Who is responsible for the task.")
    retries: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="How often a failed task is retried.")
    retry_delay: FixedDuration | None = Field(None, description="Time between two tries, such as 5m.")
    retry_exponential_backoff: (
        Annotated[
            StrictBool | Annotated[StrictInt, Field(ge=0)] | Annotated[StrictFloat, Field(ge=0)],
            Field(json_schema_extra={"x-form": "true, false or a number"}),
        ]
        | None
    ) = Field(None, description="Whether the delay doubles with each try, or the number that it is multiplied by.")
    max_retry_delay: FixedDuration | None = Field(None, description="The longest delay between two tries.")
    execution_timeout: FixedDuration | None = Field(None, description="The longest that one try may take.")
    pool: Text | None = Field(None, description="Airflow pool that the task takes its slots from.")
    pool_slots: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many slots of the pool it takes."
    )
    queue: Text | None = Field(None, description="Queue of workers that the task is sent to.")
    priority_weight: StrictInt | None = Field(None, description="Weight of the task against others that wait.")
    weight_rule: Literal["downstream", "upstream", "absolute"] | None = Field(
        None, description="How the weights of the tasks around count."
    )
    trigger_rule: TriggerRule | None = Field(
        None, description="Which states of the tasks before it let the task start."
    )
    depends_on_past: StrictBool | None = Field(
        None, description="Whether the task waits for its own success in the run before."
    )
    wait_for_downstream: StrictBool | None = Field(
        None, description="Whether it waits for the tasks after it in the run before, too."
    )
    max_active_tis_per_dag: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many runs of the task may be active at once."
    )
    do_xcom_push: StrictBool | None = Field(None, description="Whether the task's results are kept as XComs.")
    email: Text | list[Text] | None = Field(None, description="Addresses to email about failures and retries.")
    email_on_failure: StrictBool | None = Field(None, description="Whether a failure is mailed.")
    email_on_retry: StrictBool | None = Field(None, description="Whether a retry is mailed.")
    run_as_user: Text | None = Field(None, description="Unix user that the task runs as.")
    executor: Text | None = Field(None, description="The executor that runs the task, where there are several.")
    max_active_tis_per_dagrun: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many mapped copies of the task may be active in one run."
    )
    ignore_first_depends_on_past: StrictBool | None = Field(
        None, description="Whether the first run does not wait for one before it."
    )
    wait_for_past_depends_before_skipping: StrictBool | None = Field(
        None, description="Whether the task waits for its own past before it is skipped."
    )
    start_date: Text | None = Field(None, description="First logical date for which the task runs.")
    end_date: Text | None = Field(None, description="Last logical date for which the task runs.")
    params: Params | None = Field(None, description="Parameters that the task alone sees, over those of the DAG.")
    inlets: Assets | None = Field(None, description="Assets that the task reads.")
    outlets: Assets | None = Field(
        None, description="Assets that the task makes: DAGs that wait for them run when it has succeeded."
    )
    on_execute_callback: Callbacks | None = Field(None, description="What is called before a try begins.")
    on_success_callback: Callbacks | None = Field(None, description="What is called when the task has succeeded.")
    on_failure_callback: Callbacks | None = Field(None, description="What is called when the task has failed.")
    on_retry_callback: Callbacks | None = Field(
        None, description="What is called when a try has failed and another one follows."
    )
    on_skipped_callback: Callbacks | None = Field(None, description="What is called when the task skips itself.")
    task_display_name: Text | None = Field(None, description="What Airflow's pages show in place of the id.")
    doc_json: Text | None = Field(None, description="JSON that Airflow shows with the task.")
    doc_yaml: Text | None = Field(None, description="YAML that Airflow shows with the task.")
    doc_rst: Text | None = Field(None, description="reStructuredText that Airflow shows with the task.")
    logger_name: Text | None = Field(
        None, description="The logger below airflow.task.operators that the task writes to."
    )
