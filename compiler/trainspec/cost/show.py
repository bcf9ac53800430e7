"""Costs as text for a terminal, as JSON, and as Markdown for a pull request."""

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from trainspec.cost.changes import Change
from trainspec.cost.model import DagCost, JobCost, Prices, added
from trainspec.cost.words import dated, machines_of, money_of, notes_of, number, without

_HEADING = ("JOB", "MACHINES", "TRIES", "HOURS PER RUN", "HOURS IN 30 DAYS")
_MONEY = ("COST PER RUN", "COST IN 30 DAYS")


def text(dags: Sequence[DagCost], prices: Prices | None) -> str:
    """A table for each DAG, and what all of them take."""
    blocks = ["\n".join(_block(dag, prices)) for dag in dags]
    return "\n\n".join([*blocks, "\n".join(_summary(dags, prices))])


def as_json(dags: Sequence[DagCost], prices: Prices | None) -> str:
    """Hours and money of a run and of 30 days, for each job and DAG; null if not known."""
    said = {"prices": _about(prices), "days": 30, "dags": [_dag(each) for each in dags]}
    return json.dumps(said, indent=2, ensure_ascii=False)


def markdown(dags: Sequence[DagCost], prices: Prices | None) -> str:
    """One table of all DAGs."""
    money = [f"cost per run ({prices.currency})", f"cost in 30 days ({prices.currency})"] if prices else []
    head = ["DAG", "runs in 30 days", "machine hours per run", "machine hours in 30 days", *money]
    lines = [f"| {' | '.join(head)} |", f"| --- {'| ---: ' * (len(head) - 1)}|"]
    for dag in dags:
        cells = [cell(dag.dag_id), "" if dag.runs is None else f"{dag.runs:,}"]
        cells += [number(dag.hours), number(dag.monthly(dag.hours)) if dag.runs is not None else ""]
        if prices:
            cells += [money_of(dag.cost), money_of(dag.monthly(dag.cost)) if dag.runs is not None else ""]
        lines.append(f"| {' | '.join(cells)} |")
    notes = [f"- {cell(dag.dag_id)}, {cell(name)}: {cell(note)}" for dag in dags for name, note in notes_of(dag)]
    return "\n".join([*lines, "", *notes, *([""] if notes else []), *_summary(dags, prices)])


def changes_as_text(changes: Sequence[Change], prices: Prices | None, against: str) -> str:
    """A line for each DAG whose bound differs."""
    if not changes:
        return f"No DAG costs more or less than at {against}."
    lines = [f"{each.sign} {each.dag_id}: {_arrow(each, prices)}" for each in changes]
    return "\n".join([*lines, *_dated(prices)])


def changes_as_json(changes: Sequence[Change], prices: Prices | None, against: str) -> str:
    """The DAGs before and after; null for one that is not there."""
    listed = [
        {
            "dag": each.dag_id,
            "status": each.status,
            "before": _dag(each.before) if each.before else None,
            "after": _dag(each.after) if each.after else None,
        }
        for each in changes
    ]
    said = {"prices": _about(prices), "days": 30, "against": against, "changes": listed}
    return json.dumps(said, indent=2, ensure_ascii=False)


