"""The compiler: a spec's text in, its findings, requests and DAG file out.

`parse → compose → validate → lower → check → model → plan → emit`; each stage is a function of its own module.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from trainspec.compose import compose
from trainspec.dag.airflow import DEFAULT_MAJOR, MAJORS
from trainspec.dag.checks import check_dag
from trainspec.diagnostics import Diagnostic, Label, codes, has_errors
from trainspec.language.validate import Validated, validate
from trainspec.request.check import check
from trainspec.request.findings import diagnose
from trainspec.request.lower import Request, field_of, lower
from trainspec.rules.run import run_rules
from trainspec.rules.view import JobView, SpecView
from trainspec.suppression import suppress
from trainspec.templates.context import SAMPLES
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Path, dotted, find, key_span


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for, beside the specs: `--var` and `--airflow`."""

    variables: Map[str, str] = field(default_factory=dict)
    airflow: int = DEFAULT_MAJOR


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of one file. `requests` holds each job's request by task id; a fragment has no DAG."""

    source: Source
    findings: tuple[Diagnostic, ...]
    is_spec: bool = False
    dag_id: str = ""
    root: Mapping | None = None
    data: Map[str, Any] = field(default_factory=dict)
    requests: Map[str, Request] = field(default_factory=dict)


def analyse(source: Source, options: Options) -> Analysis:
    """Everything up to the checks: all of a file's findings, and the requests as far as they can be told."""
    tree, findings = parse(source)
    if not isinstance(tree, Mapping):
        return Analysis(source, _sorted([*findings, *_not_a_map(tree, source)]), is_spec=has_errors(findings))
    if tree.get("trainspec") is None:
        return Analysis(source, _sorted([*findings, *validate(tree).findings]))
    composed = compose(tree, PurePosixPath(source.name).stem, options.variables)
    validated = validate(composed.root)
    jobs: Map[str, Any] = validated.data.get("jobs", {})
    requests = {name: lower(job) for name, job in jobs.items()}
    findings += [
        *composed.findings,
        *validated.findings,
        *_no_jobs(composed.root, validated.spoilt),
        *_check_requests(requests, composed.root, composed.dag_id, options, validated.spoilt),
        *_check_dag(validated.data, composed.root),
        *_check_rules(validated, requests, composed.root, composed.dag_id, options),
    ]
    told = suppress(_sorted(findings), source, tree)
    return Analysis(source, told, True, composed.dag_id, composed.root, validated.data, requests)


def generate(analysis: Analysis, options: Options) -> str:
    """The DAG file (without its header) of an analysis that found no errors."""
    from trainspec.dag.emit import emit
    from trainspec.dag.plan import plan_dag
    from trainspec.language.spec import Spec

    if analysis.root is None:
        raise ValueError("a file without a document has no DAG")
    spec = Spec.model_validate(analysis.data)
    requests = {name: request.members for name, request in analysis.requests.items()}
    spans = {name: key_span(analysis.root, ("jobs", name)) for name in requests}
    return emit(plan_dag(spec, analysis.dag_id, requests, spans, MAJORS[options.airflow]))


def _check_requests(
    requests: Map[str, Request], root: Mapping, dag_id: str, options: Options, spoilt: frozenset[Path]
) -> Iterable[Diagnostic]:
    for name, request in requests.items():
        job: Path = ("jobs", name)
        for refused in request.refusals:
            node = find(root, (*job, *refused.field))
            labels = (Label(node.via, "used here"),) if node.via else ()
            at = dotted((*job, *refused.field))
            yield Diagnostic(refused.code, node.span, refused.message, refused.advice, at, labels=labels)
        samples = [sample.of(dag_id, name, options.airflow) for sample in SAMPLES]
        for fault in check(request.members, samples):
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
    validated: Validated, requests: Map[str, Request], root: Mapping, dag_id: str, options: Options
) -> Iterable[Diagnostic]:
    dag = validated.data.get("dag", {})
    views = [
        JobView(
            name,
            validated.data["jobs"][name],
            request.members,
            dag,
            frozenset(str(path[2]) for path in validated.spoilt if path[:2] == ("jobs", name) and len(path) > 2),
            [sample.of(dag_id, name, options.airflow) for sample in SAMPLES],
        )
        for name, request in requests.items()
        if ("jobs", name) not in validated.spoilt
    ]
    return run_rules(SpecView(validated.data, views), root)


def _check_dag(data: Map[str, Any], root: Mapping) -> Iterable[Diagnostic]:
    for fault in check_dag(data):
        node = find(root, fault.path)
        labels = (Label(node.via, "used here"),) if node.via else ()
        field_name = ".".join(map(str, fault.path))
        yield Diagnostic(fault.code, node.span, fault.message, fault.advice, field_name, labels=labels)


def _no_jobs(root: Mapping, spoilt: frozenset[Path]) -> Iterable[Diagnostic]:
    jobs = root.get("jobs")
    if ("jobs",) not in spoilt and (jobs is None or (isinstance(jobs, Mapping) and not jobs.entries)):
        span = key_span(root, ("jobs",)) if jobs is not None else root.entries[0].key.span
        yield Diagnostic(codes.MISSING_KEY, span, "the spec has no jobs", "add a job under `jobs`", "jobs")


def _not_a_map(tree: Node | None, source: Source) -> Iterable[Diagnostic]:
    if tree is not None:
        yield Diagnostic(codes.NOT_A_SPEC, tree.span, "a spec is a map, and this is none", "begin with `trainspec: 1`")


def _sorted(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings in order of their places; one that several jobs share through their defaults is told once."""
    once: dict[object, Diagnostic] = {}
    for found in sorted(findings, key=lambda found: found.field or ""):
        in_job = (found.field or "").split(".", 2)[2:] if (found.field or "").startswith("jobs.") else found.message
        once.setdefault((found.code.id, found.span, str(in_job), found.member), found)
    return tuple(sorted(once.values(), key=Diagnostic.sort_key))
