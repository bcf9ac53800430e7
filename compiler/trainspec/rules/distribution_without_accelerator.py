"""A `distribution` for accelerators on an instance without any, or without the library that it needs.

The SageMaker SDK rejects `torchrun` on an instance with neither GPUs nor Trainium, where each host would run one
process on its CPU. PyTorch/XLA is only in the images of SageMaker Training Compiler.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.distribution import distribution_of
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS765", "a distribution without the hardware or library that it needs", Severity.WARNING)

BAD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.m5.xlarge}
distribution: torchrun
"""

GOOD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.g5.12xlarge, volume_size: null}
distribution: torchrun
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the machines, and at the framework."""
    found = distribution_of(job)
    if found is None or found.framework != "pytorch":
        return
    if found.name == "xla":
        yield Found(
            found.at, "PyTorch/XLA is not in the PyTorch images, so the job fails immediately", "use `torchrun`"
        )
    processors = {processor_of_instance(name) for name, _ in instance_types(job)}
    if found.name == "torchrun" and processors == {"cpu"}:
        message = "without GPUs, `torchrun` runs only one process on each instance, and the SageMaker SDK rejects it"
        yield Found(found.at, message, "use an instance type with GPUs or Trainium, or `mpi`")
