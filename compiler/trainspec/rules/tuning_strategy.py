"""A field of `tuning` does not fit the strategy.

Hyperband has its own early stopping, so `early_stopping` must be `Off` with it. `hyperband` is only for that
strategy, and Hyperband needs `max_resource` unless a hyperparameter such as `epochs` sets it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS783", "a field that does not fit the tuning strategy")

BAD = """
hyperparameters: {epochs: 27}
tuning:
  strategy: Hyperband
  early_stopping: Auto
"""

GOOD = """
hyperparameters: {epochs: 27}
tuning:
  strategy: Hyperband
"""

_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
"""The hyperparameters from which SageMaker takes the most resources of Hyperband."""


def check_job(job: JobView) -> Iterator[Found]:
    """Hold what the strategy excludes against the strategy."""
    strategy = job.tuned(CONFIG, "Strategy")
    early, bounds = (CONFIG, "TrainingJobEarlyStoppingType"), (CONFIG, "StrategyConfig", "HyperbandStrategyConfig")
    if strategy == "Hyperband":
        if job.tuned(*early) == "Auto":
            message = "the Hyperband strategy has its own early stopping"
            yield Found(job.tuning_origin(*early), message, "remove `early_stopping`")
        static = job.member("HyperParameters") or {}
        is_unknown = not {"tuning.hyperband", "hyperparameters"}.isdisjoint(job.invalid_fields)
        if not is_unknown and job.tuned(*bounds, "MaxResource") is None and not any(name in static for name in _EPOCHS):
            message = "the Hyperband strategy needs the maximum resource of a training job"
            advice = "add `hyperband: {max_resource: N}`, or a hyperparameter `epochs`"
            yield Found(job.tuning_origin(CONFIG, "Strategy"), message, advice)
    elif isinstance(strategy, str) and strategy in ("Bayesian", "Random", "Grid") and job.tuned(*bounds) is not None:
        message = f"`hyperband` is only for the Hyperband strategy, but this is {strategy}"
        yield Found(("tuning", "hyperband"), message, "remove it", on_key=True)
