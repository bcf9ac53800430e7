"""A folder of dag-factory's DAGs."""

from pathlib import Path

from specs import dag_factory

_LOADER = """\
from pathlib import Path

from airflow import DAG  # noqa: F401  # Airflow reads files that hold these words
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), dags_folder=str(Path(__file__).parent / "yaml"))
"""


def write_dag_factory(folder: Path, count: int) -> None:
    """Write `count` DAGs, and the file that loads them, to `folder`."""
    (folder / "yaml").mkdir(parents=True)
    (folder / "load.py").write_text(_LOADER)
    for number in range(count):
        (folder / "yaml" / f"churn_{number:05}.yml").write_text(dag_factory(number))
