"""The table of fields and request members: what each line of a job becomes in CreateTrainingJob, and the way back.

A new member of the API is a row here and a field in `trainspec.language.job`.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.request.codecs import (
    AS_IS,
    Codec,
    Group,
    Keyed,
    Listed,
    Pairs,
    Row,
    TextMap,
    Value,
)
from trainspec.request.distribution import Distribution
from trainspec.request.source import Source
from trainspec.request.special import Algorithm, Framework, OfS3, Role, Words
from trainspec.request.texts import hyperparameter, text
from trainspec.units import duration, gigabytes, seconds, size

SECONDS = Value(seconds, duration)
GIGABYTES = Value(gigabytes, size)
WORDS = Words()
OF_S3 = OfS3()
HYPERPARAMETERS = TextMap(hyperparameter)
TEXTS = TextMap(text)

_S3 = "DataSource.S3DataSource"


def _s3(kind: str) -> tuple[tuple[str, str], ...]:
    return ((f"{_S3}.S3DataType", kind),)


FILE_SYSTEM = (
    Row("id", "FileSystemId", AS_IS),
    Row("type", "FileSystemType", AS_IS),
    Row("path", "DirectoryPath", AS_IS),
    Row("access", "FileSystemAccessMode", AS_IS),
)

CHANNEL = (
    Row("s3", f"{_S3}.S3Uri", AS_IS, implies=_s3("S3Prefix")),
    Row("manifest", f"{_S3}.S3Uri", AS_IS, implies=_s3("ManifestFile")),
    Row("augmented_manifest", f"{_S3}.S3Uri", AS_IS, implies=_s3("AugmentedManifestFile")),
    Row("converse", f"{_S3}.S3Uri", AS_IS, implies=_s3("Converse")),
    Row("distribution", f"{_S3}.S3DataDistributionType", OF_S3),
    Row("attributes", f"{_S3}.AttributeNames", OF_S3),
    Row("instance_groups", f"{_S3}.InstanceGroupNames", OF_S3),
    Row("hub", f"{_S3}.HubAccessConfig.HubContentArn", OF_S3),
    Row("accept_eula", f"{_S3}.ModelAccessConfig.AcceptEula", OF_S3),
    Row("file_system", "DataSource.FileSystemDataSource", Group(FILE_SYSTEM)),
    Row("dataset", "DataSource.DatasetSource.DatasetArn", AS_IS),
    Row("content_type", "ContentType", AS_IS),
    Row("compression", "CompressionType", AS_IS),
    Row("record_wrapper", "RecordWrapperType", AS_IS),
    Row("input_mode", "InputMode", AS_IS),
    Row("shuffle_seed", "ShuffleConfig.Seed", AS_IS),
)

OUTPUT = (
    Row("s3", "S3OutputPath", AS_IS),
    Row("kms_key", "KmsKeyId", AS_IS),
    Row("compression", "CompressionType", AS_IS),
)

INSTANCE_GROUP = (
    Row("instance_type", "InstanceType", AS_IS),
    Row("instance_count", "InstanceCount", AS_IS),
)

PLACEMENT = (
    Row("multiple_jobs", "EnableMultipleJobs", AS_IS),
    Row(
        "specifications",
        "PlacementSpecifications",
        Listed(Group((Row("ultra_server", "UltraServerId", AS_IS), Row("instance_count", "InstanceCount", AS_IS)))),
    ),
)

PREFERENCE = (
    Row("instance_type", "InstanceType", AS_IS),
    Row("instance_count", "InstanceCount", AS_IS),
    Row("training_plans", "TrainingPlanArns", AS_IS),
)

RESOURCES = (
    Row("instance_type", "InstanceType", AS_IS),
    Row("instance_count", "InstanceCount", AS_IS),
    Row("groups", "InstanceGroups", Keyed("InstanceGroupName", Group(INSTANCE_GROUP))),
    Row("preferences", "InstancePreferences", Listed(Group(PREFERENCE))),
    Row("placement", "InstancePlacementConfig", Group(PLACEMENT)),
    Row("volume_size", "VolumeSizeInGB", GIGABYTES),
    Row("volume_kms_key", "VolumeKmsKeyId", AS_IS),
    Row("keep_alive", "KeepAlivePeriodInSeconds", SECONDS),
    Row("training_plan", "TrainingPlanArn", AS_IS),
)

STOPPING = (
    Row("max_runtime", "MaxRuntimeInSeconds", SECONDS),
    Row("max_wait", "MaxWaitTimeInSeconds", SECONDS),
    Row("max_pending", "MaxPendingTimeInSeconds", SECONDS),
)

CHECKPOINT = (
    Row("s3", "S3Uri", AS_IS),
    Row("local_path", "LocalPath", AS_IS),
)

VPC = (
    Row("security_groups", "SecurityGroupIds", AS_IS),
    Row("subnets", "Subnets", AS_IS),
)

IMAGE_ACCESS = (
    Row("mode", "TrainingRepositoryAccessMode", AS_IS),
    Row("credentials_provider", "TrainingRepositoryAuthConfig.TrainingRepositoryCredentialsProviderArn", AS_IS),
)

RULE = (
    Row("image", "RuleEvaluatorImage", AS_IS),
    Row("instance_type", "InstanceType", AS_IS),
    Row("volume_size", "VolumeSizeInGB", GIGABYTES),
    Row("parameters", "RuleParameters", TEXTS),
    Row("s3", "S3OutputPath", AS_IS),
    Row("local_path", "LocalPath", AS_IS),
)

DEBUGGER = (
    Row("s3", "DebugHookConfig.S3OutputPath", AS_IS),
    Row("local_path", "DebugHookConfig.LocalPath", AS_IS),
    Row("parameters", "DebugHookConfig.HookParameters", TEXTS),
    Row(
        "collections",
        "DebugHookConfig.CollectionConfigurations",
        Keyed("CollectionName", Group((Row("parameters", "CollectionParameters", TEXTS),))),
    ),
    Row("rules", "DebugRuleConfigurations", Keyed("RuleConfigurationName", Group(RULE))),
)

PROFILER = (
    Row("disabled", "ProfilerConfig.DisableProfiler", AS_IS),
    Row("s3", "ProfilerConfig.S3OutputPath", AS_IS),
    Row("interval_milliseconds", "ProfilerConfig.ProfilingIntervalInMilliseconds", AS_IS),
    Row("parameters", "ProfilerConfig.ProfilingParameters", TEXTS),
    Row("defaults", "ProfilerConfig", Group(())),
    Row("rules", "ProfilerRuleConfigurations", Keyed("RuleConfigurationName", Group(RULE))),
)

TENSORBOARD = (
    Row("s3", "S3OutputPath", AS_IS),
    Row("local_path", "LocalPath", AS_IS),
)

EXPERIMENT = (
    Row("name", "ExperimentName", AS_IS),
    Row("trial", "TrialName", AS_IS),
    Row("trial_component", "TrialComponentDisplayName", AS_IS),
    Row("run", "RunName", AS_IS),
)

MLFLOW = (
    Row("resource", "MlflowResourceArn", AS_IS),
    Row("experiment", "MlflowExperimentName", AS_IS),
    Row("run", "MlflowRunName", AS_IS),
)

MODEL_PACKAGE = (
    Row("group", "ModelPackageGroupArn", AS_IS),
    Row("source", "SourceModelPackageArn", AS_IS),
)

SERVERLESS = (
    Row("job_type", "JobType", AS_IS),
    Row("base_model", "BaseModelArn", AS_IS),
    Row("accept_eula", "AcceptEula", AS_IS),
    Row("technique", "CustomizationTechnique", AS_IS),
    Row("peft", "Peft", AS_IS),
    Row("sequence_length", "SequenceLength", AS_IS),
    Row("evaluation_type", "EvaluationType", AS_IS),
    Row("evaluator", "EvaluatorArn", AS_IS),
)

JOB: tuple[Row, ...] = (
    Row("name", "TrainingJobName", AS_IS),
    Row("image", "AlgorithmSpecification.TrainingImage", AS_IS),
    Row("framework", "AlgorithmSpecification.TrainingImage", Framework()),
    Row("algorithm", "AlgorithmSpecification.AlgorithmName", Algorithm()),
    Row("entrypoint", "AlgorithmSpecification.ContainerEntrypoint", WORDS),
    Row("arguments", "AlgorithmSpecification.ContainerArguments", WORDS),
    Row("image_access", "AlgorithmSpecification.TrainingImageConfig", Group(IMAGE_ACCESS)),
    Row("metrics", "AlgorithmSpecification.MetricDefinitions", Pairs(("Name", "Regex"), ("name", "regex"))),
    Row("metrics_time_series", "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries", AS_IS),
    Row("input_mode", "AlgorithmSpecification.TrainingInputMode", AS_IS, default="File"),
    Row("role", "RoleArn", Role()),
    Row("hyperparameters", "HyperParameters", HYPERPARAMETERS),
    Row("source", "", Source()),
    Row("distribution", "HyperParameters", Distribution()),
    Row("environment", "Environment", TEXTS),
    Row(
        "inputs",
        "InputDataConfig",
        Keyed("ChannelName", Group(CHANNEL, short="s3", always="DataSource"), in_order=True),
    ),
    Row("output", "OutputDataConfig", Group(OUTPUT, short="s3")),
    Row("resources", "ResourceConfig", Group(RESOURCES)),
    Row("stopping", "StoppingCondition", Group(STOPPING)),
    Row("retry", "RetryStrategy", Group((Row("max_attempts", "MaximumRetryAttempts", AS_IS),))),
    Row("spot", "EnableManagedSpotTraining", AS_IS),
    Row("checkpoint", "CheckpointConfig", Group(CHECKPOINT, short="s3")),
    Row("vpc", "VpcConfig", Group(VPC)),
    Row("network_isolation", "EnableNetworkIsolation", AS_IS),
    Row("encrypt_inter_container_traffic", "EnableInterContainerTrafficEncryption", AS_IS),
    Row("serverless", "ServerlessJobConfig", Group(SERVERLESS)),
    Row("model_package", "ModelPackageConfig", Group(MODEL_PACKAGE)),
    Row("experiment", "ExperimentConfig", Group(EXPERIMENT)),
    Row("mlflow", "MlflowConfig", Group(MLFLOW)),
    Row("tensorboard", "TensorBoardOutputConfig", Group(TENSORBOARD, short="s3")),
    Row("debugger", "", Group(DEBUGGER)),
    Row("profiler", "", Group(PROFILER)),
    Row("remote_debug", "RemoteDebugConfig", Group((Row("enabled", "EnableRemoteDebug", AS_IS),), short="enabled")),
    Row("infra_check", "InfraCheckConfig", Group((Row("enabled", "EnableInfraCheck", AS_IS),), short="enabled")),
    Row(
        "session_tag_chaining",
        "SessionChainingConfig",
        Group((Row("enabled", "EnableSessionTagChaining", AS_IS),), short="enabled"),
    ),
    Row("tags", "Tags", Pairs(("Key", "Value"), ("key", "value"), in_order=True)),
)

OUTPUT_ONLY = ("ResourceConfig.SelectedInstanceType", "ResourceConfig.SelectedInstanceCount")
"""Members of the request's shape that SageMaker only answers with: no field sets them."""


