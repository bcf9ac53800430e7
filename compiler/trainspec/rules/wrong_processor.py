"""The image is built for processors other than those of the instance type.

A CPU image leaves the GPUs idle, although you pay for them. A GPU image finds no driver on a CPU instance, and is
slow at best. Images for Trainium do not run on anything else.

https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of, processor_of_instance
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS565", "an image for processors other than the instance's", Severity.WARNING)

BAD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1-cpu
resources: {instance_type: ml.p3.2xlarge}
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1-gpu
resources: {instance_type: ml.p3.2xlarge}
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")
NAMES = {"cpu": "CPUs", "gpu": "GPUs", "neuron": "Trainium or Inferentia"}


def check_job(job: JobView) -> Iterator[Found]:
    """Find images none of whose machines has the processor that their names say."""
    wanted = processor_of(job.text(*PLACE) or "")
    types = instance_types(job)
    had = {processor_of_instance(name) for name, _place in types}
    if wanted in NAMES and types and "unknown" not in had and wanted not in had:
        name, place = types[0]
        message = f"the image is built for {NAMES[wanted]}, but {name} has {NAMES[processor_of_instance(name)]}"
        advice = "the GPUs would be idle: use a CPU instance, or the GPU image" if "gpu" in had else None
        advice = advice or f"use the image for {name}, or an instance with {NAMES[wanted]}"
        yield Found(job.origin(*place), message, advice)
