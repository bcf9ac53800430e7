"""A container with network isolation cannot download its script.

The framework containers download `sagemaker_submit_directory` when they start. With `network_isolation` they cannot
reach S3, so the script must be provided through a channel, as the SageMaker SDK does.

https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS568", "a container with network isolation that must download its script", Severity.WARNING)
ONLY_WITH = ("EnableNetworkIsolation",)

BAD = """
network_isolation: true
hyperparameters: {sagemaker_program: train.py, sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz}
"""

GOOD = """
network_isolation: true
inputs: {code: s3://my-bucket/code/}
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: /opt/ml/input/data/code/source.tar.gz
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find a source directory in S3 under EnableNetworkIsolation."""
    place = ("HyperParameters", "sagemaker_submit_directory")
    source = job.member(*place)
    is_remote = isinstance(source, str) and source.strip('"').startswith("s3:")
    if is_remote and job.is_on("EnableNetworkIsolation"):
        message = "the container downloads its script from S3, which `network_isolation` prevents"
        advice = "provide it through a channel `code`, and write /opt/ml/input/data/code/source.tar.gz"
        yield Found(job.origin(*place), message, advice)
