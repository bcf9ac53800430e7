"""The model of a training job: what is written under `jobs.<task_id>` and `defaults`.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.fields`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictStr
from trainspec.language import parts
from trainspec.language.failures import OnFailure
from trainspec.language.forms import Boolean, Id, TaskGroup, Text, WrittenScalar, WrittenValue
from trainspec.language.other_tasks import Condition
from trainspec.language.task import Operator, TaskArguments
from trainspec.language.tuning import Tuning
from trainspec.units import ACCOUNT_PATTERN, REGION_PATTERN


class Job(TaskArguments):
    """One training job: one task of the DAG."""

    name: Text | None = Field(None, description="Name of the job, unique in the account and region.")
    image: Text | None = Field(None, description="Training image, as an image URI.")
    framework: parts.Framework | None = Field(
        None,
        description="Instead of `image`: a framework. The compiler finds the image that AWS publishes for "
        "it, for the region and the instance type.",
    )
    algorithm: Text | None = Field(
        None,
        description="Instead of `image`: a built-in algorithm such as xgboost@1.7-1, or the name or ARN of "
        "an algorithm resource.",
    )
    region: Annotated[StrictStr, Field(pattern=REGION_PATTERN)] | None = Field(
        None,
        description="AWS region of the job; default: the region of the Airflow connection.",
        json_schema_extra={"x-form": "an AWS region such as us-east-1"},
    )
    account: Annotated[StrictStr, Field(pattern=ACCOUNT_PATTERN)] | None = Field(
        None,
        description="AWS account of `role`, if that is a name and not an ARN.",
        json_schema_extra={"x-form": "an account id with 12 digits"},
    )
    input_mode: Text | None = Field(None, description="How the container reads its data.")
    entrypoint: (
        Annotated[Text | list[WrittenScalar], Field(json_schema_extra={"x-form": "a command or a list of strings"})]
        | None
    ) = Field(
        None,
        description=(
            "Command that the container runs instead of its own entrypoint: a list, or a string that "
            "is split as a shell would."
        ),
    )
    arguments: (
        Annotated[Text | list[WrittenScalar], Field(json_schema_extra={"x-form": "a string or a list of strings"})]
        | None
    ) = Field(None, description="Arguments of the entrypoint: a list, or a string that is split as a shell would.")
    image_access: parts.ImageAccess | None = Field(
        None, description="How SageMaker gets the image from a private registry."
    )
    source: parts.Source | None = Field(
        None, description="The script that the job runs, and the folder that contains it."
    )
    distribution: parts.DistributionOrType | None = Field(
        None, description="How the script in `source` is distributed over processes and instances."
    )
    metrics: (
        Annotated[
            dict[str, Text] | list[parts.Metric],
            Field(json_schema_extra={"x-form": "a map of regular expressions by the metric's name"}),
        ]
        | None
    ) = Field(
        None,
        description="Metrics that SageMaker reads from the log: each a name, and a regular expression with one group.",
    )
    metrics_time_series: Boolean | None = Field(
        None, description="Whether SageMaker records the metrics as time series."
    )
    role: Text | None = Field(None, description="Execution role: its ARN, or its name if `account` is set.")
    hyperparameters: dict[str, WrittenValue] | None = Field(
        None,
        description="Hyperparameters of the algorithm. They are passed as strings: a scalar as written, a "
        "list or map as compact JSON.",
    )
    hyperparameter_encoding: Literal["text", "json"] | None = Field(
        None,
        description="`json` encodes every value as JSON, as the SageMaker SDK's framework estimators do.",
    )
    environment: parts.TextMap | None = Field(None, description="Environment variables of the container.")
    inputs: (
        Annotated[
            dict[str, parts.UriOrChannel] | list[parts.NamedChannel],
            Field(json_schema_extra={"x-form": "a map of channels by name"}),
        ]
        | None
    ) = Field(None, description="Input channels, by name: each an S3 prefix or a map.")
    output: parts.UriOrOutput | None = Field(
        None, description="Where SageMaker writes the model: an S3 prefix or a map."
    )
    resources: parts.Resources | None = Field(None, description="The instances that the job runs on.")
    stopping: parts.Stopping | None = Field(None, description="How long the job may run and wait.")
    retry: parts.Retry | None = Field(
        None, description="How often SageMaker itself retries a job that failed with an internal server error."
    )
    spot: Boolean | None = Field(None, description="Whether the job uses managed spot training.")
    checkpoint: parts.UriOrCheckpoint | None = Field(
        None, description="Where checkpoints are stored: an S3 prefix or a map."
    )
    vpc: parts.Vpc | None = Field(None, description="The VPC that the containers connect to.")
    network_isolation: Boolean | None = Field(
        None, description="Whether the container is isolated from the network: no inbound or outbound calls."
    )
    encrypt_inter_container_traffic: Boolean | None = Field(
        None, description="Whether traffic between the job's instances is encrypted."
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
        None, description="Where TensorBoard data is stored: an S3 prefix or a map."
    )
    experiment: parts.Experiment | None = Field(None, description="The experiment that the job belongs to.")
    mlflow: parts.Mlflow | None = Field(None, description="The MLflow server that the job reports to.")
    model_package: parts.ModelPackage | None = Field(None, description="The model package that the job creates.")
    serverless: parts.Serverless | None = Field(
        None,
        description="Instead of an image and instances: SageMaker customizes or evaluates a base model, serverless.",
    )
    remote_debug: parts.SwitchOrRemoteDebug | None = Field(
        None, description="Whether you can open a shell in the running container (remote debugging)."
    )
    infra_check: parts.SwitchOrInfraCheck | None = Field(
        None, description="Whether SageMaker runs health checks on the instances before the job starts."
    )
    session_tag_chaining: parts.SwitchOrSessionTagChaining | None = Field(
        None, description="Whether the caller's session tags are passed on to the job."
    )
    tuning: Tuning | None = Field(
        None,
        description="Makes the job a hyperparameter tuning job: what it searches, how, and for how long. The "
        "other fields describe its training jobs.",
    )
    request: dict[str, Any] | None = Field(
        None,
        description="Members of the request as AWS spells them, merged onto the request that the other "
        "fields produce. Use it for members that are newer than trainspec.",
        json_schema_extra={"x-request": True},
    )
    operator: Operator | None = Field(None, description="How the task runs and waits.")
    matrix: dict[str, Any] | None = Field(
        None,
        description="Lists of values, by name: the job becomes one job for each combination, in which "
        "${matrix.NAME} is the value, and ${matrix.id} all values, for use in a name. `exclude` "
        "removes combinations, `include` adds some, or adds variables to them, and "
        "`max_parallel` limits how many run at once. Other jobs refer to the best model as "
        "${jobs.NAME.best(METRIC, max).model}.",
    )
    depends_on: Annotated[Id | list[Id], Field(json_schema_extra={"x-form": "a task or a list of tasks"})] | None = (
        Field(None, description="The jobs, sensors, tasks and triggers that run before this task and must succeed.")
    )
    task_group: TaskGroup | None = Field(
        None,
        description="The task group that Airflow shows the task in; with dots, a group in others: `models.risk`.",
    )
    proceed_if: (
        Annotated[
            Condition | Annotated[list[Condition], Field(min_length=1)],
            Field(json_schema_extra={"x-form": "a condition or a list of conditions"}),
        ]
        | None
    ) = Field(
        None,
        description="Conditions on the job's metrics. The tasks after the job run if all of them are met, "
        "and are skipped otherwise.",
    )
    on_failure: OnFailure | None = Field(None, description="What the task does when its job fails, by kind of failure.")
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the task.")
