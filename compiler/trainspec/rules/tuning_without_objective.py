"""A tuning job has no objective.

The objective decides which training job is the best: it is a metric, and whether to maximize or minimize it. The
API's model does not require it, since each of several definitions has its own, but SageMaker rejects a tuning job
without one.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, DEFINITION
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS782", "a tuning job without an objective")

BAD = """
tuning:
  objective: null
"""

GOOD = """
tuning:
  objective: {metric: auc, goal: Maximize}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for an objective."""
    if not job.tuning or job.tuned("TrainingJobDefinitions") is not None or "tuning.objective" in job.invalid_fields:
        return
    if (
        job.tuned(CONFIG, "HyperParameterTuningJobObjective") is None
        and job.tuned(DEFINITION, "TuningObjective") is None
    ):
        advice = "add `objective: {metric: NAME, goal: Maximize}` (or `Minimize`)"
        yield Found(
            ("tuning",), "`tuning` has no `objective`, which decides which training job is the best", advice, True
        )
