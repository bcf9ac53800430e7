"""A hyperparameter value that the built-in algorithm rejects: wrong type, out of range, or not allowed.

The container checks its hyperparameters before it reads any data, and fails with the first one that is invalid.
`hyperparameter_encoding: json` puts quotes around strings, which these containers treat as part of the value.

https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean, the_one
from trainspec.rules.support.algorithms import built_in, hyperparameter
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS802", "a hyperparameter value that the built-in algorithm rejects", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, eta: 1.5}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, eta: 0.3}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Hold each value that is known before the run against the algorithm's table."""
    found = built_in(job)
    values = job.member("HyperParameters")
    if found is None or not isinstance(values, dict):
        return
    from trainspec.request.algorithms.values import problem_of, range_in_words, range_of_container

    for name in values:
        kind, value = found.algorithm.hyperparameters.get(name), hyperparameter(job, name)
        problem = problem_of(kind, value) if kind and value is not None else None
        if kind is None or value is None or problem is None:
            continue
        wanted = range_in_words(kind)
        says = found.algorithm.says[problem].format(name=name, value=value, range=range_of_container(kind))
        quoted = value.strip("\"'")
        if quoted != value and problem_of(kind, quoted) is None:
            meant: str | None = quoted
            advice = f"remove the quotes: {found.name} treats them as part of the value"
        else:
            meant = the_one(value, kind.words)
            near = did_you_mean(value, kind.words) if kind.words else None
            advice = near or f'the container would fail with "{says}"'
        message = f"`{name}` of {found.name} is `{value}`, but must be {wanted}"
        yield Found(job.origin("HyperParameters", name), message, advice, fix=meant, fails_with=says)