def changes_as_markdown(changes: Sequence[Change], prices: Prices | None, against: str) -> str:
    """A table for a pull request: only what changes."""
    if not changes:
        return f"No DAG costs more or less than at `{cell(against)}`."
    unit = prices.currency if prices else "machine hours"
    lines = [
        f"| | DAG | at most, before ({unit}) | at most, after ({unit}) | for |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for each in changes:
        before, after = (cell(_amount(side, prices)) for side in (each.before, each.after))
        lines.append(
            f"| {each.sign} | {cell(each.dag_id)} | {before} | {after} | {_span(each)}{cell(_without(each))} |"
        )
    return "\n".join([*lines, *([""] if prices else []), *_dated(prices)])


def cell(text: str) -> str:
    """A string for a cell of a Markdown table."""
    kept = "".join(each if each.isprintable() else " " for each in text)
    return "".join(f"\\{each}" if each in "\\|`*_[]<>" else each for each in kept)


def _block(dag: DagCost, prices: Prices | None) -> Iterator[str]:
    yield f"{dag.dag_id} ({dag.spec}): {dag.schedule}"
    rows: list[Sequence[str]] = [(*_HEADING, *(_MONEY if prices else ()))]
    for job in dag.jobs:
        cells = [job.job, machines_of(job), str(job.attempts), number(job.hours), _month(dag, job.hours, number)]
        if prices:
            most = "at most " if job.is_spot and job.cost is not None else ""
            cells += [most + money_of(job.cost), _month(dag, job.cost, money_of)]
        rows.append(cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows if len(rows) > 1 else []:
        yield "  " + "  ".join(f"{each:<{width}}" for each, width in zip(row, widths, strict=True)).rstrip()
    for name, note in notes_of(dag):
        yield f"  {name}: {note}"


def _month(dag: DagCost, each_run: Fraction | None, show: Any) -> str:
    return "" if dag.runs is None else str(show(dag.monthly(each_run)))


def _summary(dags: Sequence[DagCost], prices: Prices | None) -> Iterator[str]:
    counted = [dag for dag in dags if dag.runs is not None]
    hours = added(dag.monthly(dag.hours) for dag in counted)
    if counted:
        money = ""
        if prices:
            cost = added(dag.monthly(dag.cost) for dag in counted)
            money = f", {money_of(cost)} {prices.currency}" if cost is not None else ", money: not all prices are known"
        yield f"At most in 30 days, by schedule: {number(hours)} machine hours{money}."
    yield from _dated(prices)


def _dated(prices: Prices | None) -> Iterator[str]:
    if prices:
        yield dated(prices)


def _about(prices: Prices | None) -> dict[str, str] | None:
    return {"date": prices.date, "currency": prices.currency} if prices else None


def _dag(dag: DagCost) -> dict[str, Any]:
    return {
        "dag": dag.dag_id,
        "spec": dag.spec,
        "schedule": dag.schedule,
        "runs_month": dag.runs,
        **_sums(dag, dag.hours, dag.cost),
        "jobs": [_job(dag, job) for job in dag.jobs],
        "not_counted": list(dag.not_counted),
    }


def _job(dag: DagCost, job: JobCost) -> dict[str, Any]:
    return {
        "job": job.job,
        "tasks": job.tasks,
        "machines": [{"type": each.type, "count": each.count} for each in job.machines],
        "region": job.region,
        "attempts": job.attempts,
        "spot": job.is_spot,
        "hours_without_retries": _plain(job.once),
        **_sums(dag, job.hours, job.cost),
        "warm_pool_hours_run": _plain(job.warm_hours),
        "storage_gb_months_run": _plain(job.gb_months),
        "notes": list(job.notes),
    }


def _sums(dag: DagCost, hours: Fraction | None, cost: Fraction | None) -> dict[str, float | None]:
    return {
        "hours_run": _plain(hours),
        "hours_month": _plain(dag.monthly(hours)),
        "cost_run": _plain(cost),
        "cost_month": _plain(dag.monthly(cost)),
    }


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _amount(dag: DagCost | None, prices: Prices | None) -> str:
    if dag is None:
        return "-"
    each_run = dag.cost if prices else dag.hours
    return (money_of if prices else number)(each_run if dag.runs is None else dag.monthly(each_run))


def _arrow(change: Change, prices: Prices | None) -> str:
    unit, before, after = (prices.currency if prices else "machine hours"), change.before, change.after
    said = [f"{_amount(side, prices)} {unit} {_per(side)}" for side in (before, after) if side]
    if before and after and (before.runs is None) == (after.runs is None):
        said = [f"{_amount(before, prices)} -> {_amount(after, prices)} {unit} for {_span(change)}"]
    gone = " less" if after is None else " more" if before is None else ""
    unknown = [note for side in (before, after) if side and "?" in _amount(side, prices) for _, note in _reasons(side)]
    return " -> ".join(said) + gone + (f" ({'; '.join(dict.fromkeys(unknown))})" if unknown else "") + _without(change)


def _without(change: Change) -> str:
    """What neither amount has in it."""
    return without(
        tuple(dict.fromkeys(task for side in (change.before, change.after) if side for task in side.not_counted))
    )


def _per(dag: DagCost) -> str:
    return "a run" if dag.runs is None else "for 30 days"


def _reasons(dag: DagCost) -> Iterator[tuple[str, str]]:
    """Why the cost of a DAG is not known: the notes of its jobs that have none."""
    for job in dag.jobs:
        if job.cost is None or job.hours is None:
            yield from ((job.job, note) for note in job.notes)


def _span(change: Change) -> str:
    """The unit of the amounts: a month if both sides have one."""
    spans = ["a run" if side.runs is None else "30 days" for side in (change.before, change.after) if side]
    return " before, ".join(dict.fromkeys(spans)) + (" after" if len(set(spans)) > 1 else "")
