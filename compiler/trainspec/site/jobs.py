"""The content of the site about one job."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trainspec.graph.build import location, machines_of, names_of
from trainspec.graph.project import folders_above, known_folder
from trainspec.pipeline import Analysis
from trainspec.request.bounds import longest_of
from trainspec.request.check import printable
from trainspec.safety.masking import conceal_all, redacted
from trainspec.site.lineage import Makers
from trainspec.units import duration


@dataclass(frozen=True, slots=True)
class Input:
    """A channel of a job: its name, the place that it reads, and the DAGs and jobs of the project that write there."""

    name: str
    place: str
    makers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JobFacts:
    """One job. `requests` has its request as JSON for each environment that has another one, `bounds` its cost."""

    task_id: str
    name: str
    code: str
    machines: str
    longest: str
    is_spot: bool
    inputs: tuple[Input, ...]
    output: str
    waits_for: tuple[str, ...]
    requests: tuple[tuple[str, str], ...]
    bounds: tuple[str, ...] = ()
    doc: str = ""
    task_group: str = ""


def job_facts(
    task_id: str, environments: Mapping[str, Analysis], first: Analysis, makers: Makers, bounds: tuple[str, ...]
) -> JobFacts:
    """The job `task_id` of the spec analyzed as `first`, with its requests in all `environments`."""
    whole, members = first.requests[task_id].members, first.requests[task_id].training.members
    fields = first.data.get("jobs", {}).get(task_id, {})
    algorithm = members.get("AlgorithmSpecification") or {}
    return JobFacts(
        task_id=task_id,
        name=conceal_all(str(members.get("TrainingJobName", ""))),
        code=conceal_all(str(algorithm.get("TrainingImage") or algorithm.get("AlgorithmName") or "")),
        machines=machines_of(whole),
        longest=str(duration(longest_of(whole) or "")),
        is_spot=members.get("EnableManagedSpotTraining") is True,
        inputs=tuple(_inputs(members, makers)),
        output=conceal_all(str((members.get("OutputDataConfig") or {}).get("S3OutputPath") or "")),
        waits_for=tuple(names_of(fields.get("depends_on"))),
        requests=tuple(_requests(task_id, environments)),
        bounds=bounds,
        doc=conceal_all(str(fields.get("doc") or "")),
        task_group=str(fields.get("task_group") or ""),
    )


def _inputs(members: Mapping[str, Any], makers: Makers) -> Iterator[Input]:
    for channel in members.get("InputDataConfig") or ():
        place = location(channel.get("DataSource") or {}) or ""
        above = folders_above(known_folder(place)) if place else ()
        found = next((makers[folder] for folder in above if folder in makers), ())
        made = tuple((f"{dag}: {job}", file) for dag, job, file in found)
        yield Input(str(channel.get("ChannelName", "")), conceal_all(place), made)


def _requests(task_id: str, environments: Mapping[str, Analysis]) -> Iterator[tuple[str, str]]:
    """The request in each environment as JSON, without secrets; one that is the same in several is there once."""
    names_of: dict[str, list[str]] = {}
    for name, analysis in environments.items():
        if (request := analysis.requests.get(task_id)) is not None:
            text = json.dumps(redacted(printable(request.members)), indent=2, ensure_ascii=False)
            names_of.setdefault(text, []).append(name or "base")
    for text, names in names_of.items():
        yield ", ".join(names), text
