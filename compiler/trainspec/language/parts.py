"""The models of the maps inside a training job: channels, machines, hooks and the rest.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.fields`.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from trainspec.language.forms import Boolean, Duration, Integer, Size, Text, WrittenScalar


class Model(BaseModel):
    """What all models share: a key that is not known is an error, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, regex_engine="python-re")


_URI_OR_MAP: Any = Field(json_schema_extra={"x-form": "an S3 URI or a map"})
_SWITCH_OR_MAP: Any = Field(json_schema_extra={"x-form": "true or false"})

TextMap: TypeAlias = dict[str, WrittenScalar]


class FileSystem(Model):
    """A file system that is mounted as a channel."""

    id: Text | None = Field(None, description="Id of the file system, such as fs-0123456789abcdef0.")
    type: Text | None = Field(None, description="EFS or FSxLustre.")
    path: Text | None = Field(None, description="Directory in the file system.")
    access: Text | None = Field(None, description="ro (read only) or rw.")


class Channel(Model):
    """One input channel: where its data comes from and how the container sees it."""

    s3: Text | None = Field(None, description="S3 prefix: the channel contains all objects below it.")
    manifest: Text | None = Field(None, description="S3 URI of a manifest file that lists the objects.")
    augmented_manifest: Text | None = Field(
        None,
        description="S3 URI of an augmented manifest file: JSON Lines, of which the container gets the `attributes`.",
    )
    converse: Text | None = Field(
        None, description="S3 URI of conversations in the format of the Amazon Bedrock Converse API."
    )
    file_system: FileSystem | None = Field(None, description="An EFS or FSx for Lustre file system.")
    dataset: Text | None = Field(None, description="ARN of a dataset in a SageMaker hub.")
    content_type: Text | None = Field(None, description="MIME type of the data, such as text/csv.")
    compression: Text | None = Field(None, description="How the objects are compressed.")
    record_wrapper: Text | None = Field(None, description="Whether each object is wrapped in RecordIO.")
    input_mode: Text | None = Field(None, description="Input mode of the channel; overrides that of the job.")
    distribution: Text | None = Field(
        None, description="Whether each instance gets all objects, or only its share of them."
    )
    attributes: list[Text] | None = Field(None, description="Attribute names of the augmented manifest, in order.")
    instance_groups: list[Text] | None = Field(None, description="The instance groups that get the channel.")
    shuffle_seed: Integer | None = Field(None, description="Seed for shuffling the order of the data.")
    hub: Text | None = Field(None, description="ARN of the hub content that gives access to a gated model.")
    accept_eula: Boolean | None = Field(
        None, description="Whether you accept the model's end-user license agreement (EULA)."
    )


UriOrChannel: TypeAlias = Annotated[Text | Channel, _URI_OR_MAP]


class NamedChannel(Channel):
    """A channel in a list of channels."""

    name: Text | None = Field(None, description="Name of the channel.")


class Output(Model):
    """Where the model artifact goes."""

    s3: Text | None = Field(None, description="S3 prefix below which SageMaker writes <job name>/output/.")
    kms_key: Text | None = Field(None, description="KMS key that encrypts the artifact: its id, ARN or alias.")
    compression: Text | None = Field(
        None, description="GZIP stores the artifact as model.tar.gz, NONE as uncompressed files."
    )


UriOrOutput: TypeAlias = Annotated[Text | Output, _URI_OR_MAP]


class InstanceGroup(Model):
    """Instances of one type in a job that uses several types."""

    instance_type: Text | None = Field(None, description="Instance type.")
    instance_count: Integer | None = Field(None, description="Number of instances.")


class NamedInstanceGroup(InstanceGroup):
    """An instance group in a list of them."""

    name: Text | None = Field(None, description="Name of the group.")


class Preference(Model):
    """One instance type that the job may run on. SageMaker uses the first one that has capacity."""

    instance_type: Text | None = Field(None, description="Instance type.")
    instance_count: Integer | None = Field(None, description="Number of instances.")
    training_plans: list[Text] | None = Field(None, description="ARN of a training plan that reserves the instances.")


