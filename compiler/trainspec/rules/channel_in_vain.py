"""Channel settings that have no effect, or probably not the intended one.

`ShardedByS3Key` splits the data among several instances, but the job has only one. Shuffling changes the order of S3
keys or manifest lines, and a file system has neither. `FastFile` streams a folder, and a prefix that does not end in
`/` may be only the beginning of a folder's name.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.machines import instance_count
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS843", "a channel setting that has no effect", Severity.NOTE)
ONLY_WITH = ("ShardedByS3Key", "ShuffleConfig", "FastFile")

BAD = """
inputs: {train: {s3: s3://my-bucket/train/, distribution: ShardedByS3Key}}
"""

GOOD = """
inputs: {train: {s3: s3://my-bucket/train/, distribution: ShardedByS3Key}}
resources: {instance_count: 2}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at each channel."""
    count = instance_count(job)
    for channel in channels(job):
        if channel.distribution == "ShardedByS3Key" and count == 1 and not _wants_shares(job, channel.name):
            at = job.origin(*channel.place, *S3, "S3DataDistributionType")
            yield Found(at, "the job has one instance, which gets all of the data", "remove `distribution`")
        if job.member(*channel.place, "ShuffleConfig") and job.member(
            *channel.place, "DataSource", "FileSystemDataSource"
        ):
            message = f"{channel.shown} is a file system, which has no S3 keys to shuffle"
            yield Found(job.origin(*channel.place, "ShuffleConfig", "Seed"), message, "remove `shuffle_seed`")
        last = (channel.uri or "/").rpartition("/")[2]
        if channel.mode == "FastFile" and channel.kind == "S3Prefix" and last and "." not in last:
            message = f"FastFile streams a folder, but `{channel.uri}` may be only the beginning of a folder's name"
            yield Found(job.origin(*channel.place, *S3, "S3Uri"), message, f"write `{channel.uri}/`")


def _wants_shares(job: JobView, channel: str | None) -> bool:
    """Whether a built-in algorithm takes the channel in shares alone, also on one machine."""
    from trainspec.rules.support.algorithms import built_in

    found = built_in(job)
    known = found.algorithm.channels.get(channel or "") if found else None
    return known is not None and known.distribution == ("ShardedByS3Key",)
