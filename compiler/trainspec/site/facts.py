"""The content of the site as plain data, without its layout."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from trainspec.cost import DagCost
from trainspec.cost.picture import of_dag, of_project
from trainspec.cost.schedule import start_of
from trainspec.cost.words import dated
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.links import link
from trainspec.graph import Dag, Graph, build, build_project
from trainspec.pipeline import Analysis
from trainspec.safety.masking import conceal_all
from trainspec.site.costs import CostFacts, CostRow, Pricing, cost_facts, costs_in, job_bounds, sums
from trainspec.site.jobs import JobFacts, job_facts
from trainspec.site.lineage import Makers, between, makers_of, neighbours
from trainspec.site.schedule import in_words, next_runs

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

RUNS = 5
"""How many of a DAG's next runs are shown."""


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding, as `lint` reports it, and the page about its code."""

    code: str
    severity: str
    place: str
    message: str
    advice: str
    link: str


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """A schedule in words and as it is written, its next runs, and the environments (in words) that have it.

    `environments` is empty if all have the same.
    """

    words: str
    written: str
    runs: tuple[str, ...]
    runs_after: str
    environments: str = ""


@dataclass(frozen=True, slots=True)
class DagFacts:
    """One DAG's page. `file` is its name; `upstream` and `downstream` are the neighboring DAGs, with their pages."""

    id: str
    file: str
    spec: str
    description: str
    doc: str
    owner: str
    tags: tuple[str, ...]
    schedules: tuple[ScheduleFacts, ...]
    environments: tuple[str, ...]
    jobs: tuple[JobFacts, ...]
    costs: tuple[CostFacts, ...]
    other_tasks: tuple[tuple[str, str, str], ...]
    findings: tuple[FindingFacts, ...]
    graph: Graph | None
    upstream: tuple[tuple[str, str], ...]
    downstream: tuple[tuple[str, str], ...]

    @property
    def errors(self) -> int:
        """How many of its findings are errors."""
        return sum(each.severity == "error" for each in self.findings)


@dataclass(frozen=True, slots=True)
class Site:
    """A complete site: its title, a page for each DAG, and the picture of the connected ones.

    `links` are the pages of the picture's nodes; `cost_sums` what all DAGs take in 30 days, a row for each environment,
    in `currency`, if there is a price table, which `dated` speaks of.
    """

    title: str
    dags: tuple[DagFacts, ...]
    graph: Graph
    links: Mapping[str, str]
    fragments: tuple[str, ...]
    cost_sums: tuple[CostRow, ...]
    currency: str
    dated: str


def site_of(
    title: str,
    specs: Sequence[Mapping[str, Analysis]],
    findings: Mapping[str, Sequence[Diagnostic]],
    pricing: Pricing,
) -> Site:
    """The site of the project's specs.

    `specs` holds each spec's analyses by the name of the environment (`""` is the base), the one that the page is about
    first; `findings` are those of all environments by the spec's name; next runs are those after `pricing.at`, else
    after the DAG's start date.
    """
    firsts = [(each, next(iter(each.values()))) for each in specs]
    whole = [(each, first) for each, first in firsts if first.root is not None]
    dags = [Dag(first.dag_id, first.data, _members(first)) for _, first in whole]
    files = _files([first.dag_id for _, first in whole])
    makers, joined = makers_of(dags, files), between(dags)
    costs = [costs_in(each, pricing) for each, _ in whole]
    pages = []
    for (each, first), cost in zip(whole, costs, strict=True):
        around = neighbours(first.dag_id, joined, files)
        pages.append(_dag_facts(each, files[first.dag_id], findings.get(first.name, ()), pricing, cost, makers, around))
    shown = [cost[next(iter(each))] for (each, _), cost in zip(whole, costs, strict=True) if next(iter(each)) in cost]
    return Site(
        title,
        tuple(sorted(pages, key=lambda page: page.id)),
        replace(of_project(build_project(title, dags, with_lone_dags=False), shown, pricing.prices), caption=()),
        {f"dag:{dag_id}": f"dags/{file}" for dag_id, file in files.items()},
        tuple(sorted(first.name for _, first in firsts if first.root is None)),
        tuple(sums(costs)),
        pricing.prices.currency if pricing.prices else "",
        dated(pricing.prices) if pricing.prices else "",
    )


def _members(analysis: Analysis) -> dict[str, dict[str, Any]]:
    return {name: request.members for name, request in analysis.requests.items()}


