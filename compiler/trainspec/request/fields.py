"""The table of fields and request members: what each line of a job becomes in CreateTrainingJob.

A new member of the API is a row here and a field in `trainspec.language.job`.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trainspec.request.arn import role_arn
from trainspec.request.codecs import (
    AS_IS,
    Assignment,
    Codec,
    Group,
    JobData,
    Keyed,
    Pairs,
    Row,
    TextMap,
    Value,
    hyperparameter,
    text,
)
from trainspec.text.tree import Path
from trainspec.units import gigabytes, seconds


@dataclass(frozen=True, slots=True)
class Role:
    """The execution role: an ARN, or a bare name in the job's account."""

    def lower(self, value: str, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """One assignment."""
        yield Assignment(member, role_arn(value, job.get("account"), job.get("region")), field)


SECONDS = Value(seconds)
GIGABYTES = Value(gigabytes)
HYPERPARAMETERS = TextMap(hyperparameter)
TEXTS = TextMap(text)

_S3 = "DataSource.S3DataSource"

CHANNEL: tuple[Row, ...] = (
    Row("s3", f"{_S3}.S3Uri", AS_IS, implies={f"{_S3}.S3DataType": "S3Prefix"}),
    Row("manifest", f"{_S3}.S3Uri", AS_IS, implies={f"{_S3}.S3DataType": "ManifestFile"}),
    Row("distribution", f"{_S3}.S3DataDistributionType", AS_IS),
    Row("content_type", "ContentType", AS_IS),
    Row("compression", "CompressionType", AS_IS),
    Row("record_wrapper", "RecordWrapperType", AS_IS),
    Row("input_mode", "InputMode", AS_IS),
)

OUTPUT: tuple[Row, ...] = (
    Row("s3", "S3OutputPath", AS_IS),
    Row("kms_key", "KmsKeyId", AS_IS),
    Row("compression", "CompressionType", AS_IS),
)

RESOURCES: tuple[Row, ...] = (
    Row("instance_type", "InstanceType", AS_IS),
    Row("instance_count", "InstanceCount", AS_IS),
    Row("volume_size", "VolumeSizeInGB", GIGABYTES),
    Row("volume_kms_key", "VolumeKmsKeyId", AS_IS),
    Row("keep_alive", "KeepAlivePeriodInSeconds", SECONDS),
)

STOPPING: tuple[Row, ...] = (
    Row("max_runtime", "MaxRuntimeInSeconds", SECONDS),
    Row("max_wait", "MaxWaitTimeInSeconds", SECONDS),
    Row("max_pending", "MaxPendingTimeInSeconds", SECONDS),
)

CHECKPOINT: tuple[Row, ...] = (
    Row("s3", "S3Uri", AS_IS),
    Row("local_path", "LocalPath", AS_IS),
)

VPC: tuple[Row, ...] = (
    Row("security_groups", "SecurityGroupIds", AS_IS),
    Row("subnets", "Subnets", AS_IS),
)

JOB: tuple[Row, ...] = (
    Row("name", "TrainingJobName", AS_IS),
    Row("image", "AlgorithmSpecification.TrainingImage", AS_IS),
    Row("input_mode", "AlgorithmSpecification.TrainingInputMode", AS_IS, default="File"),
    Row("metrics", "AlgorithmSpecification.MetricDefinitions", Pairs("Name", "Regex")),
    Row("role", "RoleArn", Role()),
    Row("hyperparameters", "HyperParameters", HYPERPARAMETERS),
    Row("environment", "Environment", TEXTS),
    Row("inputs", "InputDataConfig", Keyed("ChannelName", Group(CHANNEL, short="s3"))),
    Row("output", "OutputDataConfig", Group(OUTPUT, short="s3")),
    Row("resources", "ResourceConfig", Group(RESOURCES)),
    Row("stopping", "StoppingCondition", Group(STOPPING)),
    Row("spot", "EnableManagedSpotTraining", AS_IS),
    Row("checkpoint", "CheckpointConfig", Group(CHECKPOINT, short="s3")),
    Row("vpc", "VpcConfig", Group(VPC)),
    Row("network_isolation", "EnableNetworkIsolation", AS_IS),
    Row("encrypt_inter_container_traffic", "EnableInterContainerTrafficEncryption", AS_IS),
    Row("tags", "Tags", Pairs("Key", "Value")),
)


def members(rows: tuple[Row, ...] = JOB, field: str = "", member: str = "") -> Iterator[tuple[str, str]]:
    """Every field of the language with the member that it becomes, as dotted paths; `*` stands for any key or index."""
    for row in rows:
        here, there = _join(field, row.field), _join(member, row.member)
        yield here, there
        yield from _below(row.codec, here, there)


def _below(codec: Codec, field: str, member: str) -> Iterator[tuple[str, str]]:
    if isinstance(codec, Group):
        yield from members(codec.rows, field, member)
    elif isinstance(codec, Keyed):
        yield from members(codec.group.rows, f"{field}.*", f"{member}.*")
    elif isinstance(codec, Pairs):
        yield f"{field}.*", f"{member}.*.{codec.value}"
    elif isinstance(codec, TextMap):
        yield f"{field}.*", f"{member}.*"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
