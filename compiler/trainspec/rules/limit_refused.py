"""A number that SageMaker refuses.

The API's model lets it pass; the documentation of the member says what is taken.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.limits import beyond
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS863", "a number beyond what SageMaker takes")

BAD = """
resources: {instance_count: 0}
"""

GOOD = """
resources: {instance_count: 1}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the limits of this kind."""
    yield from beyond(job, "refused")
