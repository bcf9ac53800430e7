"""The image is made for another processor than the machine has.

An image for CPUs leaves a GPU idle that is paid for; one for GPUs finds no driver on a CPU machine, and at best
computes slowly; images for Trainium run on nothing else.

https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of, processor_of_instance
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS565", "an image for another processor than the machine's", Severity.WARNING)

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
        message = f"the image is made for {NAMES[wanted]}, and {name} has {NAMES[processor_of_instance(name)]}"
        advice = "the GPUs would be idle: take a CPU machine, or the image for GPUs" if "gpu" in had else None
        advice = advice or f"take the image for {name}, or a machine with {NAMES[wanted]}"
        yield Found(job.origin(*place), message, advice)
