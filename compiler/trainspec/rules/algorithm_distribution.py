"""A distribution of a channel's data that the built-in algorithm does not support.

Channels for validation and test, and RecordIO images in Pipe mode, must be copied to every instance
(`FullyReplicated`). Random Cut Forest requires its training data to be sharded (`ShardedByS3Key`).

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in, hyperparameter
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS811", "a data distribution that the built-in algorithm does not support", Severity.WARNING)

BAD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/randomcutforest:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0", distribution: FullyReplicated}}
hyperparameters: {feature_dim: 5}
"""

GOOD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/randomcutforest:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0", distribution: ShardedByS3Key}}
hyperparameters: {feature_dim: 5}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the distribution of each channel with what the algorithm takes there."""
    found = built_in(job)
    for channel in channels(job) if found else ():
        known = found.algorithm.channels.get(channel.name or "") if found else None
        if found is None or known is None or channel.distribution is None:
            continue
        taken = known.distribution
        media = (channel.content_type or "").partition(";")[0].strip().lower()
        if channel.mode == "Pipe" and media in found.algorithm.content.replicated_in_pipe:
            taken = ("FullyReplicated",)
        if found.name == "sagemaker-xgboost" and hyperparameter(job, "use_dask_gpu_training") == "true":
            taken = ("FullyReplicated",)
        if taken and channel.distribution not in taken:
            message = f"{found.name} needs {channel.shown} to be {taken[0]}, but it is {channel.distribution}"
            at = job.origin(*channel.place, *S3, "S3DataDistributionType")
            yield Found(at, message, f"write `distribution: {taken[0]}`")
