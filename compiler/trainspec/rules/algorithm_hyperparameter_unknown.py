"""A hyperparameter that the built-in algorithm does not have.

The container rejects unknown hyperparameters: XGBoost fails with `Extraneous hyperparameter found`, most others with
`Additional hyperparameters are not allowed`. Names that begin with `_` or `sagemaker_` are reserved for SageMaker and
not checked.

https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean, the_one
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS801", "a hyperparameter that the built-in algorithm does not have", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, n_estimators: 100}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up each hyperparameter in the algorithm's table."""
    found = built_in(job)
    values = job.member("HyperParameters")
    if found is None or not isinstance(values, dict):
        return
    from trainspec.request.algorithms.model import is_in

    table = found.algorithm.hyperparameters

    def is_known(name: str) -> bool:
        return name in table and is_in(found.version, table[name].since, table[name].until)

    tuned = {name for name, _, _ in ranges_of(job.tuning)} if found.algorithm.tunable else ()  # TS790 says it of these
    for name in values:
        if name in tuned or is_known(name) or name.startswith(("_", "sagemaker_")) or "{{" in name:
            continue
        at = job.origin("HyperParameters", name)
        if name in table:
            kind = table[name]
            versions = f"since {kind.since}" if kind.since else f"until {kind.until}"
            yield Found(
                at, f"{found.name} {found.version} has no `{name}`: other versions have it ({versions})", on_key=True
            )
            continue
        known = [each for each in table if is_known(each)]
        near = did_you_mean(name, known) or f"`trainspec explain {found.algorithm.name}` lists its hyperparameters"
        says = found.algorithm.says["unknown"].format(name=name)
        message = f"{found.name} has no hyperparameter `{name}`"
        advice = f'{near} (the container would fail with "{says}")'
        yield Found(at, message, advice, on_key=True, fix=the_one(name, known), fails_with=says)
