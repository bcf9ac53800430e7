"""The task can time out while its job is still running normally.

`execution_timeout` limits one try of the task. If it is shorter than the time the job may run, Airflow ends the try
although nothing is wrong, and the job is stopped with it.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html#timeouts
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView, SpecView
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.language.data import TaskArgumentsData

CODE = Code("TS542", "a task that times out before its job may end", Severity.WARNING)

BAD = """
stopping: {max_runtime: 20m}
execution_timeout: 15m
"""

GOOD = """
stopping: {max_runtime: 20m}
execution_timeout: 40m
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the task's `execution_timeout` with the longest time that the job may take."""
    yield from _too_short(job, job.fields, ())


def check_spec(spec: SpecView) -> Iterator[Found]:
    """The same for the timeout that the DAG sets for all tasks: reported once, for the job that may take longest."""
    defaults = (spec.data.get("dag") or {}).get("default_args") or {}
    jobs = [job for job in spec.jobs if "execution_timeout" not in job.fields]
    longest = max(jobs, key=lambda job: job.longest or 0, default=None)
    if longest is not None:
        yield from _too_short(longest, defaults, ("dag", "default_args"))


def _too_short(job: JobView, fields: "TaskArgumentsData", above: tuple[str, ...]) -> Iterator[Found]:
    timeout = seconds(fields.get("execution_timeout", ""))
    longest = job.longest
    waits = job.operator.get("wait_for_completion") is not False
    if waits and isinstance(timeout, int) and longest is not None and timeout < longest:
        message = f"the task times out after {timeout:,} s, but job `{job.name}` may take {longest:,} s"
        advice = f"set `execution_timeout` above {longest:,} s, which leaves time to start and to upload"
        yield Found((*above, "execution_timeout"), message, advice)
