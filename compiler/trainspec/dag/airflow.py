"""Airflow's majors, side by side: where each keeps what a DAG file imports. The one place that tells them apart."""

from dataclasses import dataclass, fields

from trainspec.dag.expressions import Import


@dataclass(frozen=True, slots=True)
class Airflow:
    """What one major calls things."""

    dag: Import
    asset: Import
    group: Import


MAJORS: dict[int, Airflow] = {
    2: Airflow(
        dag=Import("airflow", "DAG"),
        asset=Import("airflow.datasets", "Dataset"),
        group=Import("airflow.utils.task_group", "TaskGroup"),
    ),
    3: Airflow(
        dag=Import("airflow.sdk", "DAG"),
        asset=Import("airflow.sdk", "Asset"),
        group=Import("airflow.sdk", "TaskGroup"),
    ),
}
DEFAULT_MAJOR = 3

OPERATOR = Import("trainspec.runtime", "TrainingJobOperator")
TIMEDELTA = Import("datetime", "timedelta")
PENDULUM = Import("pendulum")


def own_imports(airflow: Airflow) -> frozenset[Import]:
    """What the compiler itself may import: these keep their names in a file."""
    return frozenset({OPERATOR, TIMEDELTA, PENDULUM, *(getattr(airflow, each.name) for each in fields(airflow))})
