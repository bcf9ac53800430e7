"""Run by Airflow's Python: loads many DAG files in one process, which forks for each, as Airflow's DAG processor does.

ARCHIVE FOLDER OUTPUT [WHAT]... For each file of FOLDER except helpers, OUTPUT gets what Airflow has (`.truth`), and
what the program in ARCHIVE, which `import --load` runs with Airflow's Python, finds (`.found`, `.found.later`): both,
or one of them, if WHAT is `truth` or `found`.
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum
from functools import partial
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_WARM = (
    "airflow.dag_processing.dagbag",
    "airflow.models.dagbag",
    "airflow.providers.standard.operators.bash",
    "airflow.providers.standard.operators.empty",
    "airflow.providers.standard.operators.python",
    "airflow.providers.amazon.aws.operators.sagemaker",
    "airflow.providers.amazon.aws.sensors.s3",
    "trainspec.runtime.operator",
)


def _truth(file: Path, output: Path) -> None:
    sys.path.insert(0, str(file.parent))
    try:
        bag_class = importlib.import_module("airflow.dag_processing.dagbag").DagBag
    except ImportError:
        bag_class = importlib.import_module("airflow.models.dagbag").DagBag
    lines: dict[str, list[int]] = {}
    _watch_edges(str(file), lines)
    bag = bag_class(str(file), safe_mode=False)
    found: dict[str, Any] = {}
    for name, dag in bag.dags.items():
        tasks = dag.task_dict.values()
        unmapped = {task.task_id: list(_unmapped(task)) for task in tasks if task.is_mapped}
        found[name] = {
            "edges": {task.task_id: sorted(task.upstream_task_ids) for task in tasks},
            "lines": {key: sorted(set(value)) for key, value in lines.items()},
            "configs": {each.task_id: each.config for each in tasks if isinstance(getattr(each, "config", None), dict)},
            "groups": {task.task_id: _names_around(task.task_group) for task in tasks},
            "arguments": {"": _arguments(dag, _OF_DAG), **{task.task_id: _arguments(task, _OF_TASK) for task in tasks}},
            "mapped": {name: [each.config for each in made] for name, made in unmapped.items()},
            "mapped_arguments": {
                name: [_arguments(each, _OF_TASK) for each in made] for name, made in unmapped.items()
            },
        }
    errors = [str(each) for each in bag.import_errors.values()]
    output.write_text(json.dumps({"dags": found, "errors": errors}))


def _names_around(group: Any) -> list[str]:
    """The ids of a group and of the groups that contain it, outermost first, each as in the file."""
    return [*_names_around(group.parent_group), group._group_id] if group is not None and group._group_id else []


_OF_TASK = (
    "aws_conn_id", "check_interval", "depends_on_past", "do_xcom_push", "email", "email_on_failure", "email_on_retry",
    "end_date", "execution_timeout", "executor", "executor_config", "max_active_tis_per_dag",
    "max_active_tis_per_dagrun", "max_retry_delay", "on_execute_callback", "on_failure_callback",
    "on_retry_callback", "on_success_callback", "outlets", "owner", "pool", "pool_slots", "params",
    "print_log", "priority_weight", "queue", "region_name", "retries", "retry_delay", "retry_exponential_backoff",
    "run_as_user", "start_date", "task_display_name", "trigger_rule", "wait_for_completion", "wait_for_downstream",
    "weight_rule", "doc_rst", "inlets",
)  # fmt: skip
_OF_DAG = (
    "access_control", "catchup", "dag_display_name", "dagrun_timeout", "description", "doc_md", "end_date",
    "fail_fast", "is_paused_upon_creation", "max_active_runs", "max_active_tasks",
    "max_consecutive_failed_dag_runs", "on_failure_callback", "on_success_callback", "owner_links", "params",
    "render_template_as_native_obj", "schedule", "start_date", "tags", "template_searchpath",
)  # fmt: skip


def _arguments(of: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The arguments of a DAG or a task in Airflow."""
    found = {name: _plain(getattr(of, name, None)) for name in names}
    if isinstance(calls := found["on_failure_callback"], list):
        found["on_failure_callback"] = [each for each in calls if "stop_left_over" not in each]  # our own, at each job
    return found


def _plain(value: Any) -> Any:
    """A value as JSON: values that are equal to Airflow are equal there."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, datetime):
        return {"moment": value.astimezone(timezone.utc).isoformat()}
    if hasattr(value, "dump") and not isinstance(value, type):
        return {"dump": _plain(value.dump())}
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if type(value).__name__ in ("Asset", "AssetUniqueKey"):
        return f"{value.name} at {value.uri}"
    return type(value).__name__


def _unmapped(task: Any) -> Iterator[Any]:
    """The operator of each task instance of a mapped task, as Airflow's own expansion creates it at run time."""
    given = task.expand_input.value
    size = prod(map(len, given.values())) if isinstance(given, dict) else len(given)
    for index in range(size):
        resolved, _ = task.expand_input.resolve({"ti": SimpleNamespace(map_index=index)})
        yield task.unmap(resolved)


def _watch_edges(file: str, lines: dict[str, list[int]]) -> None:
    """Record at which lines of the file, including callers, tasks are linked: `a to b`."""
    node_class = importlib.import_module("airflow.sdk.definitions._internal.node").DAGNode
    link = node_class._set_relatives

    def linked(self: Any, given: Any, upstream: bool = False, *more: Any, **named: Any) -> Any:
        before = {task.node_id: set(task.upstream_task_ids) for task in _tasks_of(self)}
        made = link(self, given, upstream, *more, **named)
        frame, places = sys._getframe(1), []
        while frame is not None:
            if frame.f_code.co_filename == file:
                places.append(frame.f_lineno)
            frame = frame.f_back  # type: ignore[assignment]
        for task in _tasks_of(self):
            for other in set(task.upstream_task_ids) - before.get(task.node_id, set()):
                lines.setdefault(f"{other} to {task.node_id}", []).extend(places)
        return made

    node_class._set_relatives = linked


def _tasks_of(node: Any) -> list[Any]:
    dag = getattr(node, "dag", None)
    return list(dag.task_dict.values()) if dag is not None else []


def _in_a_fork(work: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def main(archive: str, folder: str, output: str, *what: str) -> None:
    """Load every file."""
    sys.path.insert(0, archive)
    read = importlib.import_module("trainspec_inside.read").main
    for module in _WARM:
        with suppress(ImportError):  # of another major
            importlib.import_module(module)
    gc.freeze()  # memory shared with the forks stays shared
    for file in sorted(Path(folder).glob("*.py")):
        if file.stem.endswith("_helpers"):
            continue
        if "truth" in (what or ["truth"]):
            _in_a_fork(partial(_truth, file, Path(output, f"{file.stem}.truth")))
        if "found" in (what or ["found"]):
            _in_a_fork(partial(read, str(file), f"{output}/{file.stem}.found"))


if __name__ == "__main__":
    main(*sys.argv[1:])