OF_PARTS = frozenset({"framework", "source"})
"""Fields that become a part of their member, or that select it: AWS's limits do not apply to them."""


def members(rows: tuple[Row, ...] = JOB, field: str = "", member: str = "") -> Iterator[tuple[str, str]]:
    """Every field of the language with the member that it becomes, as dotted paths; `*` stands for any key or index."""
    for row in rows:
        here, there = _join(field, row.field), _join(member, row.member)
        if row.member:
            yield here, there
        yield from _below(row.codec, here, there)


def _below(codec: Codec, field: str, member: str) -> Iterator[tuple[str, str]]:
    if isinstance(codec, Group):
        yield from members(codec.rows, field, member)
    elif isinstance(codec, Keyed):
        yield f"{field}.*.name", f"{member}.*.{codec.key}"
        yield from members(codec.group.rows, f"{field}.*", f"{member}.*")
    elif isinstance(codec, Listed):
        yield from members(codec.group.rows, f"{field}.*", f"{member}.*")
    elif isinstance(codec, Pairs):
        yield f"{field}.*.{codec.fields[0]}", f"{member}.*.{codec.members[0]}"
        yield f"{field}.*", f"{member}.*.{codec.members[1]}"
    elif isinstance(codec, TextMap):
        yield f"{field}.*", f"{member}.*"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
