"""An image whose CUDA does not know the machine's GPUs.

A GPU needs a CUDA of its time: an older one has no code for it (`no kernel image is available for execution on the
device`), a newer one has dropped it. What counts is the `cuNNN` in the tag of AWS's framework images.

https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import instance_family, known_registry
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS854", "an image whose CUDA does not know the machine's GPUs", Severity.WARNING)

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

GPUS: tuple[tuple[frozenset[str], str, tuple[int, int], tuple[int, int] | None], ...] = (
    (frozenset({"g3"}), "M60", (6, 5), (12, 9)),
    (frozenset({"p2"}), "K80", (6, 5), (11, 8)),
    (frozenset({"p3", "p3dn"}), "V100", (9, 0), (12, 9)),
    (frozenset({"g4dn"}), "T4", (10, 0), None),
    (frozenset({"p4d", "p4de"}), "A100", (11, 0), None),
    (frozenset({"g5"}), "A10G", (11, 0), None),
    (frozenset({"g6", "g6e", "gr6"}), "L4 or L40S", (11, 0), None),
    (frozenset({"p5", "p5e", "p5en"}), "H100 or H200", (11, 8), None),
    (frozenset({"p6-b200", "p6e-gb200", "g7e"}), "Blackwell GPU", (12, 8), None),
    (frozenset({"p6-b300", "p6e-gb300"}), "Blackwell Ultra GPU", (12, 9), None),
)
"""Families of machines, their GPU, and the first and the last CUDA for it (NVIDIA's release notes, 2026-11)."""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the CUDA of the tag with what the GPUs of each machine need."""
    registry = known_registry(job.text(*PLACE) or "")
    found = re.search(r"-cu([0-9]{2})([0-9])(?:-|$)", registry.image.tag or "") if registry else None
    if found is None:
        return
    cuda = (int(found[1]), int(found[2]))
    for name, place in instance_types(job):
        known = next((row for row in GPUS if (instance_family(name) or "") in row[0]), None)
        if known is None:
            continue
        _families, gpu, first, last = known
        if cuda < first:
            message = (
                f"the image's CUDA {cuda[0]}.{cuda[1]} knows no {gpu}, which {name} has: it needs {first[0]}.{first[1]}"
            )
        elif last and cuda > last:
            message = f"the image's CUDA {cuda[0]}.{cuda[1]} has dropped the {gpu} of {name}: {last[0]} was the last"
        else:
            continue
        yield Found(job.origin(*place), message, "take another image, or another machine")
