"""The compiler: a spec's text in, its findings, requests and DAG file out.

`parse → extend → compose → validate → lower → check → settle`, and from there `plan → emit`; each pass is a function
in its own package.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trainspec.compose import Composed, Read, compose, extend, settled
from trainspec.compose.dag_id import id_place
from trainspec.crossfile.facts import FileFacts
from trainspec.dag.airflow import MINORS
from trainspec.dag.checks.params import samples_of
from trainspec.dag.checks.run import check_dag
from trainspec.dag.other_dags import unknown_dags
from trainspec.diagnostics import Diagnostic, Span, codes, has_errors
from trainspec.language.checks import check_environments, check_fragment, check_is_map, check_jobs
from trainspec.language.meaning import in_one_order
from trainspec.language.validate import Validated, validate
from trainspec.options import Options
from trainspec.packing.jobs import Folders, Packed, Watched, pack_sources, with_archive
from trainspec.reporting.locate import has_gaps
from trainspec.reporting.select import Selection
from trainspec.reporting.settle import File, Settled, settle, settle_fragment, settle_unread
from trainspec.request.findings import check_requests
from trainspec.request.lower import Request, image_of, is_algorithm, lower
from trainspec.rules.support.foreign import check_foreign
from trainspec.rules.support.run import run_rules
from trainspec.safety.budget import OutOfBudgetError, budget, spend
from trainspec.templates.choices import Choice
from trainspec.text.fault import placed
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, key_span

if TYPE_CHECKING:
    from trainspec.dag.model import DagPlan
    from trainspec.language.data import SpecData
    from trainspec.packing.source import Source as PackedSource

__all__ = ["Analysis", "Options", "Read", "analyse", "extended_files", "generate", "no_files", "plan"]

ALL = Selection()
_CHARACTERS_A_STEP, _STEPS_OF_NODE, _STEPS_OF_ENVIRONMENT = 10, 8, 50
"""A spec is analyzed once for each environment and each combination of `for_each`; all of them share its budget."""
_TOO_MUCH = "checking this file takes more work than any spec: nothing is reported of its contents"
_LESS = "split it, or look for names, templates or aliases that multiply"


def _no_data() -> "SpecData":
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(FileFacts):
    """What is known about one file: in addition to its facts, everything that a DAG file is made of.

    `root` is the composed document, None for a fragment, `data` what the schema accepted of it. `requests` has each
    job's request by task id, `sources` the packed folder of each job that has one. `groups` has the task ids of each
    matrix by its job's name, `bounds` how many of these may run at once; `choices` are the tasks that choose the best
    point of a matrix. `files` are the texts that it is made of, by name; `watched` what else on the disk, if known.
    """

    source: Source
    root: Mapping | None = None
    data: "SpecData" = field(default_factory=_no_data)
    requests: Map[str, Request] = field(default_factory=dict)
    sources: "Map[str, PackedSource]" = field(default_factory=dict)
    groups: Map[str, tuple[str, ...]] = field(default_factory=dict)
    bounds: Map[str, int] = field(default_factory=dict)
    choices: Map[str, Choice] = field(default_factory=dict)
    files: Map[str, Source] = field(default_factory=dict)
    watched: Watched | None = None


def no_files(name: str) -> Source | Diagnostic:
    """For a single text: there is nothing to extend."""
    return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} cannot be read from here")


def analyse(
    source: Source,
    options: Options,
    read: Read = no_files,
    selection: Selection = ALL,
    folders: Folders | None = None,
) -> Analysis:
    """Everything up to the checks: all of a file's findings, and the requests as far as they can be made.

    `read` returns the files that others extend; `selection` says which findings are reported; `folders` are those with
    the code of jobs, None for a single text. If the file takes more work than any spec, that is its only finding.
    """
    try:
        with budget(source.name):
            spend(len(source.text) // _CHARACTERS_A_STEP)
            return _analyse(source, options, read, selection, folders)
    except OutOfBudgetError:
        found = Diagnostic(codes.TOO_MUCH_WORK, Span(source.name, 1, 1, 1, 1), _TOO_MUCH, _LESS)
        return Analysis(name=source.name, findings=(found,), is_spec=True, source=source)


def _analyse(source: Source, options: Options, read: Read, selection: Selection, folders: Folders | None) -> Analysis:
    tree, parsed = _parsed(source)
    spend(_STEPS_OF_NODE * (tree.size if tree is not None else 1))
    if not isinstance(tree, Mapping):
        return _without_document(source, tree, parsed, selection)
    file = File(source, tree, extend(source, tree, read))
    if tree.get("trainspec") is None:
        return _policy(source) if _is_policy(tree) else _fragment(file, parsed, selection)
    written = [*parsed, *file.extended.findings]
    composed = _composed(file, written, options)
    spend(_STEPS_OF_ENVIRONMENT * len(composed.environments))
    validated = validate(composed.root)
    validated = validated._replace(data=in_one_order(validated.data))
    jobs = validated.data.get("jobs", {})
    packed = pack_sources(jobs, composed.root, folders)
    requests = {name: lower(with_archive(job, packed.sources.get(name))) for name, job in jobs.items()}
    checked = [*_check(file, composed, validated, requests, options)]
    checked += _check_policies(file, composed, validated, requests, options, selection)
    findings = [*written, *composed.findings, *validated.findings, *packed.findings, *checked]
    references = unknown_dags(validated.data, composed.root)
    reported = settle(findings, references, file, composed, requests, selection)
    return replace(_analysis(file, composed, validated, packed, requests, reported), combination=options.combination)


@lru_cache(maxsize=1)
def _parsed(source: Source) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The tree of a text, kept for the next environment that it is analyzed in."""
    tree, findings = parse(source)
    return tree, tuple(findings)


