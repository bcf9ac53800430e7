"""The best point of a matrix, chosen by a metric that its algorithm does not report.

SageMaker's built-in algorithms report a fixed set of metrics. If no point reports the metric, the task that chooses
the best one fails after all of them have trained.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, SpecView
from trainspec.templates.choices import OPERATOR

CODE = Code(
    "TS410", "the best point of a matrix, chosen by a metric that its algorithm does not report", Severity.WARNING
)

BAD = """
trainspec: 1
dag: {id: example}
defaults:
  algorithm: xgboost@1.7-1
  region: us-east-1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  inputs: {train: {s3: "s3://my-bucket/train/", content_type: text/csv}}
  output: s3://my-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
  hyperparameters: {num_round: 10}
jobs:
  sweep:
    name: sweep-${matrix.id}-{{ ts_nodash }}
    matrix: {depth: [4, 6]}
    hyperparameters: {max_depth: "${matrix.depth}"}
  final: {name: "final-{{ ts_nodash }}", environment: {BEST: "${jobs.sweep.best(validation:acu, max).name}"}}
"""

GOOD = """
trainspec: 1
dag: {id: example}
defaults:
  algorithm: xgboost@1.7-1
  region: us-east-1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  inputs: {train: {s3: "s3://my-bucket/train/", content_type: text/csv}}
  output: s3://my-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
  hyperparameters: {num_round: 10}
jobs:
  sweep:
    name: sweep-${matrix.id}-{{ ts_nodash }}
    matrix: {depth: [4, 6]}
    hyperparameters: {max_depth: "${matrix.depth}"}
  final: {name: "final-{{ ts_nodash }}", environment: {BEST: "${jobs.sweep.best(validation:auc, max).name}"}}
"""


def check_spec(spec: SpecView) -> Iterator[Found]:
    """Compare the metric of each task that chooses with those of the algorithm of its points."""
    tasks = spec.data.get("tasks")
    for name, task in tasks.items() if isinstance(tasks, dict) else ():
        if not isinstance(task, dict) or task.get("operator") != OPERATOR:
            continue
        matrix, metric = task.get("depends_on"), (task.get("arguments") or {}).get("metric")
        point = next((job for job in spec.jobs if job.name.startswith(f"{matrix}.")), None)
        found = built_in(point) if point is not None else None
        known = found.algorithm.metrics if found is not None else ()
        if found is not None and known and isinstance(metric, str) and metric.partition("@")[0] not in known:
            message = (
                f"{found.name} does not report the metric `{metric}`, by which the best point of `{matrix}` is chosen"
            )
            near = did_you_mean(metric, known) or next(
                (f"did you mean `{each}`?" for each in known if metric in each), None
            )
            advice = near or f"`trainspec explain {found.algorithm.name}` lists its metrics"
            yield Found(("tasks", name, "arguments", "metric"), message, advice)
