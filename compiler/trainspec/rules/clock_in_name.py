"""A name with the current time or a random value in it changes with each try.

The operator finds the training job of a task instance by its name: after a worker crash, the retry computes the same
name and continues with the job that is already running. With `macros.datetime.now()`, `macros.uuid`, `macros.random`
or the try number in the name, the retry computes a different one, and starts a second job, also paid for, next to the
first.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS532", "a name that changes with each try", Severity.WARNING)

BAD = """
name: job-{{ macros.datetime.now().strftime('%Y%m%d%H%M%S') }}
"""

GOOD = """
name: job-{{ ts_nodash }}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find names with a clock, a random number or a try's number in them."""
    culprit = changes_with_each_try(job.member("TrainingJobName"))
    if culprit:
        message = f"`{culprit}` gives each try a different name: a retry would start a second job next to the first"
        yield Found(
            job.origin("TrainingJobName"), message, f"use a value that is fixed for the run: `{job.time_of_run}`"
        )
