"""A tuning range has values that the built-in algorithm does not accept.

A training job can get any value of the range. The container checks it like any other hyperparameter, and training
jobs with a value outside the algorithm's limits fail.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.diagnostics import Code, Severity
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS847", "a tuning range with values that the algorithm does not accept", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {subsample: {min: 0.5, max: 2}}
  limits: {jobs: 8, parallel: 4}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {subsample: {min: 0.5, max: 1}}
  limits: {jobs: 8, parallel: 4}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Hold the bounds and the listed values of each range against the algorithm's table."""
    found = built_in(job) if job.tuning and "tuning.ranges" not in job.invalid_fields else None
    for name, place, each in ranges_of(job.tuning) if found else ():
        wrong = beyond(job, name, each)
        if found and wrong is not None:
            from trainspec.request.algorithms.values import range_in_words

            member, value = wrong
            wanted = range_in_words(found.algorithm.hyperparameters[name])
            message = f"the range of `{name}` includes `{value}`, but for {found.name} it must be {wanted}"
            yield Found(
                job.tuning_origin(*place, member), message, "training jobs with such a value fail: narrow the range"
            )


def beyond(job: JobView, name: str, each: Mapping[str, Any]) -> tuple[str, str] | None:
    """The member of a range and the value in it that the algorithm's hyperparameter cannot be; None for a good one."""
    found = built_in(job)
    kind = found.algorithm.hyperparameters.get(name) if found else None
    if kind is None:
        return None
    from trainspec.request.algorithms.values import problem_of

    listed = each.get("Values")
    given = [("Values", value) for value in listed] if isinstance(listed, list) else []
    given += [(member, each[member]) for member in ("MinValue", "MaxValue") if member in each]
    texts = [(member, str(value)) for member, value in given]
    return next(
        (
            (member, text)
            for member, text in texts
            if not has_template(text) and len(text) <= _LONGEST and problem_of(kind, text) == "range"
        ),
        None,
    )


_LONGEST = 256
