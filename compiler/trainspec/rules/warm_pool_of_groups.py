"""`keep_alive` is set for a job with several instance groups.

SageMaker does not support warm pools for heterogeneous clusters.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS527", "a warm pool for several instance groups", Severity.WARNING)
ONLY_WITH = ("KeepAlivePeriodInSeconds",)

BAD = """
resources:
  instance_type: null
  instance_count: null
  keep_alive: 30m
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p3.2xlarge, instance_count: 1}
"""

GOOD = """
resources: {keep_alive: 30m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find KeepAlivePeriodInSeconds together with InstanceGroups."""
    place = ("ResourceConfig", "KeepAlivePeriodInSeconds")
    groups = job.member("ResourceConfig", "InstanceGroups")
    if job.number(*place) and isinstance(groups, list) and len(groups) > 1:
        message = "SageMaker does not support warm pools for jobs with several instance groups"
        yield Found(job.origin(*place), message, "remove `keep_alive`", on_key=True)
