"""Polling options on a task that does not wait.

With `wait_for_completion: false`, the task ends as soon as the job has been started, so options for the waiting have
no effect.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS543", "polling options on a task that does not wait", Severity.NOTE)

BAD = """
operator: {wait_for_completion: false, max_attempts: 120}
"""

GOOD = """
operator: {wait_for_completion: false}
"""

FIELDS = ("check_interval", "max_attempts", "on_timeout", "deferrable")


def check_job(job: JobView) -> Iterator[Found]:
    """Find options for the waiting, together with `wait_for_completion: false`."""
    given = [name for name in FIELDS if job.operator.get(name, False) is not False]
    if given and job.operator.get("wait_for_completion") is False:
        shown = " and ".join(f"`{name}`" for name in given)
        message = f"{shown} {'has' if len(given) == 1 else 'have'} no effect: the task does not wait for the job"
        advice = "remove it, or `wait_for_completion: false`" if len(given) == 1 else "remove them"
        yield Found(("operator", given[0]), message, advice, on_key=True)