def _composed(file: File, written: Sequence[Diagnostic], options: Options) -> Composed:
    """The document of a spec. What it does not use is only reported if what is `written` could be read."""
    own_name = None if has_errors(written) else file.source.name
    return compose(file.extended.root, PurePosixPath(file.source.name).stem, options, own_name, image_of, is_algorithm)


def _check_other_requests(data: "SpecData", root: Mapping, dag_id: str, options: Options) -> Iterator[Diagnostic]:
    if data.get("tasks"):
        from trainspec.request.other import check_other_requests

        samples = samples_of(data, dag_id, options.airflow, "tasks")
        yield from (placed(fault, root) for fault in check_other_requests(data, samples))


def _check(
    file: File, composed: Composed, validated: Validated, requests: Map[str, Request], options: Options
) -> Iterator[Diagnostic]:
    """All checks of a composed document, each in its stage's own room."""
    root, data, invalid = composed.root, validated.data, validated.invalid
    samples = samples_of(data, composed.dag_id, options.airflow)
    yield from check_environments(file.extended.root, validated.findings)
    yield from check_jobs(root, composed.groups, invalid)
    yield from check_requests(requests, root, samples, invalid)
    yield from _check_other_requests(data, root, composed.dag_id, options)
    yield from check_dag(data, root, composed.dag_id, composed.groups, composed.bounds, options)
    yield from (placed(fault, root) for fault in check_foreign(data, options))
    if not has_gaps(file.extended.findings):
        yield from run_rules(data, requests, root, samples, invalid)


def _check_policies(
    file: File,
    composed: Composed,
    validated: Validated,
    requests: Map[str, Request],
    options: Options,
    selection: Selection,
) -> Iterator[Diagnostic]:
    """What the rules of the project's organization find."""
    if selection.policies is None or has_gaps(file.extended.findings):
        return
    from trainspec.policies.check import run_policies
    from trainspec.policies.document import Document

    yield from run_policies(
        selection.policies,
        Document(
            name=file.source.name,
            dag_id=composed.dag_id,
            environment=options.environment,
            region=options.region,
            data=validated.data,
            requests=requests,
            root=composed.root,
            written=file.extended.root,
            groups=composed.groups,
            samples=samples_of(validated.data, composed.dag_id, options.airflow),
            task_samples=samples_of(validated.data, composed.dag_id, options.airflow, "tasks"),
            invalid=validated.invalid,
        ),
    )


