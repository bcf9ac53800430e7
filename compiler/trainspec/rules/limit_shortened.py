"""A warm pool with a keep-alive time of more than an hour.

The API's model accepts up to six hours, but according to the developer guide a warm pool is kept for at most 3,600 s.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.limits import beyond
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS864", "a warm pool for longer than AWS keeps it", Severity.WARNING)

BAD = """
resources: {keep_alive: 2h}
"""

GOOD = """
resources: {keep_alive: 1h}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the limits of this kind."""
    yield from beyond(job, "shortened")
