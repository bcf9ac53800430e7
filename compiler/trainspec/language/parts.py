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
    path: Text | None = Field(None, description="Folder in the file system.")
    access: Text | None = Field(None, description="ro (read only) or rw.")


class Channel(Model):
    """One input channel: where its data comes from and how the container sees it."""

    s3: Text | None = Field(None, description="S3 prefix: every object below it is part of the channel.")
    manifest: Text | None = Field(None, description="S3 URI of a manifest file that lists the objects.")
    augmented_manifest: Text | None = Field(
        None, description="S3 URI of an augmented manifest: JSON lines whose `attributes` the container gets."
    )
    converse: Text | None = Field(None, description="S3 URI of conversations in the format of Bedrock's Converse API.")
    file_system: FileSystem | None = Field(None, description="An EFS or FSx for Lustre file system.")
    dataset: Text | None = Field(None, description="ARN of a dataset in a SageMaker hub.")
    content_type: Text | None = Field(None, description="MIME type of the data, such as text/csv.")
    compression: Text | None = Field(None, description="How the objects are compressed.")
    record_wrapper: Text | None = Field(None, description="Whether each object is wrapped into RecordIO.")
    input_mode: Text | None = Field(None, description="The channel's own input mode, over the job's.")
    distribution: Text | None = Field(
        None, description="Whether each instance gets all of the data or its share of the objects."
    )
    attributes: list[Text] | None = Field(None, description="Attributes of an augmented manifest, in order.")
    instance_groups: list[Text] | None = Field(None, description="The instance groups that get the channel.")
    shuffle_seed: Integer | None = Field(None, description="Seed with which the order of the data is shuffled.")
    hub: Text | None = Field(None, description="ARN of the hub content that gives access to a gated model.")
    accept_eula: Boolean | None = Field(None, description="Whether the model's end-user license is accepted.")


UriOrChannel: TypeAlias = Annotated[Text | Channel, _URI_OR_MAP]


class NamedChannel(Channel):
    """A channel in a list of channels."""

    name: Text | None = Field(None, description="Name of the channel.")


class Output(Model):
    """Where the model artifact goes."""

    s3: Text | None = Field(None, description="S3 prefix below which SageMaker writes <job name>/output/.")
    kms_key: Text | None = Field(None, description="KMS key that encrypts the artifact: id, ARN or alias.")
    compression: Text | None = Field(
        None, description="GZIP packs the artifact as model.tar.gz, NONE leaves the files."
    )


UriOrOutput: TypeAlias = Annotated[Text | Output, _URI_OR_MAP]


class InstanceGroup(Model):
    """Machines of one kind in a job that runs on several kinds."""

    instance_type: Text | None = Field(None, description="Machine type.")
    instance_count: Integer | None = Field(None, description="How many machines.")


class NamedInstanceGroup(InstanceGroup):
    """An instance group in a list of them."""

    name: Text | None = Field(None, description="Name of the group.")


class Preference(Model):
    """One machine type that the job may run on, the first that has capacity being taken."""

    instance_type: Text | None = Field(None, description="Machine type.")
    instance_count: Integer | None = Field(None, description="How many machines.")
    training_plans: list[Text] | None = Field(None, description="ARN of a training plan that has them reserved.")


class PlacementSpecification(Model):
    """How many machines stand in one UltraServer."""

    ultra_server: Text | None = Field(None, description="Id of the UltraServer.")
    instance_count: Integer | None = Field(None, description="How many machines.")


class Placement(Model):
    """Where the machines of UltraServers stand."""

    multiple_jobs: Boolean | None = Field(None, description="Whether jobs share an UltraServer.")
    specifications: list[PlacementSpecification] | None = Field(None, description="The machines of each UltraServer.")


class Resources(Model):
    """The machines that the job runs on."""

    instance_type: Text | None = Field(None, description="Machine type, such as ml.m5.xlarge.")
    instance_count: Integer | None = Field(None, description="How many machines.")
    groups: (
        Annotated[
            dict[str, InstanceGroup] | list[NamedInstanceGroup],
            Field(json_schema_extra={"x-form": "a map of groups by name"}),
        ]
        | None
    ) = Field(None, description="Machines of several kinds, by the group's name.")
    preferences: list[Preference] | None = Field(None, description="Machine types in order of preference.")
    placement: Placement | None = Field(None, description="Where the machines of UltraServers stand.")
    volume_size: Size | None = Field(None, description="Storage of each machine: gigabytes, or such as 50GB, 1TB.")
    volume_kms_key: Text | None = Field(None, description="KMS key that encrypts the storage.")
    keep_alive: Duration | None = Field(
        None, description="How long the machines are kept warm for the next job, such as 30m."
    )
    training_plan: Text | None = Field(None, description="ARN of the training plan that has the machines reserved.")