class PlacementSpecification(Model):
    """How many instances are in one UltraServer."""

    ultra_server: Text | None = Field(None, description="Id of the UltraServer.")
    instance_count: Integer | None = Field(None, description="Number of instances.")


class Placement(Model):
    """How instances are placed in UltraServers."""

    multiple_jobs: Boolean | None = Field(None, description="Whether several jobs may share an UltraServer.")
    specifications: list[PlacementSpecification] | None = Field(
        None, description="The number of instances in each UltraServer."
    )


class Resources(Model):
    """The instances that the job runs on."""

    instance_type: Text | None = Field(None, description="Instance type, such as ml.m5.xlarge.")
    instance_count: Integer | None = Field(None, description="Number of instances.")
    groups: (
        Annotated[
            dict[str, InstanceGroup] | list[NamedInstanceGroup],
            Field(json_schema_extra={"x-form": "a map of groups by name"}),
        ]
        | None
    ) = Field(None, description="Instance groups, by name, for a cluster of several instance types.")
    preferences: list[Preference] | None = Field(None, description="Instance types, in order of preference.")
    placement: Placement | None = Field(None, description="How instances are placed in UltraServers.")
    volume_size: Size | None = Field(
        None, description="Storage volume of each instance, in gigabytes or, for example, as 50GB or 1TB."
    )
    volume_kms_key: Text | None = Field(None, description="KMS key that encrypts the storage volume.")
    keep_alive: Duration | None = Field(
        None, description="How long the instances are kept warm for the next job (a warm pool), such as 30m."
    )
    training_plan: Text | None = Field(None, description="ARN of the training plan that reserves the instances.")


class Stopping(Model):
    """How long the job may run and wait."""

    max_runtime: Duration | None = Field(None, description="The longest time that the job may run, such as 1h30m.")
    max_wait: Duration | None = Field(
        None, description="With `spot`: the longest time that the job may take in total, waiting and running."
    )
    max_pending: Duration | None = Field(None, description="The longest time that the job may wait for capacity.")


class Retry(Model):
    """How often SageMaker itself retries a job that failed with an internal server error."""

    max_attempts: Integer | None = Field(None, description="The maximum number of attempts.")


class Checkpoint(Model):
    """Where checkpoints are stored, so that an interrupted job can resume."""

    s3: Text | None = Field(
        None, description="S3 prefix to which checkpoints are copied, and from which they are restored."
    )
    local_path: Text | None = Field(None, description="Directory in the container; default: /opt/ml/checkpoints.")


UriOrCheckpoint: TypeAlias = Annotated[Text | Checkpoint, _URI_OR_MAP]


class Vpc(Model):
    """The VPC that the containers connect to."""

    subnets: list[Text] | None = Field(None, description="Subnet ids.")
    security_groups: list[Text] | None = Field(None, description="Security group ids.")


class ImageAccess(Model):
    """How SageMaker gets the image from a private registry."""

    mode: Text | None = Field(None, description="Platform (Amazon ECR) or Vpc (a registry in your VPC).")
    credentials_provider: Text | None = Field(
        None, description="ARN of the Lambda function that provides the registry's credentials."
    )


class Framework(Model):
    """A framework whose image AWS publishes. `trainspec.request.images` knows which there are."""

    name: Text = Field(description="Name, such as pytorch, tensorflow, huggingface or xgboost.")
    version: Text | None = Field(None, description='Version, such as "2.3"; required if there are several.')
    python: Text | None = Field(None, description="Python version, such as py311; required if there are several.")
    pytorch: Text | None = Field(
        None, description="The PyTorch version of a framework that builds on PyTorch, such as huggingface."
    )
    tensorflow: Text | None = Field(
        None, description="The TensorFlow version of a framework that builds on TensorFlow, such as huggingface."
    )


