"""More than an account's default quotas allow.

By default, a job may run for five days and use 20 instances. Beyond that, the request fails with
ResourceLimitExceeded unless the quota was raised.

https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.limits import beyond
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS865", "more than the default quotas allow", Severity.NOTE)

BAD = """
stopping: {max_runtime: 6d}
operator: {max_attempts: null}
"""

GOOD = """
stopping: {max_runtime: 5d}
operator: {max_attempts: null}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the limits of this kind."""
    yield from beyond(job, "quota")
