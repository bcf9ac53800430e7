"""The model of what a DAG takes."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StrictBool, StrictInt
from trainspec.language.assets import Condition
from trainspec.language.callbacks import Callback, Callbacks
from trainspec.language.forms import FixedDuration, Id, Text
from trainspec.language.params import Params
from trainspec.language.parts import Model
from trainspec.language.task import TaskArguments

Times: TypeAlias = Annotated[
    Text | Annotated[list[Text], Field(min_length=1)],
    Field(
        json_schema_extra={
            "x-form": "a cron expression, a preset, an interval such as 6h, or a list of cron expressions"
        }
    ),
]


_AFTER = "queued, logical_date, average(10) or a date"


class AssetSchedule(Model):
    """A DAG that runs when assets are updated, and optionally on a schedule as well."""

    assets: Annotated[
        Condition | Annotated[list[Condition], Field(min_length=1)],
        Field(json_schema_extra={"x-form": "a URI, a map with a uri or name, any or all, or a list of these"}),
    ] = Field(description="The assets that must be updated: all in a list, or a combination with `any` and `all`.")
    time: Times | None = Field(None, description="A schedule in addition to the assets.")


class Deadline(Model):
    """When a run of the DAG must have ended, and what is called if it has not.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/deadline-alerts.html
    """

    after: Annotated[Text, Field(json_schema_extra={"x-form": _AFTER})] = Field(
        description="Where the time starts: `queued`, when the run was queued; `logical_date`, the run's "
        "logical date; `average(10)`, when the run would end if it took as long as the average "
        "of the last ten runs (Airflow 3.2); or a date."
    )
    within: FixedDuration = Field(description="How long after that the run must have ended, such as 2h.")
    call: Callback = Field(
        description="The coroutine function, or the notifier with its arguments, that the triggerer calls "
        "when the run is late."
    )


class Dag(Model):
    """Arguments of the DAG.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
    """

    id: Id | None = Field(None, description="The DAG's id; default: the file's name.")
    schedule: (
        Annotated[
            Text | Annotated[list[Text], Field(min_length=1)] | AssetSchedule,
            Field(
                json_schema_extra={
                    "x-form": "a cron expression, a preset, an interval such as 6h, a list of cron expressions, "
                    "or {assets: [...]}"
                }
            ),
        ]
        | None
    ) = Field(
        None,
        description='When the DAG runs: one or more cron expressions, a preset such as "@daily", an interval '
        "such as 6h, or assets.",
        json_schema_extra={"x-nullable": True},
    )
    start_date: Text | None = Field(None, description="First logical date: 2025-04-01, or with a time of day.")
    end_date: Text | None = Field(None, description="Last logical date.")
    timezone: Text | None = Field(None, description="Time zone of the dates and the schedule; default: UTC.")
    catchup: StrictBool | None = Field(None, description="Whether to backfill runs between the start date and now.")
    description: Text | None = Field(None, description="Short description that Airflow shows next to the id.")
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the DAG.")
    tags: list[Text] | None = Field(None, description="Tags for filtering DAGs in the Airflow UI.")
    max_active_runs: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many runs of the DAG may be active at once."
    )
    max_active_tasks: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many of the DAG's tasks may run at once."
    )
    dagrun_timeout: FixedDuration | None = Field(None, description="The longest time that one run may take.")
    deadline: (
        Annotated[
            Deadline | Annotated[list[Deadline], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a map with after, within and call, or a list of these"}),
        ]
        | None
    ) = Field(None, description="When a run must have ended, and what Airflow calls if it has not. (Airflow 3.1)")
    partitions: Literal["time", "same", "hour", "day", "week", "month", "quarter", "year"] | None = Field(
        None,
        description="The partition that each run processes, available as `{{ dag_run.partition_key }}`. With "
        "a cron expression, `time`: the time of the run. With assets, `same`: the partition of "
        "the update; or the start of its hour, day, week, month, quarter or year. (Airflow 3.2)",
    )
    is_paused_upon_creation: StrictBool | None = Field(None, description="Whether the DAG starts paused.")
    render_template_as_native_obj: StrictBool | None = Field(
        None,
        description="Whether templates in other operators render to Python objects; in a job's request they "
        "always render to strings.",
    )
    params: Params | None = Field(
        None,
        description="Parameters of a run, available as {{ params.NAME }}: default values, or maps with a "
        "default and a JSON Schema.",
    )
    on_success_callback: Callbacks | None = Field(None, description="What Airflow calls when a run succeeds.")
    on_failure_callback: Callbacks | None = Field(None, description="What Airflow calls when a run fails.")
    max_consecutive_failed_dag_runs: Annotated[StrictInt, Field(ge=0)] | None = Field(
        None, description="The number of failed runs in a row after which Airflow pauses the DAG; 0 for never."
    )
    fail_fast: StrictBool | None = Field(None, description="Whether the failure of one task fails all running tasks.")
    dag_display_name: Text | None = Field(None, description="Name that the Airflow UI shows instead of the id.")
    owner_links: dict[str, Text] | None = Field(
        None, description="Links of the owners in the Airflow UI, by owner: http, https or mailto."
    )
    access_control: (
        dict[
            str,
            Annotated[
                list[Text] | dict[str, list[Text]],
                Field(json_schema_extra={"x-form": "a list of permissions, or lists of them by resource"}),
            ],
        ]
        | None
    ) = Field(
        None, description="Permissions on the DAG, by role: [can_read], or {DAGs: [can_read], DAG Runs: [can_create]}."
    )
    template_searchpath: (
        Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "a folder or a list of folders"})] | None
    ) = Field(None, description="Folders in which Airflow looks for the template files of other operators.")
    allowed_run_types: (
        list[
            Literal["backfill", "scheduled", "manual", "operator_triggered", "asset_triggered", "asset_materialization"]
        ]
        | None
    ) = Field(None, description="The run types that the DAG allows. (Airflow 3.2)")
    disable_bundle_versioning: StrictBool | None = Field(
        None,
        description="Whether tasks run the newest version of the DAG instead of the version of their run. (Airflow 3)",
    )
    rerun_with_latest_version: StrictBool | None = Field(
        None, description="Whether cleared runs and tasks use the newest version of the DAG. (Airflow 3.3)"
    )
    default_args: TaskArguments | None = Field(
        None, description="Default arguments of every task; a task's own arguments override them."
    )
