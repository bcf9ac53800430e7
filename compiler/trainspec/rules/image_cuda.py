"""An image whose CUDA version does not support the instance's GPUs.

Each GPU generation is supported by certain CUDA versions: older ones contain no code for it (`no kernel image is
available for execution on the device`), and newer ones have dropped it. The version is the `cuNNN` in the tags of
AWS's framework images.

https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS854", "an image whose CUDA version does not support the instance's GPUs", Severity.WARNING)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker
resources: {instance_type: ml.p6-b200.48xlarge, volume_size: null}
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker
resources: {instance_type: ml.p5.48xlarge, volume_size: null}
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the CUDA of the tag with what the GPUs of each machine need."""
    registry = known_registry(job.text(*PLACE) or "")
    found = re.search(r"-cu([0-9]{2})([0-9])(?:-|$)", registry.image.tag or "") if registry else None
    if found is None:
        return
    from trainspec.request.machines import machine

    cuda = (int(found[1]), int(found[2]))
    for name, place in instance_types(job):
        found_machine = machine(name)
        gpu = found_machine.gpu if found_machine else None
        if gpu is None:
            continue
        if cuda < gpu.first_cuda:
            needed = ".".join(map(str, gpu.first_cuda))
            message = (
                f"the image's CUDA {cuda[0]}.{cuda[1]} does not support the {gpu.name} of {name}, which needs {needed}"
            )
        elif gpu.last_cuda and cuda > gpu.last_cuda:
            last = ".".join(map(str, gpu.last_cuda))
            message = f"the image's CUDA {cuda[0]}.{cuda[1]} has dropped the {gpu.name} of {name}: use {last} or less"
        else:
            continue
        yield Found(job.origin(*place), message, "use another image, or another instance type")
