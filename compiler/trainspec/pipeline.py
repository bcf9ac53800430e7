"""The compiler: a spec's text in, its findings, requests and DAG file out.

`parse → extend → compose → validate → lower → check → plan → emit`; each stage is a function of its own module.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from trainspec.compose import Composed, Read, compose, extend, settled
from trainspec.compose.document import id_place
from trainspec.crossfile.facts import Ties
from trainspec.dag.airflow import MAJORS
from trainspec.dag.checks.arguments import check_arguments
from trainspec.dag.checks.dependencies import check_dag
from trainspec.dag.checks.params import declared_params
from trainspec.dag.max_parallel import check_lanes
from trainspec.dag.other_dags import other_dags
from trainspec.dag.plan import DagPlan, plan_dag
from trainspec.diagnostics import Diagnostic, Label, Span, codes, has_errors
from trainspec.language.meaning import in_one_order
from trainspec.language.validate import Validated, validate
from trainspec.options import Options
from trainspec.reporting.locate import has_gaps, is_missed, point, without_consequences
from trainspec.reporting.suppress import read_ignores, suppress
from trainspec.request.check import check
from trainspec.request.findings import diagnose
from trainspec.request.lower import Request, field_of, lower
from trainspec.rules.support.run import run_rules
from trainspec.rules.support.view import JobView, SpecView
from trainspec.templates.context import SAMPLES, Sample
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Path, dotted, find, key_span, mapping, to_say
from trainspec.text.typing import is_null

__all__ = ["Analysis", "Options", "Read", "analyse", "extended_files", "generate", "no_files", "plan"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of one file. `requests` holds each job's request by task id; a fragment has no DAG.

    `files` are the texts that the file is made of, its own and those that it extends, by name. `groups` holds the task
    ids of each matrix by its job's name, `bounds` how many of these may run at once. `variables` are the names that
    `--var` may give a value to. `secrets` are the places of what must not be shown, also where nothing is told of it.
    `ties` are for what only several files show.
    """

    source: Source
    findings: tuple[Diagnostic, ...]
    is_spec: bool = False
    dag_id: str = ""
    root: Mapping | None = None
    data: Map[str, Any] = field(default_factory=dict)
    requests: Map[str, Request] = field(default_factory=dict)
    groups: Map[str, tuple[str, ...]] = field(default_factory=dict)
    files: Map[str, Source] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    bounds: Map[str, int] = field(default_factory=dict)
    secrets: frozenset[Span] = frozenset()
    ties: Ties = field(default_factory=Ties)

    @property
    def name(self) -> str:
        """The file's name from the project's root."""
        return self.source.name

    @property
    def id_span(self) -> Span | None:
        """The place in the spec that stands for the DAG's id; None for what makes no DAG."""
        return id_place(self.root, self.source.name) if self.root is not None else None


def no_files(name: str) -> Source | Diagnostic:
    """For a text that stands alone: there is nothing to extend."""
    return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} cannot be read from here")


def analyse(source: Source, options: Options, read: Read = no_files) -> Analysis:
    """Everything up to the checks: all of a file's findings, and the requests as far as they can be told.

    `read` gives the files that others extend.
    """
    tree, findings = parse(source)
    if not isinstance(tree, Mapping):
        told = _spelled(_sorted([*findings, *_not_a_map(tree, source)]), {source.name: source})
        return Analysis(source, told, is_spec=has_errors(findings))
    extended = extend(source, tree, read)
    findings += extended.findings
    gaps = has_gaps(extended.findings)
    if tree.get("trainspec") is None:
        ignores, wrong = read_ignores(source, tree)
        told = _sorted(without_consequences([*findings, *_check_fragment(extended.root), *wrong]))
        told = _spelled(tuple(point(told, source.name, tree, extended.entries)), extended.sources)
        return Analysis(source, told, files=extended.sources, ties=Ties(ignores=frozenset(ignores)))
    own = None if has_errors(findings) else source.name
    default_id = PurePosixPath(source.name).stem
    composed = compose(extended.root, default_id, options.variables, options.environment, own)
    validated = validate(composed.root)
    validated = replace(validated, data=in_one_order(validated.data))
    jobs: Map[str, Any] = validated.data.get("jobs", {})
    requests = {name: lower(job) for name, job in jobs.items()}
    samples = {name: _samples(validated.data, name, composed.dag_id, options) for name in jobs}
    told_already = {(found.code, found.span) for found in validated.findings}
    findings += [
        *composed.findings,
        *validated.findings,
        *(each for each in _check_environments(extended.root) if (each.code, each.span) not in told_already),
        *_no_jobs(composed, validated.spoilt),
        *_check_requests(requests, composed.root, samples, validated.spoilt),
        *_check_dag(validated.data, composed, options),
        *(() if gaps else _check_rules(validated, requests, composed.root, samples)),
    ]
    others = [(each, extended.trees[name]) for name, each in extended.sources.items() if name != source.name]
    spoken_of = {found: dag_id for dag_id, found in _other_dags(validated.data, composed.root)}
    own_faults = without_consequences(findings, composed.findings, composed.holes)
    if gaps:
        own_faults = (found for found in own_faults if not is_missed(found))
    suppressed = suppress([*_sorted(own_faults, requests), *spoken_of], source, tree, others)
    told = tuple(point((f for f in suppressed.findings if f not in spoken_of), source.name, tree, extended.entries))
    told = _spelled(told, extended.sources)
    dags = tuple((spoken_of[found], found) for found in suppressed.findings if found in spoken_of)
    return Analysis(
        source,
        told,
        True,
        composed.dag_id,
        composed.root,
        validated.data,
        requests,
        composed.groups,
        extended.sources,
        composed.environments,
        composed.variables,
        composed.bounds,
        frozenset(found.secret for found in findings if found.secret),
        Ties(dags, frozenset(extended.sources), suppressed.used, is_whole=suppressed.is_whole),
    )