class Stopping(Model):
    """How long the job may run and wait."""

    max_runtime: Duration | None = Field(None, description="The longest that the job may run, such as 1h30m.")
    max_wait: Duration | None = Field(
        None, description="With spot: the longest that the job may wait and run together."
    )
    max_pending: Duration | None = Field(None, description="The longest that the job may wait for capacity.")


class Retry(Model):
    """How SageMaker itself repeats a job that failed for a reason of its own."""

    max_attempts: Integer | None = Field(None, description="The maximum number of attempts.")


class Checkpoint(Model):
    """Where checkpoints are kept, so that an interrupted job goes on."""

    s3: Text | None = Field(None, description="S3 prefix to which checkpoints are copied, and from which they return.")
    local_path: Text | None = Field(None, description="Folder in the container; /opt/ml/checkpoints if not given.")


UriOrCheckpoint: TypeAlias = Annotated[Text | Checkpoint, _URI_OR_MAP]


class Vpc(Model):
    """The network that the containers join."""

    subnets: list[Text] | None = Field(None, description="Subnet ids.")
    security_groups: list[Text] | None = Field(None, description="Security group ids.")


class ImageAccess(Model):
    """How the image is reached in a private registry."""

    mode: Text | None = Field(None, description="Platform (ECR) or Vpc (a registry in the job's network).")
    credentials_provider: Text | None = Field(
        None, description="ARN of the Lambda function that gives the credentials."
    )


class Framework(Model):
    """A framework whose image AWS publishes. `trainspec.request.images` knows which there are."""

    name: Text = Field(description="Name, such as pytorch, tensorflow, huggingface, xgboost.")
    version: Text | None = Field(None, description='Version, such as "2.3"; needed where there are several.')
    python: Text | None = Field(None, description="Python version, such as py311; needed where there are several.")
    pytorch: Text | None = Field(
        None, description="The PyTorch version that a framework such as huggingface builds on."
    )
    tensorflow: Text | None = Field(
        None, description="The TensorFlow version that a framework such as huggingface builds on."
    )


class Source(Model):
    """The script that a job runs, and the folder that it is in."""

    entry: Text = Field(description="The script, such as train.py, inside `dir`.")
    dir: Text | None = Field(
        None,
        description="The folder of the script, relative to this file: it is packed, and `trainspec push` uploads it. "
        "Or the S3 URI of an archive that is there already.",
    )
    requirements: Text | None = Field(
        None, description="A file of pip requirements, installed before the script starts; requirements.txt of `dir`."
    )
    dependencies: list[Text] | None = Field(
        None, description="Folders (or files) that are packed beside `dir`, and can be imported by their names."
    )
    ignore: list[Text] | None = Field(
        None,
        description="Patterns, as in .gitignore, of what is not packed, beside git and .trainspecignore.",
    )
    upload: Text | None = Field(None, description="S3 prefix below which `trainspec push` puts the archive.")
    kms_key: Text | None = Field(None, description="KMS key that the archive is encrypted with in S3.")
    launch: Literal["toolkit", "channel"] | None = Field(
        None,
        description="How the script starts: by the toolkit of AWS's framework images, or, in any other image, from a "
        "channel by an entrypoint that unpacks it. Follows from the image if not given.",
    )
    log_level: Integer | None = Field(None, description="Python log level; sagemaker_container_log_level.")


DistributionType: TypeAlias = Literal["torchrun", "mpi", "smddp", "pytorchddp", "parameter_server", "mwms", "xla"]


class Distribution(Model):
    """How the script runs on many processors and machines."""

    type: DistributionType = Field(description="What starts the script on every host.")
    processes_per_host: Integer | None = Field(
        None, description="Processes on each host; as many as it has GPUs if not given."
    )
    options: Text | None = Field(None, description="Options of mpirun, for `mpi` and `smddp`.")
    instance_groups: list[Text] | None = Field(
        None, description="The instance groups that take part, in a cluster of several groups."
    )


DistributionOrType: TypeAlias = Annotated[
    DistributionType | Distribution,
    Field(json_schema_extra={"x-form": "a kind of distribution such as torchrun, or a map"}),
]


