"""How much a job may run, according to its request: how many training jobs, at once and in total, and for how long.

A training job counts as one. A tuning job that reaches its own `MaxRuntimeInSeconds` stops its training jobs.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceLimits.html
"""

from collections.abc import Mapping
from math import prod
from typing import Any, Final, NamedTuple


class Bounds(NamedTuple):
    """Training jobs in total and at once, and the seconds that everything may take; None if not known."""

    jobs: int | None
    parallel: int | None
    runtime: int | None

    def seconds(self, each: int | None) -> int | None:
        """The longest that everything may take, if a training job may take `each` seconds; None if not known."""
        rounds = -(-self.jobs // self.parallel) if self.jobs is not None and self.parallel else None
        return _least(rounds * each if rounds is not None and each is not None else None, self.runtime)

    def training_seconds(self, each: int | None) -> int | None:
        """The longest that all training jobs together may take; None if not known."""
        return _least(
            self.jobs * each if self.jobs is not None and each is not None else None,
            self.runtime * self.parallel if self.runtime is not None and self.parallel else None,
        )


_ONE: Final = Bounds(1, 1, None)
_CONFIG: Final = "HyperParameterTuningJobConfig"


def bounds_of(request: Mapping[str, Any]) -> Bounds:
    """The limits of a job by its request. Values of templates are only known at run time."""
    if _CONFIG not in request:
        return _ONE
    config = _map(request[_CONFIG])
    limits = _map(config.get("ResourceLimits"))
    parallel, runtime = limits.get("MaxParallelTrainingJobs"), limits.get("MaxRuntimeInSeconds")
    jobs = limits.get("MaxNumberOfTrainingJobs")
    if jobs is None and config.get("Strategy") == "Grid":
        jobs = _combinations(_map(config.get("ParameterRanges")))
    return Bounds(_count(jobs), _count(parallel), _count(runtime))


def longest_of(request: Mapping[str, Any]) -> Any:
    """The seconds that a job may run by its request; a template if only known at run time, None if not known."""
    definition = _map(request.get("TrainingJobDefinition")) if _CONFIG in request else request
    each = _map(definition.get("StoppingCondition")).get("MaxRuntimeInSeconds")
    return bounds_of(request).seconds(_count(each)) if _CONFIG in request else each


def _combinations(ranges: Mapping[str, Any]) -> int | None:
    listed = ranges.get("CategoricalParameterRanges")
    values = [_map(each).get("Values") for each in listed] if isinstance(listed, list) else []
    return prod(len(each) if isinstance(each, list) else 0 for each in values) if values else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _least(*numbers: int | None) -> int | None:
    return min((each for each in numbers if each is not None), default=None)