def extended_files(source: Source, read: Read) -> frozenset[str]:
    """The names of the files that `source` extends, also by way of others."""
    tree, _ = parse(source)
    files = extend(source, tree, read).sources if isinstance(tree, Mapping) else {}
    return frozenset(files) - {source.name}


def generate(analysis: Analysis, options: Options) -> str:
    """The DAG file (without its header) of an analysis that found no errors."""
    from trainspec.dag.emit import emit

    return emit(plan(analysis, options))


def plan(analysis: Analysis, options: Options) -> DagPlan:
    """The plan of the DAG of an analysis that found no errors. Raises ValueError for a fragment."""
    if analysis.root is None:
        raise ValueError("a file without a document has no DAG")
    requests = {name: request.members for name, request in analysis.requests.items()}
    major = MAJORS[options.airflow]
    return plan_dag(analysis.data, analysis.dag_id, requests, analysis.name, major, analysis.groups, analysis.bounds)


def _check_environments(root: Mapping) -> tuple[Diagnostic, ...]:
    """What is wrong with the patches of all environments, whichever is chosen, as far as they tell by themselves."""
    entry = root.entry("environments")
    if entry is None:
        return ()
    return validate(mapping((entry,), root.span)).findings


def _check_fragment(root: Mapping) -> Iterable[Diagnostic]:
    """What is wrong with a fragment whatever extends it: others may add what is missing, and null removes."""
    document = settled(root)
    assert isinstance(document, Mapping)  # noqa: S101  # a map stays one
    for found in validate(document).findings:
        if found.code is not codes.MISSING_KEY and not (found.code is codes.WRONG_TYPE and _is_empty(root, found)):
            yield found


def _is_empty(root: Node, found: Diagnostic) -> bool:
    """Whether what stands at a finding is null, or a key without a value."""
    if isinstance(root, Mapping):
        return any(_is_empty(entry.value, found) for entry in root.entries)
    return root.span == found.span and is_null(root)


def _samples(data: Map[str, Any], job: str, dag_id: str, options: Options) -> list[Sample]:
    """The imagined runs of a job's task that its templates are rendered for."""
    params = declared_params(data, data["jobs"][job])
    return [sample.of(dag_id, job, options.airflow, params) for sample in SAMPLES]


def _check_requests(
    requests: Map[str, Request], root: Mapping, samples: Map[str, Sequence[Sample]], spoilt: frozenset[Path]
) -> Iterable[Diagnostic]:
    for name, request in requests.items():
        job: Path = ("jobs", name)
        for refused in request.refusals:
            node = find(root, (*job, *refused.field))
            labels = (Label(node.via, "used here"),) if node.via else ()
            at = dotted((*job, *refused.field))
            yield Diagnostic(refused.code, node.span, refused.message, refused.advice, at, labels=labels)
        for fault in check(request.members, samples[name]):
            if not _was_told(fault.member, fault.what, request, job, spoilt):
                yield diagnose(fault, request, root, job)