class Metric(Model):
    """A metric in a list of metrics."""

    name: Text | None = Field(None, description="Name of the metric.")
    regex: Text | None = Field(None, description="Regular expression with one group that finds it in the log.")


class Tag(Model):
    """A tag in a list of tags."""

    key: Text | None = Field(None, description="Name of the tag.")
    value: WrittenScalar | None = Field(None, description="Value of the tag.")


class Rule(Model):
    """A rule that watches the job while it runs."""

    image: Text | None = Field(None, description="Image of the rule's evaluator.")
    instance_type: Text | None = Field(None, description="Machine type of the evaluator.")
    volume_size: Size | None = Field(None, description="Storage of the evaluator.")
    parameters: TextMap | None = Field(None, description="Parameters of the rule, such as rule_to_invoke.")
    s3: Text | None = Field(None, description="S3 prefix for what the rule writes.")
    local_path: Text | None = Field(None, description="Folder in the evaluator's container.")


class NamedRule(Rule):
    """A rule in a list of rules."""

    name: Text | None = Field(None, description="Name of the rule.")


class ProfilerRule(Rule):
    """A rule that watches the job's use of its machines."""


class NamedProfilerRule(NamedRule):
    """A profiler's rule in a list of rules."""


class Collection(Model):
    """Tensors that the debugger saves."""

    parameters: TextMap | None = Field(None, description="What is saved, and how often.")


class NamedCollection(Collection):
    """A collection in a list of collections."""

    name: Text | None = Field(None, description="Name of the collection.")


class Debugger(Model):
    """SageMaker Debugger: the tensors that are saved, and the rules that watch them."""

    s3: Text | None = Field(None, description="S3 prefix for the tensors.")
    local_path: Text | None = Field(None, description="Folder in the container; /opt/ml/output/tensors if not given.")
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

    disabled: Boolean | None = Field(None, description="Whether nothing is measured.")
    s3: Text | None = Field(None, description="S3 prefix for the measurements.")
    interval_milliseconds: Integer | None = Field(None, description="Time between two measurements of the system.")
    parameters: TextMap | None = Field(None, description="Parameters of the profiler.")
    defaults: Nothing | None = Field(None, description="`{}` asks for the profiler as SageMaker sets it up.")
    rules: (
        Annotated[
            dict[str, ProfilerRule] | list[NamedProfilerRule],
            Field(json_schema_extra={"x-form": "a map of rules by name"}),
        ]
        | None
    ) = Field(None, description="The rules, by name.")


class TensorBoard(Model):
    """Where TensorBoard's data goes."""

    s3: Text | None = Field(None, description="S3 prefix for the data.")
    local_path: Text | None = Field(
        None, description="Folder in the container; /opt/ml/output/tensorboard if not given."
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
    """The model package that the job makes."""

    group: Text | None = Field(None, description="ARN of the model package group that it goes to.")
    source: Text | None = Field(None, description="ARN of the model package that it continues.")


class Serverless(Model):
    """A job for which SageMaker chooses machines and algorithm: it customizes or evaluates a base model."""

    job_type: Text | None = Field(None, description="FineTuning or Evaluation.")
    base_model: Text | None = Field(None, description="ARN of the base model in a hub.")
    accept_eula: Boolean | None = Field(None, description="Whether the model's end-user license is accepted.")
    technique: Text | None = Field(None, description="How the model is customized, such as SFT.")
    peft: Text | None = Field(None, description="Parameter-efficient fine-tuning, such as LORA.")
    sequence_length: Text | None = Field(None, description="Longest sequence, such as 4K.")
    evaluation_type: Text | None = Field(None, description="How the model is evaluated.")
    evaluator: Text | None = Field(None, description="ARN of the evaluator.")


class RemoteDebug(Model):
    """Shell access to the running container."""

    enabled: Boolean | None = Field(None, description="Whether there is such access.")


SwitchOrRemoteDebug: TypeAlias = Annotated[Boolean | RemoteDebug, _SWITCH_OR_MAP]


class InfraCheck(Model):
    """Health checks of the machines before the job starts."""

    enabled: Boolean | None = Field(None, description="Whether the machines are checked.")


SwitchOrInfraCheck: TypeAlias = Annotated[Boolean | InfraCheck, _SWITCH_OR_MAP]


class SessionTagChaining(Model):
    """Session tags that the job passes on."""

    enabled: Boolean | None = Field(None, description="Whether the caller's session tags are passed on.")


SwitchOrSessionTagChaining: TypeAlias = Annotated[Boolean | SessionTagChaining, _SWITCH_OR_MAP]
