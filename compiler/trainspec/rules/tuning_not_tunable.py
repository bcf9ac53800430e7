"""A tuning range is for a hyperparameter that the built-in algorithm cannot tune.

For each built-in algorithm, AWS lists the tunable hyperparameters and the type of their ranges. SageMaker rejects all
others. `trainspec explain NAME` lists them.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS790", "a hyperparameter that cannot be tuned", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {max_leaves: {int: [0, 64]}}
  limits: {jobs: 20, parallel: 4}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "train:rmse", goal: Minimize}
  ranges: {subsample: {min: 0.5, max: 1}}
  limits: {jobs: 20, parallel: 4}
"""

_KINDS = {"ContinuousParameterRanges": "float", "IntegerParameterRanges": "int"}
_FORMS = {"float": "`{min: …, max: …}`", "int": "`{int: [least, greatest]}`", "values": "a list of values"}


def check_job(job: JobView) -> Iterator[Found]:
    """Look for each range's hyperparameter, and for its kind, in the table of the algorithm."""
    found = built_in(job) if job.tuning and "tuning.ranges" not in job.invalid_fields else None
    if found is None or not found.algorithm.tunable:
        return
    for name, place, _ in ranges_of(job.tuning):
        known = found.algorithm.tunable.get(name)
        at = job.tuning_origin(*place, "Name")
        if known is None:
            some = ", ".join(list(found.algorithm.tunable)[:6])
            near = did_you_mean(name, found.algorithm.tunable) or f"it lists {some}, …"
            message = f"`{name}` is not a tunable hyperparameter of {found.name}"
            yield Found(at, message, near, on_key=True)
        elif (kind := _KINDS.get(str(place[2]))) and kind != known.kind:
            yield Found(
                at, f"the range of `{name}` has another type in {found.name}", f"write {_FORMS[known.kind]}", True
            )
