"""An AWS image that is not for training: it serves models, processes data, or evaluates rules.

SageMaker rejects the request, or the container fails because it has no program `train`.

https://docs.aws.amazon.com/sagemaker/latest/dg/pre-built-containers-frameworks-deep-learning.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.images import ecr_image
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS821", "an AWS image that is not for training")

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3.0-cpu-py311-ubuntu20.04-sagemaker
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

_KINDS = (
    (
        r"(?:pytorch|tensorflow|mxnet|huggingface-(?:pytorch|tensorflow)|autogluon)-inference(?:-[a-z0-9]+)*",
        "serves models",
    ),
    (
        r"djl-inference|huggingface-(?:pytorch-)?(?:tgi|tei|llm|vllm|sglang)[a-z0-9-]*|sagemaker-tritonserver",
        "serves models",
    ),
    (
        r"(?:sagemaker-)?(?:mxnet|tensorflow|pytorch|chainer)-serving(?:-eia)?|sagemaker-inference-[a-z0-9-]+",
        "serves models",
    ),
    (r"sagemaker-spark-processing|sagemaker-data-wrangler-container|sagemaker-clarify-processing", "processes data"),
    (r"sagemaker-model-monitor-analyzer", "monitors endpoints"),
    (r"sagemaker-debugger-rules|detailed-profiler-processing", "evaluates rules alongside a job"),
    (r"sagemaker-sparkml-serving|sagemaker-neo-[a-z0-9-]+", "does not train"),
    (r"sagemaker-(?:base-python|data-science|sparkanalytics)(?:-[a-z0-9.-]+)?", "is for Studio notebooks"),
)
"""Repositories that AWS alone has by these names, and what their images do. From sagemaker-core 2.27 (2026-11)."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the repository of an image in an account of AWS's."""
    image = ecr_image(job.text(*PLACE) or "")
    runs_its_own = job.member("AlgorithmSpecification", "ContainerEntrypoint") or job.member(
        "AlgorithmSpecification", "ContainerArguments"
    )
    for pattern, does in _KINDS if image and not runs_its_own else ():
        if image and re.fullmatch(pattern, image.repository):
            message = f"`{image.repository}` {does}, but a training job needs an image for training"
            other = image.repository.replace("-inference", "-training")
            advice = f"write `{other}`" if other != image.repository else "use the image of a framework or algorithm"
            yield Found(job.origin(*PLACE), message, advice)
