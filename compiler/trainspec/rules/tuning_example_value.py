"""A hyperparameter has an example value (`auto`), but Autotune is not enabled.

With `autotune: Enabled`, SageMaker chooses the range of a hyperparameter, and `auto` gives it a value to start from.
Without Autotune, the value is ignored and the hyperparameter is not tuned.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoParameter.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.ranges import is_grid
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS795", "an example value without Autotune", Severity.WARNING)

BAD = """
tuning:
  ranges: {depth: {auto: 6}}
"""

GOOD = """
tuning:
  autotune: Enabled
  ranges: {depth: {auto: 6}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for ranges of AutoParameters."""
    if not job.tuning or is_grid(job) or job.tuned("Autotune") is not None or "tuning.autotune" in job.invalid_fields:
        return
    for name, place, _ in ranges_of(job.tuning):
        if "AutoParameters" in place:
            message = f"`{name}` has an example value (`auto`), which only Autotune uses"
            advice = "add `autotune: Enabled` to `tuning`, or write a range"
            yield Found(job.tuning_origin(*place, "ValueHint"), message, advice)
