"""A container with network isolation that uses MLflow.

With `network_isolation` the container has no network, so nothing that it logs reaches an MLflow server.

https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS837", "a container with network isolation that uses MLflow", Severity.WARNING)
ONLY_WITH = ("EnableNetworkIsolation",)

BAD = """
network_isolation: true
mlflow: {resource: "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/s"}
"""

GOOD = """
mlflow: {resource: "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/s"}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find MlflowConfig together with EnableNetworkIsolation."""
    if job.is_on("EnableNetworkIsolation") and job.member("MlflowConfig"):
        message = "the container has no network, so it cannot reach the MLflow server"
        yield Found(("mlflow",), message, "remove `network_isolation`, or `mlflow`", on_key=True)
