"""What runs inside Airflow's own interpreter, so that Airflow is started once for many questions.

inside.py load FOLDER           a JSON line: what Airflow's DagBag finds in the folder
inside.py test DATE DAG_ID…     `airflow dags test` for each, one after the other, with a marker line before each
"""

import json
import sys
from collections.abc import Callable

MARKER = "=== dags test: "


def load(folder: str) -> None:
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 2
        from airflow.models.dagbag import DagBag
    bag = DagBag(folder)
    found = {
        "tasks": {dag_id: sorted(dag.task_dict) for dag_id, dag in bag.dags.items()},
        "import_errors": bag.import_errors,
        "warnings": bag.captured_warnings,
    }
    _say("\n" + json.dumps(found))


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


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"load": load, "test": test}
    commands[sys.argv[1]](*sys.argv[2:])
