"""Run by Airflow's Python: loads many DAG files from one process, which forks for each, as its DAG processor does.

ARCHIVE FOLDER OUTPUT. For each file of FOLDER, OUTPUT gets what Airflow holds (`.truth`), and what the program in
ARCHIVE, which `import --load` hands to Airflow's Python, finds (`.found`, `.found.later`).
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_WARM = ("airflow.providers.amazon.aws.operators.sagemaker", "airflow.providers.amazon.aws.sensors.s3")


def _truth(file: Path, output: Path) -> None:
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
        found[name] = {
            "edges": {task.task_id: sorted(task.upstream_task_ids) for task in tasks},
            "lines": {key: sorted(set(value)) for key, value in lines.items()},
            "configs": {each.task_id: each.config for each in tasks if isinstance(getattr(each, "config", None), dict)},
            "mapped": {task.task_id: list(_mapped_configs(task)) for task in tasks if task.is_mapped},
        }
    errors = [str(each) for each in bag.import_errors.values()]
    output.write_text(json.dumps({"dags": found, "errors": errors}))


def _mapped_configs(task: Any) -> Iterator[Any]:
    """The config of each task instance of a mapped task, as Airflow's own expansion gives it when it runs."""
    given = task.expand_input.value
    size = prod(map(len, given.values())) if isinstance(given, dict) else len(given)
    for index in range(size):
        resolved, _ = task.expand_input.resolve({"ti": SimpleNamespace(map_index=index)})
        yield {**task.partial_kwargs, **resolved}["config"]


def _watch_edges(file: str, lines: dict[str, list[int]]) -> None:
    """Note at which lines of the file, callers included, tasks are linked: `a to b`."""
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


def main(archive: str, folder: str, output: str) -> None:
    """Load every file."""
    sys.path[:0] = [archive, folder]
    read = importlib.import_module("trainspec_inside.read").main
    for module in _WARM:
        importlib.import_module(module)
    gc.freeze()  # what is shared with the forks stays shared
    for file in sorted(Path(folder).glob("random_*.py")):
        if file.name != "random_helpers.py":
            _in_a_fork(partial(_truth, file, Path(output, f"{file.stem}.truth")))
            _in_a_fork(partial(read, str(file), f"{output}/{file.stem}.found"))


if __name__ == "__main__":
    main(*sys.argv[1:])
