"""Which kind of job a request is for."""

from collections.abc import Mapping
from typing import Any

from trainspec.runtime.engine.kinds import TRAINING, JobKind


def kind_of(request: Mapping[str, Any]) -> JobKind:
    """The kind of job that a request creates."""
    if "HyperParameterTuningJobConfig" not in request:
        return TRAINING
    from trainspec.runtime.engine.tuning import TUNING  # most jobs are not tuning jobs

    return TUNING
