"""All checks of a DAG: what Airflow would reject, at the nodes that it concerns."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from typing import TYPE_CHECKING

from trainspec.dag.airflow import MINORS
from trainspec.dag.checks.allowed import check_allowed
from trainspec.dag.checks.arguments import check_arguments
from trainspec.dag.checks.dependencies import check_dependencies
from trainspec.dag.checks.doubtful import check_doubtful
from trainspec.dag.checks.operators import check_operators
from trainspec.dag.checks.other_tasks import check_other_tasks
from trainspec.dag.checks.reads import check_reads
from trainspec.dag.checks.task_groups import check_task_groups
from trainspec.dag.checks.templates import check_templates
from trainspec.dag.checks.triggers import check_triggers
from trainspec.dag.max_parallel import check_lanes
from trainspec.dag.sections import sections
from trainspec.diagnostics import Diagnostic, codes
from trainspec.options import Options
from trainspec.templates import SAMPLES
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Mapping, Path, Scalar, find

if TYPE_CHECKING:
    from trainspec.language.data import SpecData


def check_dag(
    data: "SpecData",
    root: Mapping,
    dag_id: str,
    groups: Map[str, Sequence[str]],
    bounds: Map[str, int],
    options: Options,
) -> Iterator[Diagnostic]:
    """Everything that Airflow would reject in the validated `data` of a spec, whose composed document is `root`.

    `groups` has the jobs of each matrix, `bounds` how many of them may run at once. `options` say for which minor
    the DAG is, and which operators and callbacks the project allows.
    """
    for fault in _faults(data, dag_id, groups, bounds, options):
        if fault.code is not codes.UNKNOWN_JOB or not _is_written(fault.path, root):
            yield placed(fault, root)


def _is_written(path: Path, root: Mapping) -> bool:
    """Whether the task that `path` names is in the document, though its fields, or all of its section, are invalid."""
    named = find(root, path)
    for section, _ in sections({}):
        tasks = root.get(section)
        if isinstance(tasks, Mapping):
            if isinstance(named, Scalar) and tasks.entry(named.text):
                return True
        elif tasks is not None:
            return True
    return False


def _faults(
    data: "SpecData", dag_id: str, groups: Map[str, Sequence[str]], bounds: Map[str, int], options: Options
) -> Iterator[Fault]:
    yield from check_arguments(data, MINORS[options.airflow])
    yield from check_doubtful(data, MINORS[options.airflow])
    yield from check_other_tasks(data)
    yield from check_operators(data, options)
    yield from check_triggers(data)
    yield from check_allowed(data, options)
    yield from check_templates(data, SAMPLES[0].of(dag_id, "task", options.airflow), options)
    yield from check_dependencies(data, groups)
    yield from check_reads(data, groups, options.airflow)
    yield from check_lanes(data, groups, bounds)
    yield from check_task_groups(data, groups, bounds)
