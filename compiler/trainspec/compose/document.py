"""From the tree of a file to the composed document: defaults under every job, variables put in."""

from collections.abc import Mapping as Map
from dataclasses import dataclass

from trainspec.compose.merge import merge
from trainspec.compose.variables import Variables, leaves
from trainspec.diagnostics import Diagnostic, Span
from trainspec.text.parse import MAX_NODES
from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping
from trainspec.text.typing import is_null


@dataclass(frozen=True, slots=True)
class Composed:
    """A document with nothing left to resolve: `dag` and the jobs in full, without `defaults`."""

    root: Mapping
    dag_id: str
    findings: tuple[Diagnostic, ...]


def compose(root: Mapping, default_id: str, overrides: Map[str, str]) -> Composed:
    """The composed document of the spec `root`.

    `default_id` is the DAG's id where the spec gives none, `overrides` the values of `--var NAME=VALUE`.
    """
    given = {f"vars.{name}": Scalar(value, _command_line()) for name, value in overrides.items()}
    written = dict(leaves("vars", root.get("vars")))
    variables = Variables({**written, **given, "dag.id": _dag_id(root, default_id)})
    dag = root.entry("dag")
    entries = [
        Entry(
            entry.key,
            _compose_jobs(entry.value, root.get("defaults"), variables)
            if entry.key.text == "jobs"
            else variables.resolve(entry.value)
            if entry is dag
            else entry.value,
        )
        for entry in root.entries
        if entry.key.text != "defaults" or not isinstance(entry.value, Mapping)
    ]
    composed = mapping(tuple(entries), root.span)
    identity = variables.resolve(_dag_id(root, default_id))
    dag_id = identity.text if isinstance(identity, Scalar) else default_id
    return Composed(composed, dag_id, tuple(variables.findings))


def _compose_jobs(jobs: Node, defaults: Node | None, variables: Variables) -> Node:
    if not isinstance(jobs, Mapping):
        return jobs
    base = defaults if isinstance(defaults, Mapping) else None
    entries: list[Entry] = []
    size = 0
    for entry in jobs.entries:
        scope = variables.scoped({"job.id": Scalar(entry.key.text, entry.key.span)})
        entries.append(Entry(entry.key, scope.resolve(merge(base, entry.value))))
        size += entries[-1].value.size
        if size > MAX_NODES:
            return variables.too_large(entry.key.span, f"more than {MAX_NODES:,} values, defaults and variables put in")
    return mapping(tuple(entries), jobs.span)


def _dag_id(root: Mapping, default_id: str) -> Scalar:
    dag = root.get("dag")
    written = dag.get("id") if isinstance(dag, Mapping) else None
    if isinstance(written, Scalar) and not is_null(written):
        return written
    return Scalar(default_id, root.span, plain=False)


def _command_line() -> Span:
    return Span("--var", 1, 1, 1, 1)
