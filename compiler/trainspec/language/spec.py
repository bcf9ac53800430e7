"""The model of a whole spec: one file, one DAG."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictBool, StrictInt, StrictStr
from trainspec.language.around import Sensor, Task, Trigger
from trainspec.language.forms import FixedDuration, Id, Text
from trainspec.language.job import Job
from trainspec.language.parts import Model
from trainspec.language.task import TaskArguments


class AssetSchedule(Model):
    """A DAG that runs when assets were updated."""

    assets: Annotated[list[Text], Field(min_length=1)] = Field(description="URIs of the assets; all must be updated.")


class Dag(Model):
    """Arguments of the DAG.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
    """

    id: Id | None = Field(None, description="The DAG's id; the file's name if not given.")
    schedule: (
        Annotated[
            Text | AssetSchedule,
            Field(
                json_schema_extra={"x-form": "a cron expression, a preset, an interval such as 6h, or {assets: [...]}"}
            ),
        ]
        | None
    ) = Field(
        None,
        description='When it runs: a cron expression, a preset such as "@daily", an interval such as 6h, or assets.',
        json_schema_extra={"x-nullable": True},
    )
    start_date: Text | None = Field(None, description="First logical date: 2025-04-01, or with a time of day.")
    end_date: Text | None = Field(None, description="Last logical date.")
    timezone: Text | None = Field(None, description="Time zone of the dates and the schedule; UTC if not given.")
    catchup: StrictBool | None = Field(None, description="Whether runs between the start date and now are made up for.")
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
    is_paused_upon_creation: StrictBool | None = Field(None, description="Whether the DAG starts paused.")
    render_template_as_native_obj: StrictBool | None = Field(
        None, description="Whether templates of other operators give Python objects; a job's request is always text."
    )
    default_args: TaskArguments | None = Field(None, description="Arguments of every task that does not say otherwise.")


Variable: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]


class Environment(Model):
    """A patch that is laid over the document for one environment: maps merge by key, null removes."""

    dag: dict[str, Any] | None = Field(None, description="Laid over `dag`.")
    vars: dict[Variable, Any] | None = Field(None, description="Laid over `vars`.")
    defaults: dict[str, Any] | None = Field(None, description="Laid over `defaults`.")
    jobs: dict[Id, Any] | None = Field(None, description="Laid over `jobs`.")
    sensors: dict[Id, Any] | None = Field(None, description="Laid over `sensors`.")
    tasks: dict[Id, Any] | None = Field(None, description="Laid over `tasks`.")
    triggers: dict[Id, Any] | None = Field(None, description="Laid over `triggers`.")


class Spec(Model):
    """A trainspec file: one DAG of SageMaker training jobs."""

    trainspec: Literal[1] | None = Field(
        None, description="Version of the language: 1. A file without it is a fragment, for others to extend."
    )
    extends: Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "a file or a list of files"})] | None = (
        Field(None, description="Files that this one is laid over, named relative to it, the first one lowest.")
    )
    environments: dict[Id, Environment] | None = Field(
        None, description="Patches of this document by the environment's name, chosen with --env."
    )
    dag: Dag = Field(default_factory=Dag, description="Arguments of the DAG.")
    vars: dict[Variable, Any] | None = Field(
        None, description="Values for ${vars.NAME}, put in when the spec is compiled."
    )
    defaults: Job | None = Field(None, description="Merged under every job.")
    jobs: dict[Id, Job] = Field(
        default_factory=dict, description="The training jobs; each key is the Airflow task's id."
    )
    sensors: dict[Id, Sensor] | None = Field(
        None, description="What is waited for, by the task's id: objects in S3, runs of other DAGs."
    )
    tasks: dict[Id, Task] | None = Field(
        None, description="Tasks of any operator, by their id: the steps before and after the training."
    )
    triggers: dict[Id, Trigger] | None = Field(
        None, description="Other DAGs that are started, by the task's id, handed a job's name and model."
    )
