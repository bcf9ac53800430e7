"""A built-in algorithm that trains only on GPUs, on an instance without one.

Image classification, object detection, semantic segmentation and sequence-to-sequence fail if they find no GPU.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS566", "a built-in algorithm that needs a GPU, on an instance without one", Severity.WARNING)

BAD = """
image: 825641698319.dkr.ecr.us-east-2.amazonaws.com/object-detection:1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: application/x-recordio}
  validation: {s3: s3://my-bucket/validation/, content_type: application/x-recordio}
hyperparameters: {num_classes: 2, num_training_samples: 1000}
"""

GOOD = """
image: 825641698319.dkr.ecr.us-east-2.amazonaws.com/object-detection:1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: application/x-recordio}
  validation: {s3: s3://my-bucket/validation/, content_type: application/x-recordio}
hyperparameters: {num_classes: 2, num_training_samples: 1000}
resources: {instance_type: ml.p3.2xlarge}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find CPU machines under algorithms that need GPUs."""
    found = built_in(job)
    if found is None or "cpu" in found.algorithm.machines.processors:
        return
    for name, place in instance_types(job):
        if processor_of_instance(name) == "cpu":
            yield Found(
                job.origin(*place),
                f"{found.name} trains only on GPUs, but {name} has none",
                "use, for example, ml.g4dn.xlarge",
            )