def _analysis(
    file: File,
    composed: Composed,
    validated: Validated,
    packed: Packed,
    requests: Map[str, Request],
    reported: Settled,
) -> Analysis:
    return Analysis(
        name=file.source.name,
        findings=reported.findings,
        is_spec=True,
        dag_id=composed.dag_id,
        id_span=id_place(composed.root, file.source.name),
        environments=composed.environments,
        combinations=composed.combinations,
        variables=composed.variables,
        secrets=reported.secrets,
        references=reported.references,
        made_of=frozenset(file.extended.sources),
        used_ignores=reported.used_ignores,
        is_whole=reported.is_whole,
        source=file.source,
        root=composed.root,
        data=validated.data,
        requests=requests,
        sources=packed.sources,
        packs=packed.has_folders,
        watched=packed.watched,
        groups=composed.groups,
        bounds=composed.bounds,
        choices=composed.choices,
        files=file.extended.sources,
    )


def _without_document(
    source: Source, tree: Node | None, parsed: Sequence[Diagnostic], selection: Selection
) -> Analysis:
    """What is known about a text that is not a map."""
    reported = settle_unread([*parsed, *check_is_map(tree, parsed, source.name)], source, selection)
    return Analysis(name=source.name, findings=reported.findings, is_spec=has_errors(parsed), source=source)


def _fragment(file: File, parsed: Sequence[Diagnostic], selection: Selection) -> Analysis:
    """What is known of a file for others to extend."""
    findings = [*parsed, *file.extended.findings, *check_fragment(file.extended.root, settled(file.extended.root))]
    reported = settle_fragment(findings, file, selection)
    return Analysis(
        name=file.source.name,
        findings=reported.findings,
        own_ignores=reported.own_ignores,
        jobs_span=key_span(file.tree, ("jobs",)) if file.tree.get("jobs") is not None else None,
        source=file.source,
        files=file.extended.sources,
    )


def _is_policy(tree: Mapping) -> bool:
    if tree.get("must") is None:
        return False
    from trainspec.policies.model import is_policy

    return is_policy(tree)


def _policy(source: Source) -> Analysis:
    """What is known about a rule of an organization: what is wrong with it. Nothing silences that."""
    from trainspec.policies.read import read_policy

    _, found = read_policy(source, "")
    return Analysis(name=source.name, findings=tuple(found), is_policy=True, source=source)


def extended_files(source: Source, read: Read) -> frozenset[str]:
    """The names of the files that `source` extends, also by way of others."""
    tree, _ = parse(source)
    files = extend(source, tree, read).sources if isinstance(tree, Mapping) else {}
    return frozenset(files) - {source.name}


def generate(analysis: Analysis, options: Options) -> str:
    """The DAG file (without its header) of an analysis that found no errors."""
    from trainspec.dag.emit import emit

    return emit(plan(analysis, options))


def plan(analysis: Analysis, options: Options) -> "DagPlan":
    """The plan of the DAG of an analysis that found no errors. Raises ValueError for a fragment."""
    if analysis.root is None:
        raise ValueError("a file without a document has no DAG")
    from trainspec.dag.best import with_points
    from trainspec.dag.plan import plan_dag

    requests = {name: request.members for name, request in analysis.requests.items()}
    airflow, own, groups = MINORS[options.airflow], options.own_operators, analysis.groups
    data = with_points(analysis.data, groups, analysis.choices, requests)
    return plan_dag(data, analysis.dag_id, requests, analysis.name, airflow, groups, analysis.bounds, own)
