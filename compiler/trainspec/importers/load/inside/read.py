"""Loads a DAG file with the Airflow of this Python, and writes what it contains as JSON.

The result is written to OUTPUT. A second process, forked from the first, then loads the file with a clock that is
ahead and writes OUTPUT.later: what differs between the two depends on when the file is read.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from .clock import move_clock
from .groups import group_class
from .reads import Reads
from .record import Record
from .tasks import describe_dag, operator_class
from .values import first

_DAG = ("airflow.sdk.DAG", "airflow.models.dag.DAG")
_BAG = ("airflow.dag_processing.dagbag.DagBag", "airflow.models.dagbag.DagBag")


def main(file: str, output: str) -> None:
    """Load the DAG file twice."""
    path = Path(file).resolve()
    conf = importlib.import_module("airflow.configuration").conf
    for folder in (conf.get("core", "dags_folder"), str(path.parent)):
        if folder not in sys.path:
            sys.path.append(folder)
    before = set(sys.modules)
    _load(path, output)
    later = os.fork()
    if later == 0:
        try:
            _forget_own_modules(before)
            move_clock()
            _load(path, f"{output}.later")
        finally:
            os._exit(0)
    os.waitpid(later, 0)


def _forget_own_modules(before: set[str]) -> None:
    """Let the modules next to the DAG file be read again, too; installed packages keep their clock.

    A module without a file is an alias for an old path, which Airflow has created.
    """
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file and "site-packages" not in file and not file.startswith((sys.prefix, sys.base_prefix)):
            del sys.modules[name]


def _load(file: Path, output: str) -> None:
    """Let Airflow load the file, and write what it found."""
    record = Record(str(file))
    record.watch(first(*_DAG), operator_class(), group_class())
    reads = Reads(record)
    reads.watch()
    bag_class = first(*_BAG)
    takes = inspect.signature(bag_class.__init__).parameters
    options = {"include_examples": False, "safe_mode": False, "load_op_links": False}
    Path(output).touch()  # from here on, an error is the file's fault
    try:
        bag = bag_class(dag_folder=str(file), **{name: value for name, value in options.items() if name in takes})
        errors = [_placed(str(each), record, bag) for each in bag.import_errors.values()]
        dags = [describe_dag(record, each) for each in bag.dags.values()]
    except SystemExit:
        errors, dags = [traceback.format_exc()], []
    found = {
        "airflow": importlib.import_module("airflow").__version__,
        "file": str(file),
        "errors": errors,
        "reads": [*reads.calls, *reads.of_environment(dags)],
        "dags": dags,
    }
    Path(output).write_text(json.dumps(found))


def _placed(error: str, record: Record, bag: Any) -> str:
    """An error with its place: an error in a whole DAG has no traceback, so it gets the DAG's line."""
    refused = [each for each in record.dags() if each.dag_id not in bag.dags]
    named = [each for each in refused if each.dag_id in error] or refused
    if f'File "{record.file}"' in error or len(named) != 1:
        return error
    return f'  File "{record.file}", line {record.lines[id(named[0])]}\n{error}'
