"""Metric definitions for one of SageMaker's own algorithms.

The images of the built-in algorithms report their metrics themselves, and SageMaker refuses a request that defines
others: `You can't override the metric definitions for Amazon SageMaker algorithms`. That holds in script mode, too.
`trainspec explain NAME` lists the metrics of an algorithm.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import first_party
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS806", "metrics for an algorithm that has its own")

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
        message = f"SageMaker reports the metrics of {found.name} itself, and refuses a job that defines others"
        advice = (
            'remove `metrics`; AWS answers "You can\'t override the metric definitions for Amazon SageMaker algorithms"'
        )
        yield Found(job.origin(*place) or ("metrics",), message, advice, on_key=True)
