"""The training jobs of a tuning job: which hyperparameters each gets, and when it starts. Reproducible, no threads.

The values are drawn by chance, whatever the strategy: from the tuning job's seed or, without one, from its name. Grid
takes all combinations. https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

import hashlib
import heapq
import math
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from trainspec.simulator.jobs import Job, training_job_arn
from trainspec.simulator.outcomes import Chooser

Fields = Mapping[str, Any]

_DEFAULT_JOBS: Final = 1
_MOST_OF_GRID: Final = 1000
_LATE: Final = 1e12
"""Seconds after which every job has ended."""
_NOT_OF_A_JOB: Final = frozenset(
    {"DefinitionName", "TuningObjective", "HyperParameterRanges", "StaticHyperParameters",
     "HyperParameterTuningResourceConfig", "RetryStrategy"}
)  # fmt: skip


def trials(request: Fields, region: str, arn: str, created: float, choose: Chooser) -> Iterator[Job]:
    """The training jobs that `request` starts, in the order of their creation, if they are not stopped."""
    definition = request["TrainingJobDefinition"]
    free = [created] * parallel(request)
    for number, values in enumerate(drawn(request), start=1):
        name = trial_name(request["HyperParameterTuningJobName"], number)
        job_request = training_request(definition, values, name, arn)
        start = heapq.heappop(free)
        job = Job(name, training_job_arn(region, name), job_request, start, choose(name, job_request), {})
        heapq.heappush(free, job.state(start + _LATE).end or start)
        yield job


def parallel(request: Fields) -> int:
    """How many training jobs run at once."""
    return int(request["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"])


def trial_name(tuning: str, number: int) -> str:
    """The name of the training job with that number, counted from 1: `tuning-001-1a2b3c4d`."""
    return f"{tuning}-{number:03}-{hashlib.sha256(f'{tuning}/{number}'.encode()).hexdigest()[:8]}"


def training_request(definition: Fields, values: Mapping[str, str], name: str, arn: str) -> dict[str, Any]:
    """The request of one training job, as DescribeTrainingJob shows it."""
    kept = {member: value for member, value in definition.items() if member not in _NOT_OF_A_JOB}
    resources = dict(definition.get("HyperParameterTuningResourceConfig") or {})
    if resources:
        first = (resources.get("InstanceConfigs") or [{}])[0]
        resources = {**resources, **first}
        for member in ("InstanceConfigs", "AllocationStrategy"):
            resources.pop(member, None)
        kept["ResourceConfig"] = resources
    static = definition.get("StaticHyperParameters") or {}
    return {"TrainingJobName": name, "TuningJobArn": arn, **kept, "HyperParameters": {**static, **values}}


def ranges(request: Fields) -> Fields:
    """The ranges of a tuning job, from all of its definitions."""
    config, definition = request["HyperParameterTuningJobConfig"], request.get("TrainingJobDefinition") or {}
    found: Fields = config.get("ParameterRanges") or definition.get("HyperParameterRanges") or {}
    return found


def drawn(request: Fields) -> list[dict[str, str]]:
    """The tuned hyperparameters of each training job."""
    config = request["HyperParameterTuningJobConfig"]
    most = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    wanted = ranges(request)
    if config["Strategy"] == "Grid":
        values = {each["Name"]: each["Values"] for each in wanted.get("CategoricalParameterRanges") or []}
        points = [dict(zip(values, point, strict=True)) for point in _first(product(*values.values()), _MOST_OF_GRID)]
        return points[:most]
    seed = config.get("RandomSeed", request["HyperParameterTuningJobName"])
    chance = random.Random(str(seed))  # noqa: S311 - reproducible, and no secret
    return [_point(wanted, chance) for _ in range(most or _DEFAULT_JOBS)]


def _first(points: Iterator[Any], most: int) -> list[Any]:
    return [point for point, _ in zip(points, range(most), strict=False)]


def _point(wanted: Fields, chance: random.Random) -> dict[str, str]:
    found = {}
    for each in wanted.get("ContinuousParameterRanges") or []:
        found[each["Name"]] = repr(_between(each, chance))
    for each in wanted.get("IntegerParameterRanges") or []:
        found[each["Name"]] = str(round(_between(each, chance)))
    for each in wanted.get("CategoricalParameterRanges") or []:
        found[each["Name"]] = chance.choice(each["Values"])
    for each in wanted.get("AutoParameters") or []:
        found[each["Name"]] = each["ValueHint"]
    return found


_SCALES: Final[Mapping[str, tuple[Callable[[float], float], Callable[[float], float]]]] = {
    "Logarithmic": (math.log, math.exp),
    "ReverseLogarithmic": (lambda value: -math.log1p(-value), lambda value: -math.expm1(-value)),
}
"""Scale → there and back."""


def _between(each: Fields, chance: random.Random) -> float:
    least, most = float(each["MinValue"]), float(each["MaxValue"])
    share = chance.random()
    try:
        there, back = _SCALES[each.get("ScalingType", "Auto")]
        value = back(there(least) + share * (there(most) - there(least)))
    except (KeyError, ValueError):  # Auto and Linear, or a scale that the range does not allow
        value = least + share * (most - least)
    return min(max(value, least), most)
