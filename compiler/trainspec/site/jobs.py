"""What the site says of one job."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainspec.graph import TIMES
from trainspec.masking import conceal_all, redacted
from trainspec.pipeline import Analysis
from trainspec.request.check import printable
from trainspec.site.lineage import Makers, known_place


@dataclass(frozen=True, slots=True)
class Input:
    """A channel of a job: its name, the place that it reads, and the DAGs and jobs of the project that write there."""

    name: str
    place: str
    makers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JobFacts:
    """One job. `requests` holds its request as JSON for each environment that has another one."""

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
    doc: str = ""


def job_facts(task_id: str, environments: Mapping[str, Analysis], first: Analysis, makers: Makers) -> JobFacts:
    """The job `task_id` of the spec analysed as `first`, with its requests in all `environments`."""
    members, fields = first.requests[task_id].members, first.data.get("jobs", {}).get(task_id, {})
    algorithm = members.get("AlgorithmSpecification") or {}
    limits = members.get("StoppingCondition") or {}
    return JobFacts(
        task_id=task_id,
        name=conceal_all(str(members.get("TrainingJobName", ""))),
        code=conceal_all(str(algorithm.get("TrainingImage") or algorithm.get("AlgorithmName") or "")),
        machines=_machines(members),
        longest=_duration(limits.get("MaxRuntimeInSeconds")),
        is_spot=members.get("EnableManagedSpotTraining") is True,
        inputs=tuple(_inputs(members, makers)),
        output=conceal_all(str((members.get("OutputDataConfig") or {}).get("S3OutputPath") or "")),
        waits_for=tuple(each for each in _listed(fields.get("depends_on"))),
        requests=tuple(_requests(task_id, environments)),
        doc=conceal_all(str(fields.get("doc") or "")),
    )


def _machines(members: Mapping[str, Any]) -> str:
    resources = members.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or [resources]
    machines = ((each.get("InstanceCount", "?"), each["InstanceType"]) for each in groups if each.get("InstanceType"))
    return ", ".join(f"{count} {TIMES} {kind}" for count, kind in machines)


def _duration(seconds: Any) -> str:
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return ""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _inputs(members: Mapping[str, Any], makers: Makers) -> Iterator[Input]:
    for channel in members.get("InputDataConfig") or ():
        source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
        place = str(source.get("S3Uri") or "")
        above = known_place(place)
        found: list[tuple[str, str, str]] = []
        while above.count("/") > 2 and not found:
            found = list(makers.get(above, ()))
            above = above.rpartition("/")[0]
        made = tuple((f"{dag}: {job}", file) for dag, job, file in found)
        yield Input(str(channel.get("ChannelName", "")), conceal_all(place), made)


def _requests(task_id: str, environments: Mapping[str, Analysis]) -> Iterator[tuple[str, str]]:
    """The request in each environment as JSON, without secrets; one that is the same in several is there once."""
    told: dict[str, list[str]] = {}
    for name, analysis in environments.items():
        if (request := analysis.requests.get(task_id)) is not None:
            text = json.dumps(redacted(printable(request.members)), indent=2, ensure_ascii=False)
            told.setdefault(text, []).append(name or "base")
    for text, names in told.items():
        yield ", ".join(names), text


def _listed(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]
