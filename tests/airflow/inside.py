"""Runs inside Airflow's own interpreter, so that Airflow is started once for many queries.

inside.py load FOLDER           a JSON line: what Airflow's DagBag finds in the folder, and what cannot be serialized
inside.py signatures            a JSON line: the arguments that DAGs and operators take, and the trigger rules
inside.py operators FILE        a JSON line: what each class that FILE lists takes, requires and renders
inside.py watchers FILE         a JSON line: what Airflow says about each trigger of FILE in the watcher of an asset
inside.py test DATE DAG_ID…     `airflow dags test` for each, one after the other, with a marker line before each
inside.py defer DAG_ID INTERVAL CREATED    each instance of the DAG's mapped task waits for DAG_ID-MAP_INDEX
"""

import inspect
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MARKER = "=== dags test: "


def load(folder: str) -> None:
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 2
        from airflow.models.dagbag import DagBag
    sys.path.insert(0, folder)  # for the callbacks' modules in it
    warnings.simplefilter("always")
    bag = DagBag(folder)
    found = {
        "unserializable": dict(_unserializable(bag.dags)),
        "tasks": {dag_id: sorted(dag.task_dict) for dag_id, dag in bag.dags.items()},
        "import_errors": bag.import_errors,
        "warnings": bag.captured_warnings,
    }
    _say("\n" + json.dumps(found))


def _unserializable(dags: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Why the scheduler could not store a DAG, by its id."""
    from airflow.serialization import serialized_objects

    serialization = getattr(serialized_objects, "DagSerialization", None) or serialized_objects.SerializedDAG
    for dag_id, dag in dags.items():
        try:
            json.dumps(serialization.to_dict(dag))
        except Exception as error:  # noqa: PERF203 - whatever it is, the test reports it
            yield dag_id, repr(error)


def signatures() -> None:
    try:
        from airflow.sdk import DAG, BaseOperator, TriggerRule
    except ImportError:  # Airflow 2
        from airflow.models.baseoperator import BaseOperator
        from airflow.utils.trigger_rule import TriggerRule

        from airflow import DAG
    found = {each.__name__: list(inspect.signature(each.__init__).parameters) for each in (DAG, BaseOperator)}
    _say("\n" + json.dumps({**found, "TriggerRule": [rule.value for rule in TriggerRule]}))


def operators(file: str) -> None:
    """The arguments of each class in a list, without inherited ones, which are required, and its template fields."""
    import importlib
    from pathlib import Path

    found = {}
    for path in json.loads(Path(file).read_text()):
        module, _, name = path.rpartition(".")
        try:
            known = getattr(importlib.import_module(module), name)
        except Exception:  # noqa: S112 - a package that it needs is missing
            continue
        own = known.__dict__.get("__init__")
        given = inspect.signature(own).parameters.values() if own else ()
        named = [
            each for each in given if each.name != "self" and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
        ]
        required = [each.name for each in named if each.default is each.empty]
        fields = known.template_fields
        fields = [] if isinstance(fields, property) else [each for each in fields if isinstance(each, str)]
        found[path] = ([each.name for each in named], required, fields)
    _say("\n" + json.dumps(found))


def watchers(file: str) -> None:
    """Why an asset cannot be watched by a trigger of each class in a list; None for one that Airflow accepts."""
    import importlib
    from pathlib import Path

    from airflow.sdk import AssetWatcher

    found: dict[str, str | None] = {}
    for path in json.loads(Path(file).read_text()):
        module, _, name = path.rpartition(".")
        try:
            known = getattr(importlib.import_module(module), name)
        except Exception:  # noqa: S112 - a package that it needs is missing
            continue
        try:
            AssetWatcher(name="one", trigger=known.__new__(known))
            found[path] = None
        except Exception as error:
            found[path] = str(error)
    _say("\n" + json.dumps({"watchers": found}))


def test(date: str, *dag_ids: str) -> None:
    from airflow.cli import cli_parser

    parser = cli_parser.get_parser()
    for dag_id in dag_ids:
        _say(f"\n{MARKER}{dag_id}")
        arguments = parser.parse_args(["dags", "test", dag_id, date])
        try:
            arguments.func(arguments)
        except SystemExit as end:  # a failed run; the database says more
            _say(str(end))


def defer(dag_id: str, interval: str, created: str) -> None:
    """Write to the database what tasks write when they defer; a worker needs an hour for a thousand real ones."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import Trigger
    from airflow.utils.session import create_session
    from trainspec.runtime import TrainingJobTrigger

    with create_session() as session:
        for ti in session.query(TaskInstance).filter_by(dag_id=dag_id):
            name = f"{dag_id}-{ti.map_index}"
            trigger = TrainingJobTrigger(name, "aws_default", "us-east-1", float(interval), None, float(created))
            row = Trigger(*trigger.serialize())
            session.add(row)
            session.flush()
            ti.state, ti.trigger_id, ti.try_number = "deferred", row.id, 1
            ti.next_method, ti.next_kwargs = "execute_complete", {}


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {
        "load": load,
        "signatures": signatures,
        "operators": operators,
        "watchers": watchers,
        "test": test,
        "defer": defer,
    }
    commands[sys.argv[1]](*sys.argv[2:])
