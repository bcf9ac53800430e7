"""The other DAGs that a spec refers to: those that it starts, and those whose runs it waits for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag.sections import sections
from trainspec.diagnostics import Diagnostic, codes
from trainspec.templates import has_template
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Node, Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_FIELDS = (
    ("sensors", ("dag",)),
    ("triggers", ("dag",)),
    ("tasks", ("arguments", "trigger_dag_id")),  # TriggerDagRunOperator
    ("tasks", ("arguments", "external_dag_id")),  # ExternalTaskSensor
)
"""Where the ids of other DAGs are: the section, and the field of each of its tasks."""


def other_dags(data: "SpecData") -> Iterator[tuple[Path, str]]:
    """The ids in the validated `data` of a spec, each with its place; none that is known only when the task runs."""
    tasks = dict(sections(data))
    for section, field in _FIELDS:
        for name, task in tasks[section].items():
            found: Any = task
            for step in field:
                found = found.get(step) if isinstance(found, Mapping) else None
            if isinstance(found, str) and not has_template(found):
                yield (section, name, *field), found


def unknown_dags(data: "SpecData", root: Node) -> Iterator[tuple[str, Diagnostic]]:
    """The ids of the other DAGs, each with the finding for the case that there is no such DAG."""
    for path, dag_id in other_dags(data):
        yield (
            dag_id,
            placed(Fault(codes.UNKNOWN_DAG, path, f"no spec of this project defines the DAG `{dag_id}`"), root),
        )
