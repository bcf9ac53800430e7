"""Hours, money and machines as people write them, for all outputs."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from trainspec.cost.model import DagCost, JobCost, Prices

UNKNOWN = "?"
_MOST_NAMED = 3
"""How many tasks that are not counted are named in a sentence."""


def number(hours: Fraction | None) -> str:
    """Hours as people write them: `1,440`, `0.25`; `?` if not known."""
    return UNKNOWN if hours is None else f"{float(hours):,.2f}".rstrip("0").rstrip(".")


def money_of(cost: Fraction | None) -> str:
    """Money with two digits; `?` if not known."""
    return UNKNOWN if cost is None else f"{float(cost):,.2f}"


def at_most(hours: Fraction | None, cost: Fraction | None, prices: Prices | None) -> str:
    """A bound in a few words: `at most 3 machine hours, 1.50 USD`; the money only with a table."""
    said = "machine hours not known" if hours is None else f"at most {_counted(hours, 'machine hour')}"
    if prices is None or hours is None:
        return said
    return f"{said}, {'price' if cost is None else money_of(cost)} {'not known' if cost is None else prices.currency}"


def machines_of(job: JobCost) -> str:
    """The machines of each of a job's tasks: `2 x ml.m5.large`, `3 points of 1 x ml.m5.large`."""
    listed = ", ".join(f"{'?' if each.count is None else each.count} x {each.type or '?'}" for each in job.machines)
    points = f"{job.tasks} points of " if job.tasks > 1 else ""
    return points + (listed or UNKNOWN)


def notes_of(dag: DagCost) -> Iterator[tuple[str, str]]:
    """Notes on each job's upper bound, with the job's name, and which other tasks are not counted."""
    for job in dag.jobs:
        if job.attempts > 1 and job.once is not None:
            yield job.job, f"{_counted(job.once, 'hour')} if nothing fails; every retry may take as long again"
        if job.is_spot:
            yield job.job, "spot instances: their price varies, and this is the most that it can be"
        if job.warm_hours:
            yield job.job, f"up to {_counted(job.warm_hours, 'hour')} more per run for its warm pool"
        for note in job.notes:
            yield job.job, note
    for task in dag.not_counted:
        yield task, "its operator starts SageMaker instances, which are not counted"


def without(tasks: Sequence[str]) -> str:
    """Which tasks a bound leaves out, as the end of a sentence with a comma before it; empty if there are none."""
    if not tasks:
        return ""
    listed = [f"`{each}`" for each in tasks[:_MOST_NAMED]]
    if len(tasks) > _MOST_NAMED:
        listed.append(f"{len(tasks) - _MOST_NAMED} more")
    *rest, last = listed
    said = f"{', '.join(rest)} and {last}" if rest else last
    return f", without {said}, which {'is' if len(tasks) == 1 else 'are'} not counted"


def dated(prices: Prices) -> str:
    """What the money is of."""
    return f"Prices of {prices.date} ({prices.currency}), without taxes, discounts and data transfer."


def _counted(hours: Fraction, unit: str) -> str:
    return f"{number(hours)} {unit}{'' if hours == 1 else 's'}"
