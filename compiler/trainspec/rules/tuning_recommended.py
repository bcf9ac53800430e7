"""A tuning range is wider than what AWS recommends for the built-in algorithm.

The algorithm's documentation recommends a range for each tunable hyperparameter. A wider range is accepted, but
training jobs with values outside the recommendation may fail or be wasted.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-considerations.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.ranges import least_and_most
from trainspec.rules.support.view import Found, JobView
from trainspec.rules.tuning_beyond_algorithm import beyond

CODE = Code("TS791", "a range beyond the recommended one", Severity.NOTE)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {max_depth: {int: [2, 64]}}
  limits: {jobs: 8, parallel: 4}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {max_depth: {int: [2, 10]}}
  limits: {jobs: 8, parallel: 4}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare each range with that of the algorithm's table."""
    found = built_in(job) if job.tuning and "tuning.ranges" not in job.invalid_fields else None
    for name, place, each in ranges_of(job.tuning) if found else ():
        known = found.algorithm.tunable.get(name) if found else None
        least, most = least_and_most(each)
        if found is None or known is None or known.kind == "values" or least is None or most is None:
            continue
        is_reported = beyond(job, name, each) is not None
        if not is_reported and (least < known.least or most > known.most):
            message = f"AWS recommends {known.least:g} to {known.most:g} for `{name}` of {found.name}"
            yield Found(job.tuning_origin(*place, "Name"), message, "narrow the range if training jobs fail", True)
