"""The name of a job must differ from run to run.

A name is unique within its account and region, even after the job has ended. If every run uses the same name, the
second run finds it taken and fails under the default, `action_if_job_exists: fail`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS530", "a name that is the same in every run", Severity.WARNING)

BAD = """
name: my-job
"""

GOOD = """
name: my-job
operator: {action_if_job_exists: increment}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find names that render the same for all samples, where a taken name is a failure."""
    names = set(job.renderings("TrainingJobName"))
    is_fixed = len(names) == 1 and not changes_with_each_try(job.member("TrainingJobName"))
    if is_fixed and job.operator.get("action_if_job_exists", "fail") == "fail":
        message = f"every run uses the name `{names.pop()}`: the second run finds it taken and fails"
        advice = f"add `{job.time_of_run}` to the name, or set `operator: {{action_if_job_exists: increment}}`"
        yield Found(job.origin("TrainingJobName"), message, advice)
