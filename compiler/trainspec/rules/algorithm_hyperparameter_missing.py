"""A built-in algorithm without a hyperparameter that it requires.

SageMaker accepts the job. The container reads its hyperparameters first and fails with `No value(s) were specified
for … which are required hyperparameter(s)`, after the instance has taken minutes to start. `trainspec explain NAME`
lists what an algorithm requires.

https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import are_known, built_in, is_set
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS800", "a built-in algorithm without a required hyperparameter", Severity.WARNING)

BAD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10}
"""

GOOD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for each required hyperparameter, and for those that others require."""
    found = built_in(job) if are_known(job) else None
    for name in found.algorithm.required if found else ():
        if found and not is_set(job, name):
            says = found.algorithm.says["missing"].format(name=name)
            message = f"{found.name} requires the hyperparameter `{name}`, but the job does not set it"
            at = (*(job.origin("HyperParameters") or ("hyperparameters",)), name)
            advice = f'add it to `hyperparameters`; the container would fail with "{says}"'
            yield Found(at, message, advice, on_key=True, fails_with=says)
