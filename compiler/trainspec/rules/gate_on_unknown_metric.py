"""A gate (`proceed_if`) on a metric that the job does not report.

SageMaker reads a job's metrics from its log, with the regular expressions in `metrics`. Only built-in algorithms
report metrics without them. If the training job has no such metric, the gate's task fails.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, did_you_mean
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS590", "a gate on a metric that the job does not report")

BAD = """
metrics: {"validation:auc": "auc=([0-9.]+)"}
proceed_if: {metric: auc, at_least: 0.8}
"""

GOOD = """
metrics: {"validation:auc": "auc=([0-9.]+)"}
proceed_if: {metric: "validation:auc", at_least: 0.8}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the metric of each condition among those that are read from the log."""
    given = job.fields.get("proceed_if")
    if given is None or not {"metrics", "request", "image", "framework", "algorithm"}.isdisjoint(job.invalid_fields):
        return
    names = [str(job.member(*place, "Name")) for place in job.places("AlgorithmSpecification", "MetricDefinitions")]
    image = job.member("AlgorithmSpecification", "TrainingImage")
    has_its_own = built_in(job) is not None or image is None or has_template(str(image))
    if has_its_own or any(map(has_template, names)):
        return
    for index, condition in enumerate([given] if isinstance(given, dict) else given):
        metric = condition.get("metric")
        if isinstance(metric, str) and metric not in names and not has_template(metric):
            at = ("proceed_if", "metric") if isinstance(given, dict) else ("proceed_if", index, "metric")
            has = f"it has {', '.join(f'`{name}`' for name in names)}" if names else "it has no `metrics`"
            near = did_you_mean(metric, names)
            containing = next((f"did you mean `{each}`?" for each in names if metric in each), None)
            advice = near or containing or "add it to `metrics`, with a regular expression that finds it in the log"
            yield Found(at, f"the job does not report the metric `{metric}`: {has}", advice)
