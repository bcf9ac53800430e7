"""The models of a training job: what stands under `jobs.<task_id>` and `defaults`.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.fields`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr
from trainspec.language.forms import (
    Boolean,
    Duration,
    FixedDuration,
    Id,
    Integer,
    Size,
    Text,
    WrittenScalar,
    WrittenValue,
)


class Model(BaseModel):
    """What all models share: a key that is not known is an error, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, regex_engine="python-re")


class Channel(Model):
    """One input channel: where its data comes from and how the container sees it."""

    s3: Text | None = Field(None, description="S3 prefix: every object below it is part of the channel.")
    manifest: Text | None = Field(None, description="S3 URI of a manifest file that lists the objects.")
    content_type: Text | None = Field(None, description="MIME type of the data, such as text/csv.")
    compression: Text | None = Field(None, description="How the objects are compressed.")
    record_wrapper: Text | None = Field(None, description="Whether each object is wrapped into RecordIO.")
    input_mode: Text | None = Field(None, description="The channel's own input mode, over the job's.")
    distribution: Text | None = Field(
        None, description="Whether each instance gets all of the data or its share of the objects."
    )


class Output(Model):
    """Where the model artifact goes."""

    s3: Text | None = Field(None, description="S3 prefix below which SageMaker writes <job name>/output/.")
    kms_key: Text | None = Field(None, description="KMS key that encrypts the artifact: id, ARN or alias.")
    compression: Text | None = Field(
        None, description="GZIP packs the artifact as model.tar.gz, NONE leaves the files."
    )


class Resources(Model):
    """The machines that the job runs on."""

    instance_type: Text | None = Field(None, description="Machine type, such as ml.m5.xlarge.")
    instance_count: Integer | None = Field(None, description="How many machines.")
    volume_size: Size | None = Field(None, description="Storage of each machine: gigabytes, or such as 50GB, 1TB.")
    volume_kms_key: Text | None = Field(None, description="KMS key that encrypts the storage.")
    keep_alive: Duration | None = Field(
        None, description="How long the machines are kept warm for the next job, such as 30m."
    )


class Stopping(Model):
    """How long the job may run and wait."""

    max_runtime: Duration | None = Field(None, description="The longest that the job may run, such as 1h30m.")
    max_wait: Duration | None = Field(
        None, description="With spot: the longest that the job may wait and run together."
    )
    max_pending: Duration | None = Field(None, description="The longest that the job may wait for capacity.")


class Checkpoint(Model):
    """Where checkpoints are kept, so that an interrupted job goes on."""

    s3: Text | None = Field(None, description="S3 prefix to which checkpoints are copied, and from which they return.")
    local_path: Text | None = Field(None, description="Folder in the container; /opt/ml/checkpoints if not given.")


class Vpc(Model):
    """The network that the containers join."""

    subnets: list[Text] | None = Field(None, description="Subnet ids.")
    security_groups: list[Text] | None = Field(None, description="Security group ids.")


class Operator(Model):
    """Arguments of the operator that runs the job."""

    aws_conn_id: Text | None = Field(None, description="Airflow connection that holds the AWS credentials.")
    wait_for_completion: StrictBool | None = Field(None, description="Whether the task waits for the job's end.")
    check_interval: FixedDuration | None = Field(None, description="Time between two looks at the job, such as 30s.")
    max_attempts: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None,
        description="How often the task looks before it gives up; null waits as long as the job may run.",
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


class TaskArguments(Model):
    """Arguments that every Airflow task takes.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
    """

    owner: Text | None = Field(None, description="Who is responsible for the task.")
    retries: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="How often a failed task is retried.")
    retry_delay: FixedDuration | None = Field(None, description="Time between two tries, such as 5m.")
    retry_exponential_backoff: StrictBool | None = Field(None, description="Whether the delay doubles with each try.")
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
    trigger_rule: (
        Literal[
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
        | None
    ) = Field(None, description="Which states of the tasks before it let the task start.")
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
    email: Text | list[Text] | None = Field(None, description="Addresses that hear of failures and retries.")
    email_on_failure: StrictBool | None = Field(None, description="Whether a failure is mailed.")
    email_on_retry: StrictBool | None = Field(None, description="Whether a retry is mailed.")


class Job(TaskArguments):
    """One training job: one task of the DAG."""

    name: Text | None = Field(None, description="Name of the job; unique in the account and region.")
    image: Text | None = Field(None, description="Container image that trains.")
    region: Annotated[StrictStr, Field(pattern=r"^[a-z]{2,3}(-[a-z]+)+-[0-9]$(?!\n)")] | None = Field(
        None,
        description="AWS region of the job; the connection's if not given.",
        json_schema_extra={"x-form": "an AWS region such as us-east-1"},
    )
    account: Annotated[StrictStr, Field(pattern=r"^[0-9]{12}$(?!\n)")] | None = Field(
        None,
        description="AWS account, for a role that is given by its bare name.",
        json_schema_extra={"x-form": "an account id of 12 digits"},
    )
    input_mode: Text | None = Field(None, description="How the container gets its data; File if not given.")
    metrics: dict[str, Text] | None = Field(
        None, description="Metrics read from the log: name and regular expression with one group."
    )
    role: Text | None = Field(None, description="Execution role: its ARN, or its name where `account` is given.")
    hyperparameters: dict[str, WrittenValue] | None = Field(
        None, description="Passed to the algorithm as text: a scalar as it is written, a list or map as compact JSON."
    )
    hyperparameter_encoding: Literal["text", "json"] | None = Field(
        None,
        description="`json` quotes every value as JSON, for containers of the SageMaker SDK's framework estimators.",
    )
    environment: dict[str, WrittenScalar] | None = Field(None, description="Environment variables of the container.")
    inputs: dict[str, Annotated[Text | Channel, Field(json_schema_extra={"x-form": "an S3 URI or a map"})]] | None = (
        Field(None, description="Input channels by name: an S3 prefix, or a map.")
    )
    output: Annotated[Text | Output, Field(json_schema_extra={"x-form": "an S3 URI or a map"})] | None = Field(
        None, description="Where the model goes: an S3 prefix, or a map."
    )
    resources: Resources | None = Field(None, description="The machines that the job runs on.")
    stopping: Stopping | None = Field(None, description="How long the job may run and wait.")
    spot: Boolean | None = Field(None, description="Whether the job runs on spot capacity.")
    checkpoint: Annotated[Text | Checkpoint, Field(json_schema_extra={"x-form": "an S3 URI or a map"})] | None = Field(
        None, description="Where checkpoints are kept: an S3 prefix, or a map."
    )
    vpc: Vpc | None = Field(None, description="The network that the containers join.")
    network_isolation: Boolean | None = Field(None, description="Whether the container has no network at all.")
    encrypt_inter_container_traffic: Boolean | None = Field(
        None, description="Whether traffic between the instances is encrypted."
    )
    tags: dict[str, WrittenScalar] | None = Field(None, description="Tags of the job.")
    operator: Operator | None = Field(None, description="How the task runs and waits.")
    depends_on: Annotated[Id | list[Id], Field(json_schema_extra={"x-form": "a job or a list of jobs"})] | None = Field(
        None, description="The jobs that must have succeeded before."
    )
    doc: Text | None = Field(None, description="Markdown that Airflow shows with the task.")
