"""Run by Airflow's Python: loads many DAG files from one process, which forks for each, as its DAG processor does.

ARCHIVE FOLDER OUTPUT. For each file of FOLDER, OUTPUT gets what Airflow holds (`.truth`), and what the program in
ARCHIVE, which `import --load` hands to Airflow's Python, finds (`.found`, `.found.later`).
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

_WARM = ("airflow.providers.amazon.aws.operators.sagemaker", "airflow.providers.amazon.aws.sensors.s3")


def _truth(file: Path, output: Path) -> None:
    try:
        bag_class = importlib.import_module("airflow.dag_processing.dagbag").DagBag
    except ImportError:
        bag_class = importlib.import_module("airflow.models.dagbag").DagBag
    bag = bag_class(str(file), safe_mode=False)
    found: dict[str, Any] = {}
    for name, dag in bag.dags.items():
        tasks = dag.task_dict.values()
        found[name] = {
            "edges": {task.task_id: sorted(task.upstream_task_ids) for task in tasks},
            "configs": {each.task_id: each.config for each in tasks if isinstance(getattr(each, "config", None), dict)},
            "mapped": [task.task_id for task in tasks if task.is_mapped],
        }
    errors = [str(each) for each in bag.import_errors.values()]
    output.write_text(json.dumps({"dags": found, "errors": errors}))


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
