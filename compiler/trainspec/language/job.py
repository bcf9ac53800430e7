"""The model of a training job: what stands under `jobs.<task_id>` and `defaults`.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.fields`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictStr
from trainspec.language import parts
from trainspec.language.failures import OnFailure
from trainspec.language.forms import Boolean, Id, Text, WrittenScalar, WrittenValue
from trainspec.language.other_tasks import Condition
from trainspec.language.task import Operator, TaskArguments
from trainspec.language.tuning import Tuning
from trainspec.units import ACCOUNT_PATTERN, REGION_PATTERN


class Job(TaskArguments):
    """One training job: one task of the DAG."""

    name: Text | None = Field(None, description="Name of the job; unique in the account and region.")
    image: Text | None = Field(None, description="Container image that trains.")
    framework: parts.Framework | None = Field(
        None, description="In place of `image`: a framework whose image AWS publishes for the region and the machines."
    )
    algorithm: Text | None = Field(
        None, description="In place of `image`: a built-in such as xgboost@1.7-1, or an algorithm's name or ARN."
    )
    region: Annotated[StrictStr, Field(pattern=REGION_PATTERN)] | None = Field(
        None,
        description="AWS region of the job; the connection's if not given.",
        json_schema_extra={"x-form": "an AWS region such as us-east-1"},
    )
    account: Annotated[StrictStr, Field(pattern=ACCOUNT_PATTERN)] | None = Field(
        None,
        description="AWS account, for a role that is given by its bare name.",
        json_schema_extra={"x-form": "an account id of 12 digits"},
    )
    input_mode: Text | None = Field(None, description="How the container gets its data; File if not given.")
    entrypoint: (
        Annotated[Text | list[WrittenScalar], Field(json_schema_extra={"x-form": "a command or a list of strings"})]
        | None
    ) = Field(
        None,
        description=(
            "Command of the container, in place of its own: a list, or a string that is split like a shell does."
        ),
    )
    arguments: (
        Annotated[Text | list[WrittenScalar], Field(json_schema_extra={"x-form": "a string or a list of strings"})]
        | None
    ) = Field(None, description="Arguments of that command: a list, or a string that is split like a shell does.")
    image_access: parts.ImageAccess | None = Field(None, description="How the image is reached in a private registry.")
    source: parts.Source | None = Field(None, description="The script that the job runs, and the folder it is in.")
    distribution: parts.DistributionOrType | None = Field(
        None, description="How the script of `source` runs on many processors and machines."
    )
    metrics: (
        Annotated[
            dict[str, Text] | list[parts.Metric],
            Field(json_schema_extra={"x-form": "a map of regular expressions by the metric's name"}),
        ]
        | None
    ) = Field(None, description="Metrics read from the log: name and regular expression with one group.")
    metrics_time_series: Boolean | None = Field(None, description="Whether the metrics are kept as time series.")
    role: Text | None = Field(None, description="Execution role: its ARN, or its name where `account` is given.")
    hyperparameters: dict[str, WrittenValue] | None = Field(
        None, description="Passed to the algorithm as strings: a scalar as written, a list or map as compact JSON."
    )
    hyperparameter_encoding: Literal["text", "json"] | None = Field(
        None,
        description="`json` quotes every value as JSON, for containers of the SageMaker SDK's framework estimators.",
    )
    environment: parts.TextMap | None = Field(None, description="Environment variables of the container.")
    inputs: (
        Annotated[
            dict[str, parts.UriOrChannel] | list[parts.NamedChannel],
            Field(json_schema_extra={"x-form": "a map of channels by name"}),
        ]
        | None
    ) = Field(None, description="Input channels by name: an S3 prefix, or a map.")
    output: parts.UriOrOutput | None = Field(None, description="Where the model goes: an S3 prefix, or a map.")
    resources: parts.Resources | None = Field(None, description="The machines that the job runs on.")
    stopping: parts.Stopping | None = Field(None, description="How long the job may run and wait.")
    retry: parts.Retry | None = Field(None, description="How SageMaker itself repeats a job that failed.")
    spot: Boolean | None = Field(None, description="Whether the job runs on spot capacity.")
    checkpoint: parts.UriOrCheckpoint | None = Field(
        None, description="Where checkpoints are kept: an S3 prefix, or a map."
    )
    vpc: parts.Vpc | None = Field(None, description="The network that the containers join.")
    network_isolation: Boolean | None = Field(None, description="Whether the container has no network at all.")
    encrypt_inter_container_traffic: Boolean | None = Field(
        None, description="Whether traffic between the instances is encrypted."
    )
    tags: (
        Annotated[
            dict[str, WrittenScalar] | list[parts.Tag],
            Field(json_schema_extra={"x-form": "a map"}),
        ]
        | None
    ) = Field(None, description="Tags of the job.")
    debugger: parts.Debugger | None = Field(None, description="SageMaker Debugger and its rules.")
    profiler: parts.Profiler | None = Field(None, description="SageMaker Profiler and its rules.")
    tensorboard: parts.UriOrTensorBoard | None = Field(
        None, description="Where TensorBoard's data goes: an S3 prefix, or a map."
    )
    experiment: parts.Experiment | None = Field(None, description="The experiment that the job belongs to.")
    mlflow: parts.Mlflow | None = Field(None, description="The MLflow server that the job reports to.")
    model_package: parts.ModelPackage | None = Field(None, description="The model package that the job makes.")
    serverless: parts.Serverless | None = Field(
        None, description="In place of an image and machines: SageMaker customizes or evaluates a base model."
    )
    remote_debug: parts.SwitchOrRemoteDebug | None = Field(
        None, description="Whether there is shell access to the running container."
    )
    infra_check: parts.SwitchOrInfraCheck | None = Field(
        None, description="Whether the machines are checked before the job starts."
    )
    session_tag_chaining: parts.SwitchOrSessionTagChaining | None = Field(
        None, description="Whether the caller's session tags are passed on."
    )
    tuning: Tuning | None = Field(
        None,
        description="Makes the job a hyperparameter tuning job: what is searched, how, and for how long. The other "
        "fields describe its training jobs.",
    )
    request: dict[str, Any] | None = Field(
        None,
        description="Members of the request in AWS's own spelling, laid over the rest: the way to what is newer than "
        "trainspec.",
        json_schema_extra={"x-request": True},
    )
    operator: Operator | None = Field(None, description="How the task runs and waits.")
    matrix: dict[str, Any] | None = Field(
        None,
        description="Lists of values by name: the job becomes one job for each combination, each value being "
        "${matrix.NAME} in it, and ${matrix.id} all of them, for its name. `exclude` takes combinations out, `include` "
        "adds some, or variables to them; "
        "`max_parallel` bounds how many run at once. Other jobs name what the best of them made as "
        "${jobs.NAME.best(METRIC, max).model}.",
    )
    depends_on: Annotated[Id | list[Id], Field(json_schema_extra={"x-form": "a task or a list of tasks"})] | None = (
        Field(None, description="The jobs, sensors, tasks and triggers that must have succeeded before.")
    )
    proceed_if: (
        Annotated[
            Condition | Annotated[list[Condition], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a condition or a list of conditions"}),
        ]
        | None
    ) = Field(
        None,
        description="What metrics of the job must be, all of them, for the tasks after it to run: below that they are "
        "skipped.",
    )
    on_failure: OnFailure | None = Field(
        None, description="What becomes of the task when its job has failed, by the kind of the failure."
    )
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the task.")
