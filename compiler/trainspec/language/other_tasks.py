"""The models of the other tasks: sensors, tasks of any operator, approvals by people, triggers of other DAGs."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr
from trainspec.language.callbacks import Callbacks
from trainspec.language.forms import FixedDuration, Id, Number, Text
from trainspec.language.parts import Model
from trainspec.language.task import TaskArguments

OPERATOR_PATTERN = r"^([A-Za-z][A-Za-z0-9_]{0,99}\.){1,20}[A-Z][A-Za-z0-9_]{0,99}$(?!\n)"
"""A dotted path whose last part is named as classes are."""

State = Literal[
    "deferred", "failed", "queued", "removed", "restarting", "running", "scheduled", "skipped", "success",
    "up_for_reschedule", "up_for_retry", "upstream_failed",
]  # fmt: skip


_STATES = Field(min_length=1, json_schema_extra={"x-form": "a list of states"})
_NO_STATES = Field(json_schema_extra={"x-form": "a list of states"})
RunState = Literal["failed", "queued", "running", "success"]


class OtherTask(TaskArguments):
    """What every task beside the jobs may say."""

    depends_on: Annotated[Id | list[Id], Field(json_schema_extra={"x-form": "a task or a list of tasks"})] | None = (
        Field(None, description="The jobs, sensors, tasks, approvals and triggers that must have succeeded before.")
    )
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the task.")


class Sensor(OtherTask):
    """Waits for something outside of the DAG: objects in S3 (`s3`), or a run of another DAG (`dag`).

    https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/s3/s3.html and
    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/external_task_sensor.html
    """

    s3: Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "an S3 URI or a list of S3 URIs"})] | None = (
        Field(None, description="S3 URI of an object that must exist, with the wildcards *, ? and [...]; or several.")
    )
    wildcard: StrictBool | None = Field(
        None, description="Whether *, ? and [...] in `s3` are wildcards; they are if not given."
    )
    aws_conn_id: Text | None = Field(None, description="Airflow connection that holds the AWS credentials, for `s3`.")
    region: Text | None = Field(None, description="AWS region of the bucket, for `s3`; the connection's if not given.")
    dag: Id | None = Field(None, description="Id of another DAG, whose run of the same logical date is waited for.")
    task: Id | None = Field(None, description="The task of that DAG to wait for; the whole run if not given.")
    tasks: Annotated[list[Id], Field(min_length=1)] | None = Field(
        None, description="Several tasks of that DAG to wait for."
    )
    group: Id | None = Field(None, description="The task group of that DAG to wait for.")
    execution_delta: FixedDuration | None = Field(
        None, description="How much earlier the logical date of the other DAG's run is."
    )
    states: Annotated[list[State], _STATES] | None = Field(
        None, description="States of the other run or task that are waited for; success if not given."
    )
    failed_states: Annotated[list[State], _NO_STATES] | None = Field(
        None, description="States of the other run or task that let the sensor fail; none if not given."
    )
    skipped_states: Annotated[list[State], _NO_STATES] | None = Field(
        None, description="States of the other run or task that let the sensor be skipped."
    )
    check_existence: StrictBool | None = Field(
        None, description="Whether the sensor fails at once where there is no such DAG or task. Airflow 3 ignores it."
    )
    poke_interval: FixedDuration | None = Field(None, description="Time between checks, such as 5m.")
    timeout: FixedDuration | None = Field(None, description="The longest wait; then the sensor fails.")
    mode: Literal["poke", "reschedule"] | None = Field(
        None, description="Whether the sensor keeps its worker slot between checks (poke) or releases it (reschedule)."
    )
    deferrable: StrictBool | None = Field(None, description="Whether it waits in the triggerer, without a worker.")
    soft_fail: StrictBool | None = Field(None, description="Whether it is skipped where it would fail.")


class Task(OtherTask):
    """A task of any operator: an import and a call in the DAG file. The compiler never imports the operator."""

    operator: Annotated[
        StrictStr,
        Field(
            pattern=OPERATOR_PATTERN,
            json_schema_extra={
                "x-form": "the dotted path of an operator's class, such as "
                "airflow.providers.standard.operators.bash.BashOperator"
            },
        ),
    ] = Field(description="Dotted path of the operator's class.")
    arguments: dict[str, Any] | None = Field(
        None,
        description="Arguments of the operator by name. They reach it as they are written; which of them Airflow "
        "renders is the operator's to say.",
        json_schema_extra={"x-form": "a map of arguments by name"},
    )


class Approver(Model):
    """A user of Airflow who may answer."""

    id: Text = Field(description="The user's id in Airflow's auth manager.")
    name: Text = Field(description="The user's name, as Airflow's pages show it.")


class Approval(OtherTask):
    """Asks a person in Airflow's pages, and lets the tasks after it run once it is approved.

    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/hitl.html
    """

    subject: Text = Field(description="The question, in a line. Airflow renders templates in it.")
    body: Text | None = Field(
        None, description="What the person needs to know to decide, as Markdown. Airflow renders templates in it."
    )
    timeout: FixedDuration | None = Field(
        None, description="The longest wait for an answer; then `default` is taken, or the task fails."
    )
    default: Literal["approve", "reject"] | None = Field(
        None, description="The answer that is taken when nobody has answered in time, and that the page suggests."
    )
    on_reject: Literal["skip", "skip_all", "fail"] | None = Field(
        None,
        description="What a rejection does: the tasks after it are skipped as their trigger rules say (skip, if not "
        "given), all tasks behind it are skipped (skip_all), or the task fails (fail).",
    )
    assigned: (
        Annotated[
            Approver | Annotated[list[Approver], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a user as {id, name}, or a list of users"}),
        ]
        | None
    ) = Field(None, description="Who may answer; everybody with the right to, if not given.")
    notify: Callbacks | None = Field(None, description="What is called when the question is asked.")


class Trigger(OtherTask):
    """Starts a run of another DAG.

    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/trigger_dag_run.html
    """

    dag: Id = Field(description="Id of the DAG that is started.")
    job: Annotated[Text, Field(json_schema_extra={"x-form": "a job's name"})] | None = Field(
        None,
        description="A job whose name and model the run is given, as `job` and `model` of its `conf`; or the best of a "
        "matrix, as `sweep.best(validation:auc, max)`.",
    )
    conf: dict[str, Any] | None = Field(
        None,
        description="What the run is given, as `dag_run.conf`.",
        json_schema_extra={"x-form": "a map of values by name"},
    )
    run_id: Text | None = Field(None, description="Id of the run; Airflow makes one if not given.")
    logical_date: Text | None = Field(None, description="Logical date of the run.")
    wait: StrictBool | None = Field(None, description="Whether the task waits for the end of that run.")
    poke_interval: FixedDuration | None = Field(None, description="Time between checks, such as 1m.")
    states: Annotated[list[RunState], _STATES] | None = Field(
        None, description="States of the run with which the wait is over; success if not given."
    )
    failed_states: Annotated[list[RunState], _NO_STATES] | None = Field(
        None, description="States of the run that let the task fail; failed if not given."
    )
    reset: StrictBool | None = Field(
        None, description="Whether a run that there is already is cleared, and so runs again; else the task fails."
    )
    skip_if_exists: StrictBool | None = Field(
        None, description="Whether the task is skipped where there is such a run already."
    )
    deferrable: StrictBool | None = Field(None, description="Whether it waits in the triggerer, without a worker.")


class Condition(Model):
    """What a metric of a job must be for the tasks after it to run."""

    metric: Text = Field(description="Name of the metric, as `metrics` of the job has it.")
    at_least: Number | None = Field(None, description="The metric must be this or more.")
    at_most: Number | None = Field(None, description="The metric must be this or less.")
    above: Number | None = Field(None, description="The metric must be more than this.")
    below: Number | None = Field(None, description="The metric must be less than this.")
