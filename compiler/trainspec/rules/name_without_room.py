"""A long name is cut off when a suffix is added.

A job name may have 63 characters, a tuning job name 32. If the name is taken, `action_if_job_exists: increment`
appends `-1`, `-2`, …, and `timestamp` appends the start time of the DAG run, which is 15 characters long. The end of
the name is cut off to make room, which is often the date that distinguishes its runs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS531", "a name with no room for a suffix", Severity.NOTE)

BAD = """
name: customer-lifetime-value-regression-nightly-{{ ts_nodash }}
operator: {action_if_job_exists: timestamp}
"""

GOOD = """
name: customer-lifetime-value-{{ ts_nodash }}
operator: {action_if_job_exists: timestamp}
"""

SUFFIXES = {"increment": "-99", "timestamp": "-20250401123000"}


def check_job(job: JobView) -> Iterator[Found]:
    """Find names whose longest rendering is cut by the suffix that they may get."""
    action = str(job.operator.get("action_if_job_exists"))
    longest = max(map(len, job.renderings("TrainingJobName")), default=0)
    most = job.longest_name
    room = most - len(SUFFIXES.get(action, ""))
    if room < longest <= most:
        message = f"the name has up to {longest} characters, but with a suffix (`{action}`) it is cut to {room}"
        yield Found(job.origin("TrainingJobName"), message, f"shorten the name to {room} characters")
