"""More than an account gets unless its quotas were raised.

A new account runs a job for five days, on twenty machines at most; the call fails with ResourceLimitExceeded
beyond that.

https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.limits import beyond
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS865", "more than an account gets by default", Severity.NOTE)

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
