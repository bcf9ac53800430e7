"""The task stops waiting before the job must have ended.

If the spec sets `max_attempts`, the task waits for at most `check_interval` x `max_attempts`. If that is less than
`stopping.max_runtime`, the task can fail while its job is still running.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView
from trainspec.units import seconds

CODE = Code("TS540", "polling that may give up before the job ends", Severity.WARNING)

BAD = """
stopping: {max_runtime: 1h}
operator: {check_interval: 30s, max_attempts: 60}
"""

GOOD = """
stopping: {max_runtime: 1h}
operator: {check_interval: 30s, max_attempts: 150}
"""

DEFAULT_INTERVAL = 30


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the bound of the wait with the longest time that the job may take."""
    operator = job.operator
    if operator.get("wait_for_completion") is False:
        return
    attempts = operator.get("max_attempts")
    interval = seconds(operator.get("check_interval", DEFAULT_INTERVAL))
    longest = job.longest
    if not isinstance(attempts, int) or not isinstance(interval, int) or not interval or longest is None:
        return
    if attempts * interval < longest:
        message = f"the task waits for at most {attempts * interval:,} s, but the job may take {longest:,} s"
        needed = -(-longest // interval)
        advice = f"set `operator.max_attempts` to {needed} or more, or remove it to wait as long as the job may run"
        yield Found(("operator", "max_attempts"), message, advice)