def _was_told(member: Path, what: Any, request: Request, job: Path, spoilt: frozenset[Path]) -> bool:
    """Whether the language's schema has already said what is wrong at this member's field."""
    missing = what.limit if getattr(what, "constraint", "") == "required" else None
    if missing is not None:
        known = (*job, *(field_of((*member, missing)) or ()))
        origin = (*job, *request.origin(member))
        return any(path[: len(job)] == job and path in (known[: len(path)], origin[: len(path)]) for path in spoilt)
    where = (*job, *request.origin(member))
    too_few = getattr(what, "constraint", "").startswith("min_")
    return any(where[: len(path)] == path or (too_few and path[: len(where)] == where) for path in spoilt)


def _check_rules(
    validated: Validated, requests: Map[str, Request], root: Mapping, samples: Map[str, Sequence[Sample]]
) -> Iterable[Diagnostic]:
    dag = validated.data.get("dag", {})
    views = [
        JobView(
            name,
            validated.data["jobs"][name],
            request.members,
            dag,
            frozenset(str(path[2]) for path in validated.spoilt if path[:2] == ("jobs", name) and len(path) > 2),
            samples[name],
        )
        for name, request in requests.items()
        if ("jobs", name) not in validated.spoilt
    ]
    return run_rules(SpecView(validated.data, views), root, validated.spoilt)


def _check_dag(data: Map[str, Any], composed: Composed, options: Options) -> Iterable[Diagnostic]:
    root = composed.root
    sample = SAMPLES[0].of(composed.dag_id, "task", options.airflow)
    faults = (
        *check_arguments(data, MAJORS[options.airflow]),
        *check_dag(data, composed.groups, sample, options),
        *check_lanes(data, composed.groups, composed.bounds),
    )
    for fault in faults:
        node = find(root, fault.path)
        span = key_span(root, fault.path) if fault.on_key else node.span
        labels = [Label(node.via, "used here")] if node.via else []
        labels += [Label(key_span(root, fault.other), "the other one")] if fault.other else []
        at, fix = dotted(fault.path), to_say(node, fault.fix)
        yield Diagnostic(fault.code, span, fault.message, fault.advice, at, labels=tuple(labels), fix=fix)


def _other_dags(data: Map[str, Any], root: Mapping) -> Iterable[tuple[str, Diagnostic]]:
    """The ids of the other DAGs that a spec speaks of, each with the finding for where there is no such DAG."""
    for path, dag_id in other_dags(data):
        node = find(root, path)
        labels = (Label(node.via, "used here"),) if node.via else ()
        message = f"no spec of this project makes the DAG `{dag_id}`"
        yield dag_id, Diagnostic(codes.UNKNOWN_DAG, node.span, message, field=dotted(path), labels=labels)


def _no_jobs(composed: Composed, spoilt: frozenset[Path]) -> Iterable[Diagnostic]:
    root = composed.root
    jobs = root.get("jobs")
    if composed.groups:
        return  # a matrix without points has been told of
    if ("jobs",) not in spoilt and (jobs is None or (isinstance(jobs, Mapping) and not jobs.entries)):
        span = (
            key_span(root, ("jobs",)) if jobs is not None else root.entries[0].key.span if root.entries else root.span
        )
        yield Diagnostic(codes.MISSING_KEY, span, "the spec has no jobs", "add a job under `jobs`", "jobs")


def _not_a_map(tree: Node | None, source: Source) -> Iterable[Diagnostic]:
    if tree is not None:
        yield Diagnostic(codes.NOT_A_SPEC, tree.span, "a spec is a map, and this is none", "begin with `trainspec: 1`")


def _spelled(findings: tuple[Diagnostic, ...], sources: Map[str, Source]) -> tuple[Diagnostic, ...]:
    if not any(found.fix for found in findings):
        return findings
    from trainspec.text.spelling import spelled

    return spelled(findings, sources)


def _sorted(findings: Iterable[Diagnostic], jobs: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
    """The findings in order of their places; one that several jobs share through their defaults is told once."""
    known = frozenset(jobs)
    once: dict[object, Diagnostic] = {}
    for found in sorted(findings, key=lambda found: found.field or ""):
        in_job = _field_in_job(found.field or "", known)
        once.setdefault((found.code.id, found.span, in_job or found.message, found.member), found)
    return tuple(sorted(once.values(), key=Diagnostic.sort_key))


def _field_in_job(name: str, jobs: frozenset[str]) -> str | None:
    """The part of a field's dotted path below its job, whose name may hold dots, too."""
    if not name.startswith("jobs."):
        return None
    rest = name.removeprefix("jobs.")
    ends = [end for end, sign in enumerate(rest) if sign in ".["]
    end = next((end for end in reversed(ends) if rest[:end] in jobs), ends[0] if ends else len(rest))
    return f"jobs{rest[end:]}"