def _files(dag_ids: Sequence[str]) -> dict[str, str]:
    """A file name for each DAG, unique even if case does not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for dag_id in dag_ids:
        name, number = dag_id, 1
        while name.casefold() in taken:
            number += 1
            name = f"{dag_id}-{number}"
        taken.add(name.casefold())
        found[dag_id] = f"{name}.html"
    return found


def _dag_facts(
    environments: Mapping[str, Analysis],
    file: str,
    findings: Sequence[Diagnostic],
    pricing: Pricing,
    costs: Mapping[str, DagCost],
    makers: Makers,
    around: tuple[list[tuple[str, str]], list[tuple[str, str]]],
) -> DagFacts:
    first = next(iter(environments.values()))
    dag = first.data.get("dag", {})
    bounds = job_bounds(environments, pricing)
    graph = build(first.dag_id, first.data, _members(first), first.groups)
    return DagFacts(
        id=first.dag_id,
        file=file,
        spec=first.name,
        description=conceal_all(str(dag.get("description") or "")),
        doc=conceal_all(str(dag.get("doc") or "")),
        owner=str((dag.get("default_args") or {}).get("owner") or ""),
        tags=tuple(map(str, dag.get("tags") or ())),
        schedules=_schedules(environments, pricing.at),
        environments=tuple(name for name in environments if name),
        jobs=tuple(job_facts(name, environments, first, makers, bounds.get(name, ())) for name in first.requests),
        costs=cost_facts(costs, len(environments)),
        other_tasks=tuple(_other_tasks(first.data)),
        findings=tuple(map(_finding, findings)),
        graph=_with_cost(graph, costs.get(next(iter(environments))), pricing)
        if first.requests or first.data.get("tasks")
        else None,
        upstream=tuple(around[0]),
        downstream=tuple(around[1]),
    )


def _with_cost(graph: Graph, cost: DagCost | None, pricing: Pricing) -> Graph:
    """The picture of the first environment, and its bound if it has no errors."""
    return graph if cost is None else of_dag(graph, cost, pricing.prices)


def _schedules(environments: Mapping[str, Analysis], at: datetime | None) -> tuple[ScheduleFacts, ...]:
    """The schedule of each environment, those that are alike once."""
    found: dict[tuple[str, str, datetime | None], tuple[Any, list[str]]] = {}
    for name, analysis in environments.items():
        dag = analysis.data.get("dag", {})
        schedule = dag.get("schedule")
        key = (_written(schedule), str(dag.get("timezone") or "UTC"), at or _moment(start_of(dag)))
        found.setdefault(key, (schedule, []))[1].append(name or "base")
    facts = []
    for (_, zone, after), (schedule, names) in found.items():
        runs = next_runs(schedule, zone, after, RUNS) if after is not None else []
        facts.append(
            ScheduleFacts(
                in_words(schedule, zone),
                _written(schedule),
                tuple(run.strftime("%a %d %b %Y, %H:%M %Z").strip() for run in runs),
                after.strftime("%d %b %Y") if after is not None else "",
                ", ".join(names) if len(found) > 1 else "",
            )
        )
    return tuple(facts)


def _written(schedule: Any) -> str:
    if schedule is None:
        return ""
    return schedule if isinstance(schedule, str) else json.dumps(schedule, ensure_ascii=False)


def _moment(text: Any) -> datetime | None:
    """A start date, in UTC if it names no time zone."""
    try:
        read = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def _other_tasks(data: "SpecData") -> Iterator[tuple[str, str, str]]:
    for name, sensor in (data.get("sensors") or {}).items():
        yield name, "sensor", conceal_all(str(sensor.get("s3") or sensor.get("dag") or ""))
    for name, task in (data.get("tasks") or {}).items():
        yield name, "task", conceal_all(str(task.get("operator") or ""))
    for name, approval in (data.get("approvals") or {}).items():
        yield name, "approval", conceal_all(str(approval.get("subject") or ""))
    for name, trigger in (data.get("triggers") or {}).items():
        yield name, "trigger", conceal_all(str(trigger.get("dag") or ""))


def _finding(found: Diagnostic) -> FindingFacts:
    place = f"{found.span.path}:{found.span.line}:{found.span.column}"
    advice = conceal_all(found.advice or "")
    return FindingFacts(
        found.code.id, found.severity.value, place, conceal_all(found.message), advice, link(found.code)
    )
