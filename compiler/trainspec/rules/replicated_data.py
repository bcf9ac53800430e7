"""Several instances, each of which gets all of the data.

With the distribution `FullyReplicated`, the default, every instance copies the whole channel: n instances store the
data n times and, if the algorithm does not split the work, do the same work n times. `ShardedByS3Key` gives each
instance a part of the objects.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.one_machine_of_scikit import repeats_itself
from trainspec.rules.support.machines import instance_count
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS523", "several instances that each get all of the data", Severity.NOTE)

BAD = """
resources: {instance_count: 4}
"""

GOOD = """
resources: {instance_count: 4}
inputs: {train: {s3: s3://my-bucket/train/, distribution: ShardedByS3Key}}
"""

_WHOLE = ("code", "model", "recipe", "sm_drivers")
"""Channels that every machine needs whole."""


def check_job(job: JobView) -> Iterator[Found]:
    """Find jobs on several instances none of whose channels is split among them."""
    count = instance_count(job)
    has_groups = job.member("ResourceConfig", "InstanceGroups") is not None
    if count is None or count <= 1 or has_groups or _is_distributed(job) or repeats_itself(job):
        return
    sources = [
        (*channel, "DataSource", "S3DataSource")
        for channel in job.places("InputDataConfig")
        if job.text(*channel, "ChannelName") not in _WHOLE
    ]
    sources = [source for source in sources if job.member(*source)]
    ways = [job.member(*source, "S3DataDistributionType") for source in sources]
    is_left_open = None in ways and all(way in (None, "FullyReplicated") for way in ways)
    if sources and is_left_open:
        message = f"each of the {count} instances gets all of the data"
        advice = (
            "set `distribution: ShardedByS3Key` on a channel to shard it; ignore this if the container splits the work"
        )
        yield Found(job.origin(*sources[0], "S3Uri"), message, advice)


def _is_distributed(job: JobView) -> bool:
    """Whether a launcher of the framework images splits the work: its processes read what they need of all the data."""
    values = job.member("HyperParameters")
    return isinstance(values, dict) and any(
        name.startswith("sagemaker_") and name.endswith("_enabled") and str(values[name]).strip('"').lower() == "true"
        for name in values
    )
