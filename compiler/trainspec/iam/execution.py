"""What the execution role of a job must be allowed.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from trainspec.iam.document import Condition, Statement
from trainspec.iam.job import Job

_SERVICE = {"Service": "sagemaker.amazonaws.com"}
_ASSUME = "sts:AssumeRole"

_NETWORK = ("ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")  # fmt: skip
_LISTS = ("ManifestFile", "AugmentedManifestFile")


def execution_policy(jobs: Iterable[Job]) -> Iterator[Statement]:
    """The statements for a role that runs all of `jobs`."""
    for job in jobs:
        for sid, actions, resources, condition in _GRANTS:
            yield Statement(sid, actions, tuple(dict.fromkeys(resources(job))), condition)
        yield from _output_keys(job)
        yield from volume_keys(job)


def trust_policy(jobs: Iterable[Job]) -> dict[str, Any]:
    """Who may assume the role: SageMaker, which also sets the session's tags if a job chains them.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data-abac.html
    """
    chains = any((job.view.member("SessionChainingConfig") or {}).get("EnableSessionTagChaining") for job in jobs)
    action: str | list[str] = [_ASSUME, "sts:TagSession"] if chains else _ASSUME
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": _SERVICE, "Action": action}]}


def left_open(jobs: Iterable[Job]) -> Iterator[str]:
    """What the specs do not say, in sentences for their author."""
    jobs = list(jobs)
    if any(_objects(job, "InputDataConfig") for job in jobs):
        yield "if the input data is encrypted with a KMS key of your own, add kms:Decrypt on that key"
    kinds = (leaf.text for job in jobs for leaf in job.view.leaves if leaf.path[-1] == "S3DataType")
    if any(kind in _LISTS for kind in kinds):
        yield "a manifest lists its own objects: if they are elsewhere, add s3:GetObject on them"


def _objects(job: Job, *members: str) -> list[str]:
    """The objects at the S3 URIs in some members of the request."""
    found = (job.objects(text) for member, text in job.texts("S3Uri") if member in members)
    return [each for each in found if each]


def _read(job: Job) -> Iterator[str]:
    yield from _objects(job, "InputDataConfig", "CheckpointConfig")
    source = job.view.member("HyperParameters", "sagemaker_submit_directory")
    if isinstance(source, str) and (found := job.objects(source.strip('"'))):
        yield found


def _written(job: Job) -> list[str]:
    members = {member for member, _ in job.texts("S3Uri")} - {"InputDataConfig"}
    return _objects(job, *members)


def _buckets(job: Job) -> Iterator[str]:
    found = (job.bucket(text) for _, text in job.texts("S3Uri"))
    yield from (each for each in found if each)


def _repository(job: Job) -> Iterator[str]:
    repository = job.repository()
    if repository:
        yield repository


def _everywhere_if(wanted: Callable[[Job], object]) -> Callable[[Job], Iterable[str]]:
    """For actions that know no resources."""
    return lambda job: ("*",) if wanted(job) else ()


def _credentials(job: Job) -> Iterator[str]:
    config = job.view.member("AlgorithmSpecification", "TrainingImageConfig", "TrainingRepositoryAuthConfig")
    provider = config.get("TrainingRepositoryCredentialsProviderArn") if isinstance(config, dict) else None
    if isinstance(provider, str):
        yield provider


def _file_systems(job: Job) -> bool:
    return any(leaf.path[-1] == "FileSystemId" for leaf in job.view.leaves)


def _output_keys(job: Job) -> Iterator[Statement]:
    actions = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")  # uploads in parts read back what they wrote
    key = job.view.member("OutputDataConfig", "KmsKeyId")
    if isinstance(key, str):
        yield _on_key(job, "EncryptOutput", actions, key)


def volume_keys(job: Job) -> Iterator[Statement]:
    """For the key of the machines' volumes: SageMaker creates a grant on it on behalf of the role or the caller."""
    key = job.view.member("ResourceConfig", "VolumeKmsKeyId")
    if isinstance(key, str):
        yield _on_key(job, "EncryptVolumes", ("kms:CreateGrant", "kms:DescribeKey"), key)


def _on_key(job: Job, sid: str, actions: tuple[str, ...], key: str) -> Statement:
    """A statement about a key given as an ARN, an id or an alias, which policies name by a condition."""
    name = key.rpartition(":")[2]
    if name.startswith("alias/"):
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": name}}
        return Statement(sid, actions, (job.arn("kms", "key/*"),), condition)
    return Statement(sid, actions, (key if key.startswith("arn:") else job.arn("kms", f"key/{key}"),))


_GRANTS: tuple[tuple[str, tuple[str, ...], Callable[[Job], Iterable[str]], Condition], ...] = (
    ("ReadData", ("s3:GetObject",), _read, {}),
    ("WriteResults", ("s3:PutObject",), _written, {}),
    ("ResumeFromCheckpoints", ("s3:DeleteObject",), lambda job: _objects(job, "CheckpointConfig"), {}),
    ("ListBuckets", ("s3:ListBucket",), _buckets, {}),
    ("PullImages", ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
     _repository, {}),
    ("LogInToTheRegistry", ("ecr:GetAuthorizationToken",), _everywhere_if(Job.repository), {}),
    ("PrivateRegistryCredentials", ("lambda:InvokeFunction",), _credentials, {}),
    ("WriteLogs", ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
     lambda job: (job.arn("logs", "log-group:/aws/sagemaker/TrainingJobs*"),), {}),
    ("WriteMetrics", ("cloudwatch:PutMetricData",), _everywhere_if(lambda job: True),
     {"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}}),
    ("JoinTheVpc", _NETWORK, _everywhere_if(lambda job: job.view.member("VpcConfig")), {}),
    ("FindFileSystems", ("elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets",
                         "fsx:DescribeFileSystems"), _everywhere_if(_file_systems), {}),
)  # fmt: skip
"""Why, which actions, on what, under which condition."""
