"""The metrics that built-in algorithms report."""

import re

from trainspec.rules.support.algorithms import BuiltIn


def algorithm_reports(metric: str, found: BuiltIn) -> bool:
    """Whether a table has a metric; XGBoost reports every one of its `eval_metric`s, as `train:` and `validation:`."""
    kind = found.algorithm.hyperparameters.get("eval_metric")
    words = kind.words if kind and kind.kind == "list_of" else ()
    channel, _colon, name = metric.partition(":")
    return metric in found.algorithm.metrics or (
        channel in ("train", "validation")
        and (name in words or re.fullmatch(r"(?:error|ndcg|map)@.+", name) is not None)
    )
