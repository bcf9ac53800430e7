"""Instances that the built-in algorithm cannot use.

Some algorithms train only on a single instance, some only on CPUs. Additional instances or GPUs would be paid for and
stay idle, or the container would fail.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.algorithms import built_in, hyperparameter
from trainspec.rules.support.machines import instance_count, instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS810", "instances that the built-in algorithm cannot use", Severity.WARNING)

BAD = """
image: 766337827248.dkr.ecr.us-east-1.amazonaws.com/lda:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv, distribution: ShardedByS3Key}}
hyperparameters: {num_topics: 10, feature_dim: 1000, mini_batch_size: 500}
resources: {instance_count: 2}
"""

GOOD = """
image: 766337827248.dkr.ecr.us-east-1.amazonaws.com/lda:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_topics: 10, feature_dim: 1000, mini_batch_size: 500}
resources: {instance_count: 1}
"""

_COUNT = ("ResourceConfig", "InstanceCount")


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the number of machines and their processors with the algorithm's table."""
    found = built_in(job)
    if found is None:
        return
    machines = found.algorithm.machines
    demands = [(machines.processors, machines.count, "")]
    demands += [
        (case.processors, case.count, f": {case.because}")
        for case in machines.cases
        if all((hyperparameter(job, name) or "").strip() in words for name, words in case.when.items())
    ]
    count = instance_count(job)
    for processors, most, because in demands:
        if most is not None and count is not None and count > most:
            message = f"{found.name} trains on a single instance, but the job has {count}{because}"
            yield Found(job.origin(*_COUNT) or ("resources",), message, "set `instance_count: 1`")
        if processors == ("cpu",):
            for name, place in instance_types(job):
                if processor_of_instance(name) == "gpu":
                    message = f"{found.name} trains on CPUs, so the GPUs of {name} would stay idle{because}"
                    yield Found(job.origin(*place), message, "use, for example, ml.c5.2xlarge")
                    break
