"""The model of a whole spec: one file, one DAG, or one for each combination of `for_each`."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictStr
from trainspec.language.dag import Dag
from trainspec.language.forms import Id, Text
from trainspec.language.job import Job
from trainspec.language.other_tasks import Approval, Sensor, Task, Trigger
from trainspec.language.parts import Model

Variable: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]


class Environment(Model):
    """A patch that is laid over the document for one environment: maps merge by key, null removes."""

    dag: dict[str, Any] | None = Field(None, description="Merged onto `dag`.")
    vars: dict[Variable, Any] | None = Field(None, description="Merged onto `vars`.")
    defaults: dict[str, Any] | None = Field(None, description="Merged onto `defaults`.")
    for_each: dict[str, Any] | None = Field(None, description="Merged onto `for_each`.")
    jobs: dict[Id, Any] | None = Field(None, description="Merged onto `jobs`.")
    sensors: dict[Id, Any] | None = Field(None, description="Merged onto `sensors`.")
    tasks: dict[Id, Any] | None = Field(None, description="Merged onto `tasks`.")
    approvals: dict[Id, Any] | None = Field(None, description="Merged onto `approvals`.")
    triggers: dict[Id, Any] | None = Field(None, description="Merged onto `triggers`.")


class Spec(Model):
    """A trainspec file: one DAG of SageMaker training jobs."""

    trainspec: Literal[1] | None = Field(
        None, description="Version of the language: 1. A file without it is a fragment, for others to extend."
    )
    extends: Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "a file or a list of files"})] | None = (
        Field(None, description="Files that this one is merged onto, in order, as paths relative to this file.")
    )
    environments: dict[Id, Environment] | None = Field(
        None, description="Patches of this document by the environment's name, chosen with --env."
    )
    dag: Dag = Field(default_factory=Dag, description="Arguments of the DAG.")
    vars: dict[Variable, Any] | None = Field(None, description="Values for ${vars.NAME}, substituted at compile time.")
    for_each: dict[str, Any] | None = Field(
        None,
        description="Lists of values: the spec becomes one DAG for each combination, with the values as "
        "${for_each.NAME} in it. The DAG's `id` must differ. `exclude` takes combinations out, `include` adds some.",
        json_schema_extra={"x-form": "a map of lists"},
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
    approvals: dict[Id, Approval] | None = Field(
        None, description="Questions to a person, by the task's id: the tasks after one wait for its approval."
    )
    triggers: dict[Id, Trigger] | None = Field(
        None, description="Other DAGs that are started, by the task's id, handed a job's name and model."
    )
