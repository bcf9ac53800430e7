"""A `distribution` that this version of the framework does not support.

Each kind of distribution was introduced with a certain version of the PyTorch or TensorFlow images. SageMaker's data
parallel library was removed as a kind of its own in a later one: newer PyTorch images run it under `torchrun`.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html
"""

from collections.abc import Iterator, Mapping

from trainspec.diagnostics import Code
from trainspec.rules.support.distribution import distribution_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS761", "a distribution that the framework's version does not support")

BAD = """
image: null
framework: {name: pytorch, version: "2.9.0", python: py312}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
distribution: smddp
"""

GOOD = """
image: null
framework: {name: pytorch, version: "2.9.0", python: py312}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
distribution: torchrun
"""

Versions = tuple[tuple[int, ...], tuple[int, ...] | None]

VERSIONS: Mapping[tuple[str, str], Versions] = {
    ("torchrun", "pytorch"): ((1, 11), None),
    ("pytorchddp", "pytorch"): ((1, 10), None),
    ("smddp", "pytorch"): ((1, 6), (2, 3)),
    ("smddp", "tensorflow"): ((2, 3), (2, 11)),
    ("mwms", "tensorflow"): ((2, 9), None),
}
"""The first and the last minor version of a kind under a framework: the package sagemaker 2.257.7, fw_utils.py.

The SDK's list of PyTorch for SMDDP ends with 2.2; the developer guide's has the image of 2.3.0, too (2026-11):
https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look the version up."""
    found = distribution_of(job)
    if found is None or found.framework is None or len(found.version) < 2:
        return
    known = VERSIONS.get((found.name, found.framework))
    if known is None:
        return
    first, last = known
    minor = found.version[:2]
    shown = f"{found.framework} {'.'.join(map(str, found.version))}"
    if minor < first:
        message = f"{shown} does not support `{found.name}`, which was introduced in {'.'.join(map(str, first))}"
        yield Found(found.at, message, "use a later version, or another kind of distribution")
    elif last is not None and minor > last:
        instead = "torchrun" if found.framework == "pytorch" else "mwms"
        message = f"{shown} does not support `{found.name}`; {'.'.join(map(str, last))} was the last version that did"
        yield Found(found.at, message, f"use `{instead}`, or an earlier version")
