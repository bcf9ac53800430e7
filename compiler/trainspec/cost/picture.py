"""A picture that shows what its jobs and DAGs use at most."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trainspec.cost.model import DagCost, Prices, added
from trainspec.cost.words import at_most, dated, without
from trainspec.graph import Graph, Kind


def of_dag(graph: Graph, dag: DagCost, prices: Prices | None) -> Graph:
    """A DAG's picture: each job with the bound of a run, and below them the DAG's."""
    said = {job.job: at_most(job.hours, job.cost, prices) for job in dag.jobs}
    nodes = tuple(
        replace(each, cost=said.get(each.id, "")) if each.kind in (Kind.JOB, Kind.TUNING, Kind.TASK) else each
        for each in graph.nodes
    )
    return replace(graph, nodes=nodes, caption=tuple(_caption(dag, prices))) if dag.jobs or dag.not_counted else graph


def of_project(graph: Graph, dags: Sequence[DagCost], prices: Prices | None) -> Graph:
    """A project's picture: each DAG with the bound of 30 days, or of a run if no clock starts it."""
    said = {f"dag:{dag.dag_id}": _of_dag(dag, prices) for dag in dags if dag.jobs or dag.not_counted}
    nodes = tuple(replace(each, cost=said.get(each.id, "")) for each in graph.nodes)
    return replace(graph, nodes=nodes, caption=tuple(_total(dags, prices)))


def _of_dag(dag: DagCost, prices: Prices | None) -> str:
    rest = without(dag.not_counted)
    if dag.runs is None:
        return f"a run: {at_most(dag.hours, dag.cost, prices)}{rest}"
    return f"30 days: {at_most(dag.monthly(dag.hours), dag.monthly(dag.cost), prices)}{rest}"


def _caption(dag: DagCost, prices: Prices | None) -> Iterator[str]:
    rest = without(dag.not_counted)
    yield f"A run: {at_most(dag.hours, dag.cost, prices)}{rest}."
    month = f": {at_most(dag.monthly(dag.hours), dag.monthly(dag.cost), prices)}{rest}" if dag.runs is not None else ""
    yield f"{dag.schedule[:1].upper()}{dag.schedule[1:]}{month}."
    yield from _estimate(prices)


def _total(dags: Sequence[DagCost], prices: Prices | None) -> Iterator[str]:
    counted = [dag for dag in dags if dag.runs is not None and (dag.jobs or dag.not_counted)]
    if counted:
        hours = added(dag.monthly(dag.hours) for dag in counted)
        cost = added(dag.monthly(dag.cost) for dag in counted)
        rest = without([task for dag in counted for task in dag.not_counted])
        yield f"By schedule in 30 days, all DAGs: {at_most(hours, cost, prices)}{rest}."
    if any(dag.jobs for dag in dags):
        yield from _estimate(prices)


def _estimate(prices: Prices | None) -> Iterator[str]:
    if prices:
        yield f"An estimate. {dated(prices)}"
