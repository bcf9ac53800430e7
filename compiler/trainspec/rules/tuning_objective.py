"""The objective of a tuning job is not a metric of its training jobs.

SageMaker reads the objective from the logs of the training jobs. With your own image, `metrics` must have an
expression for it. A built-in algorithm has its own metrics, not all of which can be an objective. SageMaker rejects a
tuning job with any other objective.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-metrics-variables.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, did_you_mean
from trainspec.request.tuned import CONFIG
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.metrics import algorithm_reports
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS781", "an objective that is not a metric of the training jobs")

BAD = """
tuning:
  objective: {metric: accuracy, goal: Maximize}
"""

GOOD = """
metrics: {accuracy: "accuracy=([0-9.]+)"}
tuning:
  objective: {metric: accuracy, goal: Maximize}
"""

_PLACE = (CONFIG, "HyperParameterTuningJobObjective", "MetricName")


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the objective among the metrics of the job, or of its algorithm."""
    metric = job.tuned(*_PLACE)
    if not isinstance(metric, str) or has_template(metric):
        return
    if not {"metrics", "request", "image", "algorithm"}.isdisjoint(job.invalid_fields):
        return
    at = job.tuning_origin(*_PLACE)
    if found := built_in(job):
        metrics = found.algorithm.metrics
        if metrics and not algorithm_reports(metric, found):
            near = did_you_mean(metric, metrics) or f"it reports {', '.join(metrics[:6])}, …"
            yield Found(at, f"{found.name} reports no metric `{metric}` (as of {found.algorithm.as_of[:7]})", near)
        return
    if job.member("AlgorithmSpecification", "AlgorithmName") is not None:
        return
    defined = [each.get("Name") for each in job.member("AlgorithmSpecification", "MetricDefinitions") or ()]
    if metric not in defined and not any(has_template(str(each)) for each in defined):
        has = f"it has {', '.join(f'`{each}`' for each in defined)}" if defined else "it has no `metrics`"
        advice = did_you_mean(metric, [str(each) for each in defined])
        message = f"the objective `{metric}` is not a metric of the job; {has}"
        yield Found(at, message, advice or "add it to `metrics`, with the expression that finds it in the log")
