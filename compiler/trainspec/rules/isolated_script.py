"""An isolated container cannot fetch its script.

The framework containers download `sagemaker_submit_directory` themselves when they start. With `network_isolation` they
reach no S3; the script has to come in through a channel, as the SageMaker SDK does it.

https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS568", "an isolated container that must fetch its script", Severity.WARNING)

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
        message = "the container fetches its script from S3, and `network_isolation` keeps it from there"
        advice = "bring the script in as a channel `code`, and name /opt/ml/input/data/code/source.tar.gz"
        yield Found(job.origin(*place), message, advice)
