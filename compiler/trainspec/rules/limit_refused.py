"""A number that SageMaker rejects.

The API's model accepts it, but the member's documentation states a limit.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.limits import beyond
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS863", "a number that SageMaker does not accept")

BAD = """
resources: {instance_count: 0}
"""

GOOD = """
resources: {instance_count: 1}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the limits of this kind."""
    yield from beyond(job, "refused")
