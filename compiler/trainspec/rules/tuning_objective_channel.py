"""The objective is measured on a channel that the job does not have.

A built-in algorithm reports `validation:…` metrics for the data of the `validation` channel, and `test:…` metrics for
that of `test`. Without the channel, its training jobs do not report the metric, and the tuning job finds no best
training job.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.tuned import CONFIG
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channel_names
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS796", "an objective that is measured on a missing channel", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "validation:rmse", goal: Minimize}
  ranges: {eta: {min: 0.1, max: 0.5}}
  limits: {jobs: 20, parallel: 4}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: text/csv}
  validation: {s3: s3://my-bucket/validation/, content_type: text/csv}
hyperparameters: {num_round: 100}
tuning:
  strategy: Random
  objective: {metric: "validation:rmse", goal: Minimize}
  ranges: {eta: {min: 0.1, max: 0.5}}
  limits: {jobs: 20, parallel: 4}
"""

_PLACE = (CONFIG, "HyperParameterTuningJobObjective", "MetricName")


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the channel that the metric is named after."""
    metric = job.tuned(*_PLACE)
    found = built_in(job) if isinstance(metric, str) else None
    names = channel_names(job) if found else None
    if found is None or names is None:
        return
    channel = str(metric).partition(":")[0]
    known = found.algorithm.channels.get(channel)
    if known is None or known.required or known.needed_with:  # another rule asks for these
        return
    if channel in ("validation", "test") and channel not in names:
        message = f"{found.name} measures `{metric}` on the `{channel}` channel, which the job does not have"
        yield Found(job.tuning_origin(*_PLACE), message, f"add `{channel}` to `inputs`, or choose another metric")
