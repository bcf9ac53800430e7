"""Metric definitions for one of SageMaker's built-in algorithms.

The images of the built-in algorithms report their own metrics, and SageMaker rejects a request that defines others:
`You can't override the metric definitions for Amazon SageMaker algorithms`. This also applies in script mode.
`trainspec explain NAME` lists an algorithm's metrics.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import first_party
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS806", "metrics for a built-in algorithm, which has its own")
ONLY_WITH = ("MetricDefinitions",)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
metrics: {"validation:rmse": "rmse:([0-9.]+)"}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find MetricDefinitions on the image of a built-in algorithm."""
    place = ("AlgorithmSpecification", "MetricDefinitions")
    found = first_party(job) if job.member(*place) else None
    if found:
        message = f"{found.name} reports its own metrics, and SageMaker rejects a job that defines others"
        advice = (
            'remove `metrics`; AWS answers "You can\'t override the metric definitions for Amazon SageMaker algorithms"'
        )
        yield Found(job.origin(*place) or ("metrics",), message, advice, on_key=True)
