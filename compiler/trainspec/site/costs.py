"""The hours and cost of jobs, DAGs and the project on the site: upper bounds, as `trainspec cost` counts them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trainspec.cost import DagCost, JobCost, Prices, dag_cost
from trainspec.cost.model import added
from trainspec.cost.schedule import SAME_DAY
from trainspec.cost.words import at_most, machines_of, money_of, notes_of, number, without
from trainspec.diagnostics import has_errors
from trainspec.pipeline import Analysis


@dataclass(frozen=True, slots=True)
class Pricing:
    """What the site's costs are counted from: a price table, the region of jobs without one, the first of 30 days."""

    prices: Prices | None = None
    region: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CostRow:
    """A row of a table: a job, a DAG, or a sum, with its hours and its money; empty if no clock starts a run."""

    name: str
    machines: str
    tries: str
    hours_run: str
    hours_month: str
    cost_run: str
    cost_month: str


@dataclass(frozen=True, slots=True)
class CostFacts:
    """The bound of a DAG in `environments` (in words; empty if all are alike): its jobs, their sum, and notes.

    `without` are the tasks that it leaves out, in words.
    """

    environments: str
    runs: str
    schedule: str
    jobs: tuple[CostRow, ...]
    sum: CostRow
    notes: tuple[tuple[str, str], ...]
    without: str


def costs_in(environments: Mapping[str, Analysis], pricing: Pricing) -> dict[str, DagCost]:
    """The bound of one DAG in each environment in which its spec has no errors and starts jobs."""
    sound = {name: each for name, each in environments.items() if not has_errors(each.findings)}
    found = {name: _cost(each, each.groups, pricing) for name, each in sound.items()}
    return {name: cost for name, cost in found.items() if cost.jobs or cost.not_counted}


def cost_facts(costs: Mapping[str, DagCost], environments: int) -> tuple[CostFacts, ...]:
    """The bounds of a DAG for its page; equal environments share one. `environments` is how many there are."""
    alike: dict[DagCost, list[str]] = {}
    for name, cost in costs.items():
        alike.setdefault(cost, []).append(name or "base")
    is_one = len(alike) == 1 and len(costs) == environments
    return tuple(_facts(cost, "" if is_one else ", ".join(names)) for cost, names in alike.items())


def job_bounds(environments: Mapping[str, Analysis], pricing: Pricing) -> dict[str, tuple[str, ...]]:
    """The bound of a run of each task in words, with its environments if these differ, or if not all have one."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, each in environments.items():
        if each.requests and not has_errors(each.findings):
            for job in _cost(each, {}, pricing).jobs:  # each point of a matrix by itself
                found.setdefault(job.job, {}).setdefault(_bound(job, pricing.prices), []).append(name or "base")
    return {
        job: tuple(
            said if len(names) == len(environments) else f"{', '.join(names)}: {said}" for said, names in bounds.items()
        )
        for job, bounds in found.items()
    }


def sums(costs: Sequence[Mapping[str, DagCost]]) -> Iterator[CostRow]:
    """What all DAGs that run by the clock take in 30 days, in each environment."""
    names = dict.fromkeys(name for each in costs for name in each)
    for name in names:
        counted = [each[name] for each in costs if name in each and each[name].runs is not None]
        hours = number(added(dag.monthly(dag.hours) for dag in counted))
        money = money_of(added(dag.monthly(dag.cost) for dag in counted))
        if counted:
            yield CostRow(name or ("base" if len(names) > 1 else ""), "", "", "", hours, "", money)


def _cost(analysis: Analysis, groups: Mapping[str, Sequence[str]], pricing: Pricing) -> DagCost:
    members = {name: request.members for name, request in analysis.requests.items()}
    return dag_cost(
        analysis.dag_id,
        analysis.name,
        analysis.data,
        members,
        groups,
        pricing.prices,
        pricing.region,
        pricing.at,
        SAME_DAY,
    )


def _bound(job: JobCost, prices: Prices | None) -> str:
    tries = f", in {job.attempts} tries" if job.attempts > 1 else ""
    return f"{at_most(job.hours, job.cost, prices)}{tries}"


def _facts(cost: DagCost, environments: str) -> CostFacts:
    rows = tuple(_row(cost, each.job, machines_of(each), str(each.attempts), each) for each in cost.jobs)
    runs = "" if cost.runs is None else f"{cost.runs:,}"
    rest = without(cost.not_counted).removeprefix(", ")
    schedule = cost.schedule[:1].upper() + cost.schedule[1:]
    return CostFacts(environments, runs, schedule, rows, _row(cost, "", "", "", cost), tuple(notes_of(cost)), rest)


def _row(dag: DagCost, name: str, machines: str, tries: str, of: JobCost | DagCost) -> CostRow:
    has_month = dag.runs is not None
    return CostRow(
        name,
        machines,
        tries,
        number(of.hours),
        number(dag.monthly(of.hours)) if has_month else "",
        money_of(of.cost),
        money_of(dag.monthly(of.cost)) if has_month else "",
    )
