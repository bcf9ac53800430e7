"""A name made of the clock or of chance is another one at each try.

The operator finds the job of a task run by its name: a retry after a crashed worker comes by the same name and goes on
with the job that is running. With `macros.datetime.now()`, `macros.uuid`, `macros.random` or the number of the try in
it, the retry asks for another name, and a second paid job runs beside the first.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS532", "a name that is another one at each try", Severity.WARNING)

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
        message = f"`{culprit}` makes another name at each try: a retry would start a second job beside the first"
        yield Found(job.origin("TrainingJobName"), message, f"use what the run fixes: `{job.time_of_run}`")
