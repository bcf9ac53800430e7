"""A tuning job has nothing to tune.

Without ranges, all training jobs would be identical. SageMaker chooses ranges itself only with `autotune: Enabled`.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-autotune.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import DEFINITION, ranges_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS793", "a tuning job with nothing to tune")

BAD = """
tuning:
  ranges: null
"""

GOOD = """
tuning:
  ranges: {eta: {min: 0.1, max: 0.5}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for a range."""
    if not job.tuning or not {"tuning.ranges", "tuning.autotune"}.isdisjoint(job.invalid_fields):
        return
    if job.tuned("Autotune") or job.tuned("TrainingJobDefinitions"):
        return
    if job.tuned(DEFINITION, "HyperParameterRanges") is None and not any(True for _ in ranges_of(job.tuning)):
        advice = "add `ranges`, or `autotune: Enabled`, which lets SageMaker choose them"
        yield Found(("tuning",), "`tuning` has no `ranges`: all training jobs would be identical", advice, on_key=True)
