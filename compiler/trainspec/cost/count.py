"""The hours of jobs, counted from their requests, and their money, where a price table has it.

A job runs no longer than `MaxRuntimeInSeconds`, which holds for all attempts of its `RetryStrategy` together; each try
of its Airflow task is a job of its own.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import prod
from typing import Any

from trainspec.cost.model import DagCost, JobCost, Machine, Prices, added
from trainspec.cost.schedule import runs_in_month
from trainspec.request.images.registries import ecr_image
from trainspec.request.tuning import training_request

_HOUR = 3600
_HOURS_OF_MONTH = 720
"""Of 30 days."""
_DEFAULT_RUNTIME = 86_400
"""SageMaker stops a job without `MaxRuntimeInSeconds` after a day."""

Fields = Mapping[str, Any]


def dag_cost(
    dag_id: str,
    spec: str,
    data: Fields,
    requests: Mapping[str, Fields],
    groups: Mapping[str, Sequence[str]],
    prices: Prices | None = None,
    region: str | None = None,
    at: datetime | None = None,
) -> DagCost:
    """The bound of a DAG: its `data`, the request of each task, and the task ids of each matrix in `groups`.

    `region` is that of jobs which name none; the month begins at `at`, else at the start date.
    """
    dag = data.get("dag") or {}
    runs, words = runs_in_month(dag, at)
    fields = data.get("jobs") or {}
    defaults = dag.get("default_args") or {}
    points = {task: name for name, tasks in groups.items() for task in tasks}
    by_job: dict[str, list[_Task]] = {}
    for task, request in requests.items():
        found = _task(fields.get(task) or {}, defaults, request, prices, region)
        by_job.setdefault(points.get(task, task), []).append(found)
    jobs = tuple(_together(name, tasks) for name, tasks in by_job.items())
    return DagCost(dag_id=dag_id, spec=spec, schedule=words, runs=runs, jobs=jobs)


@dataclass(frozen=True, slots=True)
class _Task:
    """One task: what its one training job takes, and how many of these there may be."""

    machines: tuple[Machine, ...]
    region: str | None
    attempts: int
    trainings: int
    is_spot: bool
    hours: Fraction | None
    warm_hours: Fraction
    gb_months: Fraction
    cost: Fraction | None
    notes: tuple[str, ...]


def _task(fields: Fields, defaults: Fields, whole: Fields, prices: Prices | None, region: str | None) -> _Task:
    request = training_request(whole)
    where = fields.get("region")
    where = where if isinstance(where, str) and where else _region_of_image(request) or region
    notes: list[str] = []
    resources = request.get("ResourceConfig") or {}
    machines = tuple(_machines(resources))
    runtime = _runtime(request, notes)
    counts = [each.count for each in machines]
    number = sum(each for each in counts if each is not None) if machines and None not in counts else None
    if request.get("ServerlessJobConfig"):
        notes.append("a serverless job: it is not billed by machines")
    elif number is None:
        notes.append("the number of machines is only known when the task runs")
    hours = None if number is None or runtime is None else Fraction(number * runtime, _HOUR)
    keep, size = resources.get("KeepAlivePeriodInSeconds"), resources.get("VolumeSizeInGB")
    warm = Fraction(number * keep, _HOUR) if isinstance(keep, int) and number is not None else Fraction(0)
    storage = hours * size / _HOURS_OF_MONTH if isinstance(size, int) and hours is not None else Fraction(0)
    trainings = trainings_of(whole, notes)
    cost = None
    if prices is not None:
        if resources.get("TrainingPlanArn"):
            notes.append("paid with its training plan: no price an hour")
        else:
            cost = _money(prices, where, machines, runtime, keep, storage, notes)
    attempts = 1 + _retries(fields, defaults)
    is_spot = request.get("EnableManagedSpotTraining") is True
    return _Task(machines, where, attempts, trainings, is_spot, hours, warm, storage, cost, tuple(notes))


def _region_of_image(request: Fields) -> str | None:
    """The region of the job's ECR image, in which SageMaker wants the job to be, too."""
    found = ecr_image(str((request.get("AlgorithmSpecification") or {}).get("TrainingImage") or ""))
    return found.region if found else None


