"""An image that AWS patches no more.

It starts, and gets no fixes of security any longer; sooner or later it is deleted. AWS supports a framework's version
for about a year after its release.

https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/support-policy.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.algorithms import PLACE, first_party
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS827", "an image that AWS patches no more", Severity.NOTE)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.5.1-cpu-py36-ubuntu16.04
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

ENDED = (
    (r"[a-z-]*trcomp-training:", "SageMaker Training Compiler is discontinued"),
    (r"mxnet-training:|sagemaker-mxnet:", "MXNet was retired in 2023"),
    (r"sagemaker-(?:chainer|pytorch|tensorflow[a-z-]*|rl-[a-z-]+):", "the images of 2018 to 2020 are superseded"),
    (r"sagemaker-scikit-learn:0\.", "scikit-learn 0.20 to 0.23 are superseded by 1.2-1 and later"),
    (r"autogluon-training:0\.", "AutoGluon before 1.0 is out of support (as of 2026-11)"),
    (
        r"huggingface-pytorch-training:1\.|huggingface-tensorflow-training:",
        "its framework is out of support (as of 2026-11)",
    ),
    (r"pytorch-training:(?:0|1|2\.[0-2])[.-]", "PyTorch up to 2.2 is out of support (as of 2026-11)"),
    (r"tensorflow-training:(?:1|2\.(?:[0-9]|1[0-2]))[.-]", "TensorFlow up to 2.12 is out of support (as of 2026-11)"),
)
"""Repositories with the versions whose support has ended, from the support policy of AWS's Deep Learning Containers."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the repository and the version of AWS's image."""
    registry = known_registry(job.text(*PLACE) or "")
    if registry is None:
        return
    repository, tag = registry.image.repository, registry.image.tag or ""
    found = first_party(job)
    ended = None
    if found and found.version in found.algorithm.deprecated:
        ended = f"{repository} {found.version} is deprecated"
    elif re.search(r"(?:^|-)py2(?:7)?(?:-|$)", tag):
        ended = "Python 2 ended in 2020"
    else:
        ended = next((words for pattern, words in ENDED if re.match(pattern, f"{repository}:{tag}")), None)
    if ended:
        yield Found(job.origin(*PLACE), f"AWS patches this image no more: {ended}", "take a newer version")