class Source(Model):
    """The script that a job runs, and the folder that it is in."""

    entry: Text = Field(description="The script to run, such as train.py, in `dir`.")
    dir: Text | None = Field(
        None,
        description="The script's folder, relative to this file; `trainspec push` packs and uploads it. Or "
        "the S3 URI of an archive that is already in S3.",
    )
    requirements: Text | None = Field(
        None,
        description="A pip requirements file, installed before the script starts; default: requirements.txt "
        "in `dir`, if there is one.",
    )
    dependencies: list[Text] | None = Field(
        None, description="Folders or files that are packed together with `dir`, and can be imported by name."
    )
    ignore: list[Text] | None = Field(
        None,
        description="Patterns, as in .gitignore, of files not to pack, in addition to those that git or "
        ".trainspecignore ignores.",
    )
    upload: Text | None = Field(None, description="S3 prefix below which `trainspec push` stores the archive.")
    kms_key: Text | None = Field(None, description="KMS key that encrypts the archive in S3.")
    launch: Literal["toolkit", "channel"] | None = Field(
        None,
        description="How the script starts: `toolkit` uses the training toolkit in AWS's framework images; "
        "`channel`, for any other image, passes the archive as a channel, and an entrypoint "
        "unpacks it. Default: chosen by the image.",
    )
    log_level: Integer | None = Field(
        None, description="Python log level of the container (`sagemaker_container_log_level`)."
    )


DistributionType: TypeAlias = Literal["torchrun", "mpi", "smddp", "pytorchddp", "parameter_server", "mwms", "xla"]


class Distribution(Model):
    """How the script is distributed over processes and instances."""

    type: DistributionType = Field(description="What launches the script on each host.")
    processes_per_host: Integer | None = Field(
        None, description="Processes on each host; default: the number of its GPUs."
    )
    options: Text | None = Field(None, description="Options of mpirun, for `mpi` and `smddp`.")
    instance_groups: list[Text] | None = Field(
        None, description="The instance groups that take part, if the cluster has several."
    )


DistributionOrType: TypeAlias = Annotated[
    DistributionType | Distribution,
    Field(json_schema_extra={"x-form": "a kind of distribution such as torchrun, or a map"}),
]


class Metric(Model):
    """A metric in a list of metrics."""

    name: Text | None = Field(None, description="Name of the metric.")
    regex: Text | None = Field(
        None, description="Regular expression with one group that matches the metric in the log."
    )


class Tag(Model):
    """A tag in a list of tags."""

    key: Text | None = Field(None, description="Key of the tag.")
    value: WrittenScalar | None = Field(None, description="Value of the tag.")


class Rule(Model):
    """A rule that watches the job while it runs."""

    image: Text | None = Field(None, description="Image of the rule's evaluator.")
    instance_type: Text | None = Field(None, description="Instance type of the evaluator.")
    volume_size: Size | None = Field(None, description="Storage volume of the evaluator.")
    parameters: TextMap | None = Field(None, description="Parameters of the rule, such as rule_to_invoke.")
    s3: Text | None = Field(None, description="S3 prefix for the rule's output.")
    local_path: Text | None = Field(None, description="Directory in the evaluator's container.")


class NamedRule(Rule):
    """A rule in a list of rules."""

    name: Text | None = Field(None, description="Name of the rule.")


class ProfilerRule(Rule):
    """A rule that watches the job's use of its machines."""


class NamedProfilerRule(NamedRule):
    """A profiler's rule in a list of rules."""


class Collection(Model):
    """Tensors that the debugger saves."""

    parameters: TextMap | None = Field(None, description="Which tensors are saved, and how often.")


class NamedCollection(Collection):
    """A collection in a list of collections."""

    name: Text | None = Field(None, description="Name of the collection.")


class Debugger(Model):
    """SageMaker Debugger: the tensors that are saved, and the rules that watch them."""

    s3: Text | None = Field(None, description="S3 prefix for the tensors.")
    local_path: Text | None = Field(None, description="Directory in the container; default: /opt/ml/output/tensors.")
    parameters: TextMap | None = Field(None, description="Parameters of the hook.")
    collections: (
        Annotated[
            dict[str, Collection] | list[NamedCollection],
            Field(json_schema_extra={"x-form": "a map of collections by name"}),
        ]
        | None
    ) = Field(None, description="The collections of tensors that are saved, by name.")
    rules: (
        Annotated[dict[str, Rule] | list[NamedRule], Field(json_schema_extra={"x-form": "a map of rules by name"})]
        | None
    ) = Field(None, description="The rules, by name.")


