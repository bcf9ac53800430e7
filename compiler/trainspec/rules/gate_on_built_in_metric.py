"""A gate (`proceed_if`) on a metric that the built-in algorithm does not report.

A built-in algorithm reports the metrics listed on its page of the developer guide. Those of a channel (`validation:`,
`test:`) are reported only if the job has that channel. Without the metric, the gate's task fails.

https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.rules.support.algorithms import BuiltIn, built_in
from trainspec.rules.support.channels import channel_names
from trainspec.rules.support.metrics import algorithm_reports
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS818", "a gate on a metric that the built-in algorithm does not report", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
proceed_if: {metric: "validation:rmse", at_most: 3}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: text/csv}
  validation: {s3: s3://my-bucket/validation/, content_type: text/csv}
hyperparameters: {num_round: 100}
proceed_if: {metric: "validation:rmse", at_most: 3}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the metric of each condition in the algorithm's table, and for its channel among the job's."""
    given = job.fields.get("proceed_if")
    if given is None or not {"metrics", "request", "image", "algorithm", "inputs"}.isdisjoint(job.invalid_fields):
        return
    found = built_in(job)
    for index, condition in enumerate([given] if isinstance(given, dict) else given):
        metric = condition.get("metric")
        if found and isinstance(metric, str) and not has_template(metric):
            at = ("proceed_if", "metric") if isinstance(given, dict) else ("proceed_if", index, "metric")
            yield from _judged(job, found, metric, at)


def _judged(job: JobView, found: BuiltIn, metric: str, at: tuple[str | int, ...]) -> Iterator[Found]:
    table = found.algorithm
    channel, colon, _rest = metric.partition(":")
    if table.metrics and not algorithm_reports(metric, found):
        near = did_you_mean(metric, table.metrics) or f"it reports {', '.join(table.metrics[:6])}, …"
        yield Found(at, f"{found.name} does not report the metric `{metric}` (as of {table.as_of[:7]})", near)
    elif (
        colon and channel != "train" and channel in table.channels and channel not in (channel_names(job) or (channel,))
    ):
        message = f"{found.name} reports `{metric}` for the channel `{channel}`, which the job does not have"
        yield Found(at, message, f"add the channel `{channel}` to `inputs`")
