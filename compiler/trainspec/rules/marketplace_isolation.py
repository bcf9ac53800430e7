"""An AWS Marketplace algorithm without network isolation.

SageMaker runs Marketplace algorithms only without network access: `EnableNetworkIsolation must be true for jobs using
SageMaker Marketplace algorithms`.

https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS825", "an AWS Marketplace algorithm without network isolation", Severity.WARNING)
ONLY_WITH = ("AlgorithmName",)

BAD = """
image: null
region: us-east-1
algorithm: arn:aws:sagemaker:us-east-1:865070037744:algorithm/scikit-decision-trees
"""

GOOD = """
image: null
region: us-east-1
algorithm: arn:aws:sagemaker:us-east-1:865070037744:algorithm/scikit-decision-trees
network_isolation: true
"""

ACCOUNTS = frozenset({
    "865070037744", "057799348421", "382657785993", "594846645681", "470592106596", "446921602837", "985815980388",
    "856760150666", "843114510376", "136758871317", "192199979996", "666831318237", "745090734665", "977537786026",
    "077584701553", "270155090741",
})  # fmt: skip
"""The accounts that hold the Marketplace's algorithms in the regions, from AWS's sample notebooks (read 2026-11)."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the account in AlgorithmName."""
    place = ("AlgorithmSpecification", "AlgorithmName")
    parts = (job.text(*place) or "").split(":")
    isolation = job.member("EnableNetworkIsolation")
    if len(parts) > 5 and parts[4] in ACCOUNTS and isolation in (None, False):
        message = "an AWS Marketplace algorithm runs only with network isolation"
        yield Found(job.origin(*place), message, "add `network_isolation: true`")
