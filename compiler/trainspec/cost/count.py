"""The hours of jobs, counted from their requests, and their cost, if a price table is given.

A job runs no longer than `MaxRuntimeInSeconds`, which covers all attempts of its `RetryStrategy` together; each try of
its Airflow task is a separate job.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trainspec.cost.model import DagCost, JobCost, Machine, Prices, added
from trainspec.cost.schedule import runs_in_month
from trainspec.request.bounds import Bounds, bounds_of
from trainspec.request.images.registries import ecr_image
from trainspec.request.started import as_job, task_requests
from trainspec.request.tuned import CONFIG, CONFIGS, DEFINITION, TUNED_RESOURCES, training_request
from trainspec.units import duration

if TYPE_CHECKING:
    from trainspec.language.data import JobData, SpecData, TaskArgumentsData

_HOUR = 3600
_HOURS_OF_MONTH = 720
"""Of 30 days."""
_DEFAULT_RUNTIME = 86_400
"""SageMaker stops a job without `MaxRuntimeInSeconds` after a day."""
_STARTS = re.compile(
    r".*\.(?:SageMaker\w*(?:Training|Tuning|Processing|Transform|AutoML|Endpoint|Pipeline)Operator(?:Async)?"
    r"|(?:Training|Tuning)JobOperator)"
)
"""Operators of other tasks that start machines."""
_SEVERAL = "several instance types: counted as the most expensive one"

Members = Mapping[str, Any]
"""The members of a request."""


def dag_cost(
    dag_id: str,
    spec: str,
    data: "SpecData",
    requests: Mapping[str, Members],
    groups: Mapping[str, Sequence[str]],
    prices: Prices | None = None,
    region: str | None = None,
    at: datetime | None = None,
    today: datetime | None = None,
) -> DagCost:
    """The bound of a DAG: its `data`, the request of each task, and the task ids of each matrix in `groups`.

    The training and tuning jobs of other tasks count if the `config` is literal. `region` is for jobs that name none;
    the month begins at `at`, else at the start date, else `today`.
    """
    dag = data.get("dag") or {}
    runs, words = runs_in_month(dag, at, today)
    others = data.get("tasks") or {}
    started = {name: request.members for name, request in task_requests(data) if request is not None}
    fields = {**(data.get("jobs") or {}), **{name: as_job(others[name]) for name in started}}
    defaults = dag.get("default_args") or {}
    points = {task: name for name, tasks in groups.items() for task in tasks}
    by_job: dict[str, list[_Task]] = {}
    for task, request in {**requests, **started}.items():
        found = _task(fields.get(task) or {}, defaults, request, prices, region)
        by_job.setdefault(points.get(task, task), []).append(found)
    jobs = tuple(_together(name, tasks) for name, tasks in by_job.items())
    rest = tuple(
        name for name, task in others.items() if name not in started and _STARTS.fullmatch(str(task.get("operator")))
    )
    return DagCost(dag_id=dag_id, spec=spec, schedule=words, runs=runs, jobs=jobs, not_counted=rest)


@dataclass(frozen=True, slots=True)
class _Task:
    """One task: what one try of it takes, with all training jobs that this may start."""

    machines: tuple[Machine, ...]
    region: str | None
    attempts: int
    is_spot: bool
    hours: Fraction | None
    warm_hours: Fraction
    gb_months: Fraction
    cost: Fraction | None
    notes: tuple[str, ...]


def _task(
    fields: "JobData", defaults: "TaskArgumentsData", whole: Members, prices: Prices | None, region: str | None
) -> _Task:
    """What one try takes; if it may run on one of several machine types, the maximum of each."""
    choices = [_on_machines(fields, defaults, each, prices, region) for each in _choices(whole)]
    if len(choices) == 1:
        return choices[0]
    dearest = max(choices, key=lambda task: (task.cost or 0, task.hours or 0))
    return replace(
        dearest,
        hours=_most(task.hours for task in choices),
        warm_hours=max(task.warm_hours for task in choices),
        gb_months=max(task.gb_months for task in choices),
        cost=_most(task.cost for task in choices),
        notes=(*dict.fromkeys(note for task in choices for note in task.notes), _SEVERAL),
    )


def _choices(whole: Members) -> Iterator[Members]:
    """`whole` for each of the machine types that a tuning job may run on, or just once."""
    definition = _map(whole.get(DEFINITION))
    tuned = _map(definition.get(TUNED_RESOURCES))
    configs = tuned.get(CONFIGS)
    if "ResourceConfig" in definition or not isinstance(configs, list) or not configs:
        yield whole
        return
    for each in configs:
        yield {**whole, DEFINITION: {**definition, TUNED_RESOURCES: {**tuned, CONFIGS: [each]}}}


def _most(numbers: Iterable[Fraction | None]) -> Fraction | None:
    """The greatest; None if one is not known."""
    found = list(numbers)
    known = [each for each in found if each is not None]
    return max(known) if len(known) == len(found) else None


def _on_machines(
    fields: "JobData", defaults: "TaskArgumentsData", whole: Members, prices: Prices | None, region: str | None
) -> _Task:
    request = training_request(whole)
    where = fields.get("region")
    where = where if isinstance(where, str) and where else _region_of_image(request) or region
    notes: list[str] = []
    resources = _map(request.get("ResourceConfig"))
    machines = tuple(_machines(resources))
    bounds = bounds_of(whole)
    runtime = _seconds(whole, bounds, _runtime(request, notes), notes)
    counts = [each.count for each in machines]
    number = sum(each for each in counts if each is not None) if machines and None not in counts else None
    if request.get("ServerlessJobConfig"):
        notes.append("a serverless job: it is not billed by instance")
    elif number is None:
        notes.append("the number of instances is only known when the task runs")
    hours = None if number is None or runtime is None else Fraction(number * runtime, _HOUR)
    keep, size = resources.get("KeepAlivePeriodInSeconds"), resources.get("VolumeSizeInGB")
    if isinstance(keep, int) and bounds.jobs is None:
        notes.append("without the warm pool: it is not known how many training jobs keep one")
    keep = keep * bounds.jobs if isinstance(keep, int) and bounds.jobs is not None else 0
    warm = Fraction(number * keep, _HOUR) if number is not None else Fraction(0)
    storage = hours * size / _HOURS_OF_MONTH if isinstance(size, int) and hours is not None else Fraction(0)
    cost = None
    if prices is not None:
        if resources.get("TrainingPlanArn"):
            notes.append("paid for with its training plan: no hourly price")
        else:
            cost = _money(prices, where, machines, runtime, keep, storage, notes)
    attempts = 1 + _retries(fields, defaults)
    is_spot = request.get("EnableManagedSpotTraining") is True
    return _Task(machines, where, attempts, is_spot, hours, warm, storage, cost, tuple(notes))


def _region_of_image(request: Members) -> str | None:
    """The region of the job's ECR image, in which SageMaker requires the job to be, too."""
    found = ecr_image(str(_map(request.get("AlgorithmSpecification")).get("TrainingImage") or ""))
    return found.region if found else None


