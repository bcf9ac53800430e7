"""Airflow's majors, side by side: where each keeps what a DAG file imports. The one place that tells them apart."""

from dataclasses import dataclass, fields

from trainspec.dag.expressions import Import


@dataclass(frozen=True, slots=True)
class Airflow:
    """What one major calls things."""

    dag: Import
    asset: Import
    group: Import
    dag_sensor: Import
    trigger: Import
    standard: str
    """The package that holds the operators and sensors of Airflow itself."""

    def operator(self, path: str) -> Import:
        """The class of the dotted `path`, where this major keeps it: those of Airflow itself have moved."""
        module, _, name = path.rpartition(".")
        for package in _STANDARD:
            if module.removeprefix(f"{package}.") in _STANDARD_MODULES and module.startswith(f"{package}."):
                module = f"{self.standard}.{module.removeprefix(f'{package}.')}"
                break
        return Import(module, name)


_STANDARD = ("airflow", "airflow.providers.standard")
_STANDARD_MODULES = frozenset((
    "operators.bash", "operators.datetime", "operators.empty", "operators.latest_only", "operators.python",
    "operators.smooth", "operators.trigger_dagrun", "operators.weekday", "sensors.bash", "sensors.date_time",
    "sensors.external_task", "sensors.filesystem", "sensors.python", "sensors.time_delta", "sensors.weekday",
))  # fmt: skip
"""What Airflow 2 holds itself and Airflow 3 in its standard provider.

https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/index.html
"""

MAJORS: dict[int, Airflow] = {
    2: Airflow(
        dag=Import("airflow", "DAG"),
        asset=Import("airflow.datasets", "Dataset"),
        group=Import("airflow.utils.task_group", "TaskGroup"),
        dag_sensor=Import("airflow.sensors.external_task", "ExternalTaskSensor"),
        trigger=Import("airflow.operators.trigger_dagrun", "TriggerDagRunOperator"),
        standard="airflow",
    ),
    3: Airflow(
        dag=Import("airflow.sdk", "DAG"),
        asset=Import("airflow.sdk", "Asset"),
        group=Import("airflow.sdk", "TaskGroup"),
        dag_sensor=Import("airflow.providers.standard.sensors.external_task", "ExternalTaskSensor"),
        trigger=Import("airflow.providers.standard.operators.trigger_dagrun", "TriggerDagRunOperator"),
        standard="airflow.providers.standard",
    ),
}
DEFAULT_MAJOR = 3

OPERATOR = Import("trainspec.runtime", "TrainingJobOperator")
GATE = Import("trainspec.runtime", "MetricGate")
S3_SENSOR = Import("airflow.providers.amazon.aws.sensors.s3", "S3KeySensor")
TIMEDELTA = Import("datetime", "timedelta")
PENDULUM = Import("pendulum")


def own_imports(airflow: Airflow) -> frozenset[Import]:
    """What the compiler itself may import: these keep their names in a file."""
    of_the_major = (getattr(airflow, each.name) for each in fields(airflow))
    return frozenset({
        OPERATOR, GATE, S3_SENSOR, TIMEDELTA, PENDULUM, *(each for each in of_the_major if isinstance(each, Import)),
    })  # fmt: skip
