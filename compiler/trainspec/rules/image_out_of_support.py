"""An image that AWS no longer patches.

The job still starts, but the image gets no more security fixes and will eventually be deleted. AWS supports each
version of a framework for about a year after its release.

https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/support-policy.html
"""

import re
from collections.abc import Iterator
from datetime import date

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.algorithms import PLACE, first_party
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS827", "an image that AWS no longer patches", Severity.NOTE)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.5.1-cpu-py36-ubuntu16.04
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.10.0-cpu-py313-ubuntu22.04-sagemaker
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
)
"""Repositories whose versions have ended and are in no table of dates."""
_LONG_AGO = 650
"""Days after the last patches from which this is worth a note. Before, a team is on its way; `explain` has the date."""
_FRAMEWORKS = {"pytorch-training": "PyTorch", "tensorflow-training": "TensorFlow"}


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
        others = (words for pattern, words in ENDED if re.match(pattern, f"{repository}:{tag}"))
        ended = _by_date(repository, tag) or next(others, None)
    if ended:
        yield Found(job.origin(*PLACE), f"AWS no longer patches this image: {ended}", "use a newer version")


def _by_date(repository: str, tag: str) -> str | None:
    """What the table of dates says of an image."""
    from trainspec.request.images.end_of_support import ended

    if repository not in _FRAMEWORKS or (over := ended(repository, tag.partition("-")[0])) is None:
        return None
    framework = f"{_FRAMEWORKS[repository]} {over.version}"
    if over.since is None:
        return f"{framework} is older than all versions with a date (as of {over.as_of})"
    age = date.fromisoformat(over.as_of) - date.fromisoformat(over.since)
    return f"support for {framework} ended on {over.since} (as of {over.as_of})" if age.days > _LONG_AGO else None
