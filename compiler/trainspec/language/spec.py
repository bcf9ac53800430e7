"""The model of a complete spec: one file, one DAG, or one for each combination of `for_each`."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictStr
from trainspec.language.dag import Dag
from trainspec.language.forms import Id, Text
from trainspec.language.job import Job
from trainspec.language.other_tasks import Approval, Sensor, Task, Trigger
from trainspec.language.parts import Model

Variable: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]


class Environment(Model):
    """A patch that is merged onto the document for one environment: maps merge by key, null removes a key."""

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
        None, description="Version of the language: 1. A file without it is a fragment that other files extend."
    )
    extends: Annotated[Text | list[Text], Field(json_schema_extra={"x-form": "a file or a list of files"})] | None = (
        Field(
            None,
            description="Files that this file extends, as paths relative to this file. They are merged in order, "
            "and this file is merged last.",
        )
    )
    environments: dict[Id, Environment] | None = Field(
        None, description="Patches to this document, by environment name; `--env` chooses one."
    )
    dag: Dag = Field(default_factory=Dag, description="Arguments of the DAG.")
    vars: dict[Variable, Any] | None = Field(None, description="Values for ${vars.NAME}, substituted at compile time.")
    for_each: dict[str, Any] | None = Field(
        None,
        description="Lists of values, by name: the spec becomes one DAG for each combination, in which "
        "${for_each.NAME} is the value. Each DAG needs its own `id`. `exclude` removes "
        "combinations, `include` adds some.",
        json_schema_extra={"x-form": "a map of lists"},
    )
    defaults: Job | None = Field(None, description="Fields that every job inherits; a job's own fields override them.")
    jobs: dict[Id, Job] = Field(default_factory=dict, description="The training jobs, by Airflow task id.")
    sensors: dict[Id, Sensor] | None = Field(
        None, description="Sensors, by task id. They wait for objects in S3 or for runs of other DAGs."
    )
    tasks: dict[Id, Task] | None = Field(
        None, description="Tasks that use any other operator, by task id: the steps before and after training."
    )
    approvals: dict[Id, Approval] | None = Field(
        None, description="Questions to a person, by task id. The tasks after an approval wait until it is approved."
    )
    triggers: dict[Id, Trigger] | None = Field(
        None, description="Other DAGs to start, by task id. They can be given a job's name and model."
    )
