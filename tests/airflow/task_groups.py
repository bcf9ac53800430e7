"""Runs inside Airflow's own interpreter: `task_groups.py FOLDER` prints the task groups of the folder's only DAG.

A JSON line: `groups`, the ids of the groups that contain each task; `serialized`, the same in the form that the
scheduler stores; `labels`, the displayed name of each group; `errors`, why a file could not be loaded.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any


def bag_of(folder: str) -> Any:
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 2
        from airflow.models.dagbag import DagBag
    return DagBag(folder)


def kept(dag: Any) -> Any:
    """The DAG as the scheduler has it: serialized, and read back."""
    from airflow.serialization import serialized_objects

    serialization = getattr(serialized_objects, "DagSerialization", None) or serialized_objects.SerializedDAG
    return serialization.from_dict(json.loads(json.dumps(serialization.to_dict(dag))))


def paths(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ids of the groups that contain each task in `group`."""
    for name, child in group.children.items():
        if hasattr(child, "children"):
            yield from paths(child, (*above, name))
        else:
            yield name, above


def main(folder: str) -> None:
    bag = bag_of(folder)
    found: dict[str, Any] = {"errors": bag.import_errors}
    for dag in bag.dags.values():
        found["groups"] = dict(paths(dag.task_group))
        found["serialized"] = dict(paths(kept(dag).task_group))
        found["labels"] = {name: group.label for name, group in dag.task_group_dict.items() if name}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
