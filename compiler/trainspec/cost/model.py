"""The machine hours of jobs and DAGs, and their money in the table's currency, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table: of training machines an hour, of warm pools an hour, of storage a GB and month, by region.

    `date` is the day that the prices are of, as the table says it.
    """

    date: str
    currency: str
    prices: Mapping[str, Mapping[str, Decimal]]
    warm_pools: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    storage: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Machine:
    """Machines of one type; None for a type or a number that is only known when the task runs."""

    type: str | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCost:
    """The bound of one job, all points of its matrix together, for one run of its DAG.

    `once` are the hours if nothing fails, `hours` those with every retry; None if they are not known. `warm_hours`
    and `gb_months` are what a warm pool and storage may add. `cost` is None if a price is missing. `notes` say what
    is not known, or not counted.
    """

    job: str
    tasks: int
    machines: tuple[Machine, ...]
    region: str | None
    attempts: int
    is_spot: bool
    once: Fraction | None
    hours: Fraction | None
    warm_hours: Fraction
    gb_months: Fraction
    cost: Fraction | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DagCost:
    """The bound of a DAG: its jobs, and how many of its runs begin in 30 days (None if no clock starts them).

    `not_counted` are other tasks whose operators start machines of SageMaker.
    """

    dag_id: str
    spec: str
    schedule: str
    runs: int | None
    jobs: tuple[JobCost, ...]
    not_counted: tuple[str, ...] = ()

    @property
    def hours(self) -> Fraction | None:
        """The hours of one run; None if those of a job are not known."""
        return added(job.hours for job in self.jobs)

    @property
    def cost(self) -> Fraction | None:
        """The money of one run; None if that of a job is not known."""
        return added(job.cost for job in self.jobs)

    def monthly(self, each_run: Fraction | None) -> Fraction | None:
        """What a run takes, for 30 days."""
        return None if each_run is None or self.runs is None else each_run * self.runs


def added(numbers: Iterable[Fraction | None]) -> Fraction | None:
    """The sum; None if a number is not known."""
    total = Fraction(0)
    for each in numbers:
        if each is None:
            return None
        total += each
    return total