class Nothing(Model):
    """An empty map."""


class Profiler(Model):
    """SageMaker Profiler: what is measured, and the rules that watch it."""

    disabled: Boolean | None = Field(None, description="Whether to disable the profiler.")
    s3: Text | None = Field(None, description="S3 prefix for the profiling data.")
    interval_milliseconds: Integer | None = Field(
        None, description="Interval between two measurements of system metrics, in milliseconds."
    )
    parameters: TextMap | None = Field(None, description="Parameters of the profiler.")
    defaults: Nothing | None = Field(None, description="`{}` requests SageMaker's default profiler configuration.")
    rules: (
        Annotated[
            dict[str, ProfilerRule] | list[NamedProfilerRule],
            Field(json_schema_extra={"x-form": "a map of rules by name"}),
        ]
        | None
    ) = Field(None, description="The rules, by name.")


class TensorBoard(Model):
    """Where TensorBoard's data goes."""

    s3: Text | None = Field(None, description="S3 prefix for the TensorBoard data.")
    local_path: Text | None = Field(
        None, description="Directory in the container; default: /opt/ml/output/tensorboard."
    )


UriOrTensorBoard: TypeAlias = Annotated[Text | TensorBoard, _URI_OR_MAP]


class Experiment(Model):
    """The experiment that the job belongs to."""

    name: Text | None = Field(None, description="Name of the experiment.")
    trial: Text | None = Field(None, description="Name of the trial.")
    trial_component: Text | None = Field(None, description="Display name of the trial component.")
    run: Text | None = Field(None, description="Name of the run.")


class Mlflow(Model):
    """The MLflow server that the job reports to."""

    resource: Text | None = Field(None, description="ARN of the MLflow app or tracking server.")
    experiment: Text | None = Field(None, description="Name of the experiment.")
    run: Text | None = Field(None, description="Name of the run.")


class ModelPackage(Model):
    """The model package that the job creates."""

    group: Text | None = Field(None, description="ARN of the model package group to add the package to.")
    source: Text | None = Field(None, description="ARN of the source model package, which this one is based on.")


class Serverless(Model):
    """A job for which SageMaker chooses instances and algorithm: it customizes or evaluates a base model."""

    job_type: Text | None = Field(None, description="FineTuning or Evaluation.")
    base_model: Text | None = Field(None, description="ARN of the base model in a hub.")
    accept_eula: Boolean | None = Field(
        None, description="Whether you accept the model's end-user license agreement (EULA)."
    )
    technique: Text | None = Field(None, description="How the model is customized, such as SFT.")
    peft: Text | None = Field(None, description="Parameter-efficient fine-tuning, such as LORA.")
    sequence_length: Text | None = Field(None, description="Maximum sequence length, such as 4K.")
    evaluation_type: Text | None = Field(None, description="How the model is evaluated.")
    evaluator: Text | None = Field(None, description="ARN of the evaluator.")


class RemoteDebug(Model):
    """Shell access to the running container (remote debugging)."""

    enabled: Boolean | None = Field(None, description="Whether remote debugging is enabled.")


SwitchOrRemoteDebug: TypeAlias = Annotated[Boolean | RemoteDebug, _SWITCH_OR_MAP]


class InfraCheck(Model):
    """Health checks of the instances before the job starts."""

    enabled: Boolean | None = Field(None, description="Whether the health checks are enabled.")


SwitchOrInfraCheck: TypeAlias = Annotated[Boolean | InfraCheck, _SWITCH_OR_MAP]


class SessionTagChaining(Model):
    """Session tags that are passed on to the job."""

    enabled: Boolean | None = Field(None, description="Whether the caller's session tags are passed on to the job.")


SwitchOrSessionTagChaining: TypeAlias = Annotated[Boolean | SessionTagChaining, _SWITCH_OR_MAP]
