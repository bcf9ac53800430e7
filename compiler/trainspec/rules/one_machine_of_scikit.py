"""A job with AWS's scikit-learn image has several instances.

The image runs the script on each instance independently and does not distribute the work, and AWS's SDK refuses such a
job. Nothing is reported if a channel is split among the instances: the script then distributes the work itself.

https://sagemaker.readthedocs.io/en/stable/frameworks/sklearn/sagemaker.sklearn.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.channels import channels
from trainspec.rules.support.machines import instance_count
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS845", "scikit-learn on several instances", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3
source: {entry: train.py, dir: s3://my-bucket/source.tar.gz}
resources: {instance_count: 2}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3
source: {entry: train.py, dir: s3://my-bucket/source.tar.gz}
resources: {instance_count: 1}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Count the machines of such a job."""
    if repeats_itself(job):
        count = instance_count(job)
        message = f"scikit-learn does not distribute the work: each of the {count} instances trains the same model"
        yield Found(job.origin("ResourceConfig", "InstanceCount"), message, "write `instance_count: 1`")


def repeats_itself(job: JobView) -> bool:
    """Whether a job runs that image's own command on several machines, and none of its channels is split."""
    registry = known_registry(job.text(*PLACE) or "")
    if registry is None or registry.image.repository != "sagemaker-scikit-learn":
        return False
    is_split = any(channel.distribution not in (None, "FullyReplicated") for channel in channels(job))
    has_own_command = job.member("AlgorithmSpecification", "ContainerEntrypoint") is not None
    return (instance_count(job) or 1) > 1 and not is_split and not has_own_command