def _seconds(whole: Members, bounds: Bounds, each: int | None, notes: list[str]) -> int | None:
    """The seconds of all training jobs that one try of the task starts; None if only its run knows.

    `each` are those of one.
    """
    seconds = bounds.training_seconds(each)
    if CONFIG not in whole:
        return seconds
    if seconds is None:
        if each is not None:
            notes.append("a tuning job whose `tuning.limits` are missing, or only known when the task runs")
    elif bounds.jobs is not None and each is not None and seconds == bounds.jobs * each:
        notes.append(f"a tuning job: {bounds.jobs} training jobs, each up to {duration(each)}")
    else:
        notes.append(f"a tuning job: {bounds.parallel} training jobs at once, for {duration(bounds.runtime)} at most")
    return seconds


def _machines(resources: Members) -> Iterator[Machine]:
    groups = resources.get("InstanceGroups") or ([resources] if resources.get("InstanceType") else [])
    for each in groups if isinstance(groups, list) else [None]:
        machine = each if isinstance(each, Mapping) else {"InstanceCount": None}
        kind, number = machine.get("InstanceType"), machine.get("InstanceCount", 1)
        is_known = isinstance(kind, str) and "{{" not in kind
        yield Machine(kind if is_known else None, number if type(number) is int else None)


def _runtime(request: Members, notes: list[str]) -> int | None:
    """The seconds that a job may run; None if only the task's run knows."""
    condition = request.get("StoppingCondition") or {}
    limit = condition.get("MaxRuntimeInSeconds") if isinstance(condition, Mapping) else "not known"
    if limit is None:
        notes.append("no `stopping.max_runtime`: SageMaker stops it after 24 hours")
        return _DEFAULT_RUNTIME
    if type(limit) is not int:
        notes.append("`stopping.max_runtime` is only known when the task runs")
        return None
    return limit


def _map(value: Any) -> Members:
    """A map as it is; an empty one for anything else, which another task's `config` may contain instead."""
    return value if isinstance(value, Mapping) else {}


def _retries(fields: "JobData", defaults: "TaskArgumentsData") -> int:
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
    """The money of one training job; None, and a note, if the price of its machines is not known."""
    if region is None:
        notes.append("no region: set `region` in the spec, or pass --region")
        return None
    of_region, total = prices.prices.get(region) or {}, Fraction(0)
    for each in machines:
        if each.type is None:
            notes.append("the instance type is only known when the task runs")
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
        return None if number is None else number * task.attempts

    return JobCost(
        job=name,
        tasks=len(tasks),
        machines=machines,
        region=first.region,
        attempts=max(task.attempts for task in tasks),
        is_spot=any(task.is_spot for task in tasks),
        once=added(task.hours for task in tasks),
        hours=added(times(task.hours, task) for task in tasks),
        warm_hours=sum((task.warm_hours * task.attempts for task in tasks), Fraction(0)),
        gb_months=sum((task.gb_months * task.attempts for task in tasks), Fraction(0)),
        cost=added(times(task.cost, task) for task in tasks),
        notes=tuple(dict.fromkeys(note for task in tasks for note in task.notes)),
    )
