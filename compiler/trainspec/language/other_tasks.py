"""The models of the other tasks: sensors, tasks of any operator, approvals by people, triggers of other DAGs."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr
from trainspec.language.callbacks import Callbacks
from trainspec.language.forms import FixedDuration, Id, Number, TaskGroup, Text
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
    """What every task other than a job may set."""

    depends_on: Annotated[Id | list[Id], Field(json_schema_extra={"x-form": "a task or a list of tasks"})] | None = (
        Field(
            None,
            description="The jobs, sensors, tasks, approvals and triggers that run before this task and must succeed.",
        )
    )
    task_group: TaskGroup | None = Field(
        None,
        description="The task group that Airflow shows the task in; with dots, a group in others: `models.risk`.",
    )
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the task.")


class Sensor(OtherTask):
    """Waits for something outside of the DAG: objects in S3 (`s3`), or a run of another DAG (`dag`).

    https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/s3/s3.html and
    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/external_task_sensor.html
    """

    s3: Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "an S3 URI or a list of S3 URIs"})] | None = (
        Field(
            None,
            description="S3 URI, or list of S3 URIs, of objects that must exist. The wildcards *, ? and [...] "
            "are allowed.",
        )
    )
    wildcard: StrictBool | None = Field(
        None, description="Whether *, ? and [...] in `s3` are wildcards; default: true."
    )
    aws_conn_id: Text | None = Field(None, description="With `s3`: Airflow connection that holds the AWS credentials.")
    region: Text | None = Field(
        None, description="With `s3`: AWS region of the bucket; default: the region of the Airflow connection."
    )
    dag: Id | None = Field(
        None, description="Id of another DAG. The sensor waits for its run with the same logical date."
    )
    task: Id | None = Field(None, description="The task of that DAG to wait for; default: the whole run.")
    tasks: Annotated[list[Id], Field(min_length=1)] | None = Field(
        None, description="Several tasks of that DAG to wait for."
    )
    group: Id | None = Field(None, description="The task group of that DAG to wait for.")
    execution_delta: FixedDuration | None = Field(
        None, description="How much earlier the logical date of the other DAG's run is."
    )
    states: Annotated[list[State], _STATES] | None = Field(
        None, description="States of the other run or task to wait for; default: success."
    )
    failed_states: Annotated[list[State], _NO_STATES] | None = Field(
        None, description="States of the other run or task in which the sensor fails; default: none."
    )
    skipped_states: Annotated[list[State], _NO_STATES] | None = Field(
        None, description="States of the other run or task in which the sensor is skipped."
    )
    check_existence: StrictBool | None = Field(
        None, description="Whether the sensor fails immediately if there is no such DAG or task. Airflow 3 ignores it."
    )
    poke_interval: FixedDuration | None = Field(None, description="Time between checks, such as 5m.")
    timeout: FixedDuration | None = Field(None, description="The longest time to wait; then the sensor fails.")
    mode: Literal["poke", "reschedule"] | None = Field(
        None, description="Whether the sensor keeps its worker slot between checks (poke) or releases it (reschedule)."
    )
    deferrable: StrictBool | None = Field(
        None, description="Whether the task waits in the triggerer (deferrable) instead of occupying a worker slot."
    )
    soft_fail: StrictBool | None = Field(None, description="Whether the sensor is skipped instead of failing.")


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
        description="Arguments of the operator, by name. They are passed as written; the operator determines "
        "which of them are templates.",
        json_schema_extra={"x-form": "a map of arguments by name"},
    )


class Approver(Model):
    """A user of Airflow who may answer."""

    id: Text = Field(description="The user's id in Airflow's auth manager.")
    name: Text = Field(description="The user's name, as the Airflow UI shows it.")


class Approval(OtherTask):
    """Asks a person in Airflow's pages, and lets the tasks after it run once it is approved.

    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/hitl.html
    """

    subject: Text = Field(description="The question, on one line. Airflow renders templates in it.")
    body: Text | None = Field(
        None, description="What the person needs to know to decide, as Markdown. Airflow renders templates in it."
    )
    timeout: FixedDuration | None = Field(
        None,
        description="The longest time to wait for an answer. After that, the answer is `default`, or the "
        "task fails if there is none.",
    )
    default: Literal["approve", "reject"] | None = Field(
        None, description="The answer if nobody answers in time, and the one that the Airflow UI preselects."
    )
    on_reject: Literal["skip", "skip_all", "fail"] | None = Field(
        None,
        description="What happens on rejection: the next tasks are skipped, as far as their trigger rules "
        "say so (skip, the default); all downstream tasks are skipped (skip_all); or the task "
        "fails (fail).",
    )
    assigned: (
        Annotated[
            Approver | Annotated[list[Approver], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a user as {id, name}, or a list of users"}),
        ]
        | None
    ) = Field(None, description="Who may answer; default: everyone who has the permission.")
    notify: Callbacks | None = Field(None, description="What Airflow calls when the question is asked.")


class Trigger(OtherTask):
    """Starts a run of another DAG.

    https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/trigger_dag_run.html
    """

    dag: Id = Field(description="Id of the DAG to start.")
    job: Annotated[Text, Field(json_schema_extra={"x-form": "a job's name"})] | None = Field(
        None,
        description="A job whose name and model are passed to the run, as `job` and `model` in its `conf`; "
        "or the best job of a matrix, as `sweep.best(validation:auc, max)`.",
    )
    conf: dict[str, Any] | None = Field(
        None,
        description="Configuration of the run, available as `dag_run.conf`.",
        json_schema_extra={"x-form": "a map of values by name"},
    )
    run_id: Text | None = Field(None, description="Id of the run; default: generated by Airflow.")
    logical_date: Text | None = Field(None, description="Logical date of the run.")
    wait: StrictBool | None = Field(None, description="Whether the task waits for the run to end.")
    poke_interval: FixedDuration | None = Field(None, description="Time between checks, such as 1m.")
    states: Annotated[list[RunState], _STATES] | None = Field(
        None, description="States of the run that end the wait; default: success."
    )
    failed_states: Annotated[list[RunState], _NO_STATES] | None = Field(
        None, description="States of the run in which the task fails; default: failed."
    )
    reset: StrictBool | None = Field(
        None, description="Whether to clear, and so rerun, a run that already exists; otherwise the task fails."
    )
    skip_if_exists: StrictBool | None = Field(
        None, description="Whether the task is skipped if the run already exists."
    )
    deferrable: StrictBool | None = Field(
        None, description="Whether the task waits in the triggerer (deferrable) instead of occupying a worker slot."
    )


class Condition(Model):
    """A condition on a metric of a job: the tasks after the job run only if it is met."""

    metric: Text = Field(description="Name of the metric, as in the job's `metrics`.")
    at_least: Number | None = Field(None, description="The metric must be at least this.")
    at_most: Number | None = Field(None, description="The metric must be at most this.")
    above: Number | None = Field(None, description="The metric must be greater than this.")
    below: Number | None = Field(None, description="The metric must be less than this.")
