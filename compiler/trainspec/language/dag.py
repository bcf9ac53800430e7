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
    """A DAG that runs when assets were updated, and at set times where it says so."""

    assets: Annotated[
        Condition | Annotated[list[Condition], Field(min_length=1)],
        Field(json_schema_extra={"x-form": "a URI, a map with a uri or name, any or all, or a list of these"}),
    ] = Field(description="The assets that must have been updated: all of a list, or what `any` and `all` say.")
    time: Times | None = Field(None, description="A schedule in addition to the assets.")


class Deadline(Model):
    """When a run of the DAG must have ended, and what is called where it has not.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/deadline-alerts.html
    """

    after: Annotated[Text, Field(json_schema_extra={"x-form": _AFTER})] = Field(
        description="What the time counts from: `queued`, when the run was queued; `logical_date`, that of the run; "
        "`average(10)`, the moment at which the last ten runs would have ended on average (Airflow 3.2); or a date."
    )
    within: FixedDuration = Field(description="How long after that the run must have ended, such as 2h.")
    call: Callback = Field(
        description="The coroutine function, or the notifier with its arguments, that the triggerer calls when the run "
        "is late."
    )


class Dag(Model):
    """Arguments of the DAG.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
    """

    id: Id | None = Field(None, description="The DAG's id; the file's name if not given.")
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
        description='When it runs: a cron expression or several, a preset such as "@daily", an interval such as 6h, or '
        "assets.",
        json_schema_extra={"x-nullable": True},
    )
    start_date: Text | None = Field(None, description="First logical date: 2025-04-01, or with a time of day.")
    end_date: Text | None = Field(None, description="Last logical date.")
    timezone: Text | None = Field(None, description="Time zone of the dates and the schedule; UTC if not given.")
    catchup: StrictBool | None = Field(None, description="Whether to backfill runs between the start date and now.")
    description: Text | None = Field(None, description="One line that Airflow shows beside the id.")
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the DAG.")
    tags: list[Text] | None = Field(None, description="Words to filter DAGs by.")
    max_active_runs: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many runs of the DAG may be active at once."
    )
    max_active_tasks: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many of its tasks may be active at once."
    )
    dagrun_timeout: FixedDuration | None = Field(None, description="The longest that one run may take.")
    deadline: (
        Annotated[
            Deadline | Annotated[list[Deadline], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a map with after, within and call, or a list of these"}),
        ]
        | None
    ) = Field(None, description="When a run must have ended, and what is called where it has not. (Airflow 3.1)")
    partitions: Literal["time", "same", "hour", "day", "week", "month", "quarter", "year"] | None = Field(
        None,
        description="The partition that each run is for, `{{ dag_run.partition_key }}`: with a cron expression `time`, "
        "the moment of the run; with assets the `same` as that of the update, or the start of its hour, day, week, "
        "month, quarter or year. (Airflow 3.2)",
    )
    is_paused_upon_creation: StrictBool | None = Field(None, description="Whether the DAG starts paused.")
    render_template_as_native_obj: StrictBool | None = Field(
        None, description="Whether templates of other operators give Python objects; a job's request is always text."
    )
    params: Params | None = Field(
        None,
        description="What a run may be given, as {{ params.NAME }}: values, or maps with a default and a JSON Schema.",
    )
    on_success_callback: Callbacks | None = Field(None, description="What is called when a run has succeeded.")
    on_failure_callback: Callbacks | None = Field(None, description="What is called when a run has failed.")
    max_consecutive_failed_dag_runs: Annotated[StrictInt, Field(ge=0)] | None = Field(
        None, description="After how many failed runs in a row Airflow pauses the DAG; 0 for never."
    )
    fail_fast: StrictBool | None = Field(None, description="Whether the failure of one task ends all that are running.")
    dag_display_name: Text | None = Field(None, description="What Airflow's pages show in place of the id.")
    owner_links: dict[str, Text] | None = Field(
        None, description="Where a click on an owner leads: an http, https or mailto link by the owner's name."
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
        None, description="Permissions on the DAG by role: [can_read], or {DAGs: [can_read], DAG Runs: [can_create]}."
    )
    template_searchpath: (
        Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "a folder or a list of folders"})] | None
    ) = Field(None, description="Folders in which other operators find the files that they render.")
    allowed_run_types: (
        list[
            Literal["backfill", "scheduled", "manual", "operator_triggered", "asset_triggered", "asset_materialization"]
        ]
        | None
    ) = Field(None, description="The kinds of run that the DAG takes. (Airflow 3.2)")
    disable_bundle_versioning: StrictBool | None = Field(
        None, description="Whether tasks run the newest version of the DAG, not that of their run. (Airflow 3)"
    )
    rerun_with_latest_version: StrictBool | None = Field(
        None, description="Whether what is cleared runs again with the newest version of the DAG. (Airflow 3.3)"
    )
    default_args: TaskArguments | None = Field(None, description="Arguments of every task that does not say otherwise.")