def trainings_of(request: Fields, notes: list[str]) -> int:
    """How many training jobs one try of the task starts: one or, of a tuning job, no more than its limit."""
    config = request.get("HyperParameterTuningJobConfig")
    if config is None:
        return 1
    limits = config.get("ResourceLimits") or {}
    most = limits.get("MaxNumberOfTrainingJobs")
    if config.get("Strategy") == "Grid" and most is None:
        ranges = (config.get("ParameterRanges") or {}).get("CategoricalParameterRanges") or []
        most = prod(len(each.get("Values") or ()) for each in ranges)
    if type(most) is not int:
        notes.append("a tuning job without `tuning.limits.jobs`: counted as one training job")
        return 1
    notes.append(f"a tuning job: {most} training jobs at most")
    return most


def _machines(resources: Fields) -> Iterator[Machine]:
    for each in resources.get("InstanceGroups") or ([resources] if resources.get("InstanceType") else ()):
        kind, number = each.get("InstanceType"), each.get("InstanceCount", 1)
        is_known = isinstance(kind, str) and "{{" not in kind
        yield Machine(kind if is_known else None, number if type(number) is int else None)


def _runtime(request: Fields, notes: list[str]) -> int | None:
    """The seconds that a job may run; None where only the task's run tells."""
    limit = (request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds")
    if limit is None:
        notes.append("no `stopping.max_runtime`: SageMaker stops it after 24 hours")
        return _DEFAULT_RUNTIME
    if type(limit) is not int:
        notes.append("`stopping.max_runtime` is only known when the task runs")
        return None
    return limit


def _retries(fields: Fields, defaults: Fields) -> int:
    given = fields.get("retries", defaults.get("retries"))
    return given if type(given) is int else 0


def _money(
    prices: Prices,
    region: str | None,
    machines: Sequence[Machine],
    runtime: int | None,
    keep: Any,
    gb_months: Fraction,
    notes: list[str],
) -> Fraction | None:
    """The money of one training job; None, and a note, where the price of its machines is not known."""
    if region is None:
        notes.append("no region: set `region` in the spec, or pass --region")
        return None
    of_region, total = prices.prices.get(region) or {}, Fraction(0)
    for each in machines:
        if each.type is None:
            notes.append("the machine is only known when the task runs")
            return None
        price = of_region.get(each.type)
        if price is None:
            notes.append(f"no price for {each.type} in {region}")
            return None
        if each.count is None or runtime is None:
            return None
        total += Fraction(price) * each.count * runtime / _HOUR
    if not machines:
        return None
    total += _extras(prices, region, machines, keep, gb_months, notes)
    return total


def _extras(
    prices: Prices, region: str, machines: Sequence[Machine], keep: Any, gb_months: Fraction, notes: list[str]
) -> Fraction:
    """Warm pools and storage, as far as the table has them; a note for what it lacks."""
    total = Fraction(0)
    if isinstance(keep, int) and keep:
        of_region = prices.warm_pools.get(region) or {}
        for each in machines:
            price = of_region.get(each.type or "")
            if price is None:
                notes.append(f"without the warm pool: no price for it on {each.type} in {region}")
            else:
                total += Fraction(price) * (each.count or 0) * keep / _HOUR
    if gb_months:
        storage = prices.storage.get(region)
        if storage is None:
            notes.append(f"without storage: no price for it in {region}")
        else:
            total += Fraction(storage) * gb_months
    return total


def _together(name: str, tasks: Sequence[_Task]) -> JobCost:
    """The tasks of one job as one: all points of its matrix."""
    machines = tuple(dict.fromkeys(machine for task in tasks for machine in task.machines))
    first = tasks[0]

    def times(number: Fraction | None, task: _Task) -> Fraction | None:
        return None if number is None else number * task.trainings * task.attempts

    return JobCost(
        job=name,
        tasks=len(tasks),
        machines=machines,
        region=first.region,
        attempts=max(task.attempts for task in tasks),
        is_spot=any(task.is_spot for task in tasks),
        once=added(None if task.hours is None else task.hours * task.trainings for task in tasks),
        hours=added(times(task.hours, task) for task in tasks),
        warm_hours=sum((task.warm_hours * task.trainings * task.attempts for task in tasks), Fraction(0)),
        gb_months=sum((task.gb_months * task.trainings * task.attempts for task in tasks), Fraction(0)),
        cost=added(times(task.cost, task) for task in tasks),
        notes=tuple(dict.fromkeys(note for task in tasks for note in task.notes)),
    )
