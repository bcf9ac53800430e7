"""Airflow's minors, side by side: where each has what a DAG file imports, and what it calls things.

What arguments and words each has, `trainspec.airflow_api` has read from the released packages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache

from trainspec.dag.expressions import Import


@dataclass(frozen=True, slots=True, eq=False)
class Airflow:
    """What one minor calls things. There is one of each.

    `several_crons` is None if there is no such timetable; `only_doubles` means that the delay between retries takes no
    factor, only true and false; `any_schedule_needs_start` that assets and @once need a start date, too;
    `makes_up_for_runs` that `catchup` is true by default; `shows_group_names` that a task group can have a display name
    that differs from its id. `renamed` are arguments of the DAG whose names differ from the spec's fields;
    `discouraged` says what to do instead of a field that Airflow warns of. Its keys are `dag.FIELD` and `task.FIELD`.
    """

    minor: str
    dag: Import
    group: Import
    dag_sensor: Import
    trigger: Import
    standard: str
    """The package that contains the operators and sensors of Airflow itself."""
    empty: Import
    param: Import
    asset: Import
    asset_any: Import
    asset_all: Import
    asset_or_time: Import
    asset_or_time_keyword: str
    cron: Import
    several_crons: Import | None
    interval: Import
    watcher: Import
    deadline: Import
    deadline_reference: Import
    async_callback: Import
    partition_cron: Import
    partition_assets: Import
    only_doubles: bool = False
    any_schedule_needs_start: bool = False
    makes_up_for_runs: bool = False
    shows_group_names: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    discouraged: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As messages call it: `Airflow 3.0`."""
        return f"Airflow {self.minor}"

    def operator(self, path: str) -> Import:
        """The class of the dotted `path` in this minor: Airflow's own classes have moved."""
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

_MAIL = "use a notifier in `on_failure_callback`, such as airflow.providers.smtp.notifications.smtp.SmtpNotifier"

_AIRFLOW_2 = Airflow(
    minor="2.11",
    dag=Import("airflow", "DAG"),
    group=Import("airflow.utils.task_group", "TaskGroup"),
    dag_sensor=Import("airflow.sensors.external_task", "ExternalTaskSensor"),
    trigger=Import("airflow.operators.trigger_dagrun", "TriggerDagRunOperator"),
    standard="airflow",
    empty=Import("airflow.operators.empty", "EmptyOperator"),
    param=Import("airflow.models.param", "Param"),
    asset=Import("airflow.datasets", "Dataset"),
    asset_any=Import("airflow.datasets", "DatasetAny"),
    asset_all=Import("airflow.datasets", "DatasetAll"),
    asset_or_time=Import("airflow.timetables.datasets", "DatasetOrTimeSchedule"),
    asset_or_time_keyword="datasets",
    cron=Import("airflow.timetables.interval", "CronDataIntervalTimetable"),
    several_crons=None,
    interval=Import("airflow.timetables.interval", "DeltaDataIntervalTimetable"),
    watcher=Import("airflow.sdk", "AssetWatcher"),
    deadline=Import("airflow.sdk", "DeadlineAlert"),
    deadline_reference=Import("airflow.sdk", "DeadlineReference"),
    async_callback=Import("airflow.sdk", "AsyncCallback"),
    partition_cron=Import("airflow.sdk", "CronPartitionTimetable"),
    partition_assets=Import("airflow.sdk", "PartitionedAssetTimetable"),
    only_doubles=True,
    any_schedule_needs_start=True,
    makes_up_for_runs=True,
    shows_group_names=False,
    renamed={"fail_fast": "fail_stop"},
)

_AIRFLOW_3 = Airflow(
    minor="3.3",
    dag=Import("airflow.sdk", "DAG"),
    group=Import("airflow.sdk", "TaskGroup"),
    dag_sensor=Import("airflow.providers.standard.sensors.external_task", "ExternalTaskSensor"),
    trigger=Import("airflow.providers.standard.operators.trigger_dagrun", "TriggerDagRunOperator"),
    standard="airflow.providers.standard",
    empty=Import("airflow.providers.standard.operators.empty", "EmptyOperator"),
    param=Import("airflow.sdk", "Param"),
    asset=Import("airflow.sdk", "Asset"),
    asset_any=Import("airflow.sdk", "AssetAny"),
    asset_all=Import("airflow.sdk", "AssetAll"),
    asset_or_time=Import("airflow.timetables.assets", "AssetOrTimeSchedule"),
    asset_or_time_keyword="assets",
    cron=Import("airflow.timetables.trigger", "CronTriggerTimetable"),
    several_crons=Import("airflow.timetables.trigger", "MultipleCronTriggerTimetable"),
    interval=Import("airflow.timetables.trigger", "DeltaTriggerTimetable"),
    watcher=Import("airflow.sdk", "AssetWatcher"),
    deadline=Import("airflow.sdk", "DeadlineAlert"),
    deadline_reference=Import("airflow.sdk", "DeadlineReference"),
    async_callback=Import("airflow.sdk", "AsyncCallback"),
    partition_cron=Import("airflow.sdk", "CronPartitionTimetable"),
    partition_assets=Import("airflow.sdk", "PartitionedAssetTimetable"),
    discouraged={
        "task.email": _MAIL,
        "dag.access_control": "set the roles' permissions in the auth manager",
    },
)

MINORS: Mapping[str, Airflow] = {
    "2.11": _AIRFLOW_2,
    "3.0": replace(_AIRFLOW_3, minor="3.0", only_doubles=True),
    "3.1": replace(
        _AIRFLOW_3,
        minor="3.1",
        only_doubles=True,
        deadline=Import("airflow.sdk.definitions.deadline", "DeadlineAlert"),
        deadline_reference=Import("airflow.sdk.definitions.deadline", "DeadlineReference"),
        async_callback=Import("airflow.sdk.definitions.deadline", "AsyncCallback"),
    ),
    "3.2": replace(_AIRFLOW_3, minor="3.2"),
    "3.3": _AIRFLOW_3,
}
"""A row for each of `trainspec.options.AIRFLOW`."""

OPERATOR = Import("trainspec.runtime", "TrainingJobOperator")
TUNING_OPERATOR = Import("trainspec.runtime", "TuningJobOperator")
GATE = Import("trainspec.runtime", "MetricGate")
S3_SENSOR = Import("airflow.providers.amazon.aws.sensors.s3", "S3KeySensor")
APPROVAL = Import("airflow.providers.standard.operators.hitl", "ApprovalOperator")
TIMEDELTA = Import("datetime", "timedelta")
PENDULUM = Import("pendulum")


@cache
def own_imports(airflow: Airflow) -> frozenset[Import]:
    """What the compiler itself may import: these keep their names in a file."""
    known = (getattr(airflow, each.name) for each in fields(airflow))
    return frozenset({
        OPERATOR, TUNING_OPERATOR, GATE, S3_SENSOR, APPROVAL, TIMEDELTA, PENDULUM,
        *(each for each in known if isinstance(each, Import)),
    })  # fmt: skip
