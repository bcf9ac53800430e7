"""What Airflow gives to templates, as a table: names, filters and macros, with sample values.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from trainspec.airflow_api.table import having
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.templates.values import UNKNOWN, Moment, Namespace, Params, Varying

_NEVER_GIVEN = frozenset(("start_date",))
"""What a minor declares among the names of templates, and gives to none."""

AIRFLOW_2_ONLY: Mapping[str, str] = {
    "execution_date": "logical_date",
    "next_ds": "data_interval_end | ds",
    "next_ds_nodash": "data_interval_end | ds_nodash",
    "next_execution_date": "data_interval_end",
    "prev_ds": "macros.ds_add(ds, -1)",
    "prev_ds_nodash": "macros.ds_add(ds, -1) | replace('-', '')",
    "prev_execution_date": "prev_data_interval_start_success",
    "prev_execution_date_success": "prev_data_interval_start_success",
    "tomorrow_ds": "macros.ds_add(ds, 1)",
    "tomorrow_ds_nodash": "macros.ds_add(ds, 1) | replace('-', '')",
    "triggering_dataset_events": "triggering_asset_events",
    "yesterday_ds": "macros.ds_add(ds, -1)",
    "yesterday_ds_nodash": "macros.ds_add(ds, -1) | replace('-', '')",
}
"""Names that Airflow 3 no longer gives, and what says the same on all versions."""


Declared: TypeAlias = tuple[tuple[str, Any, str], ...] | None
"""A run's parameters: name, default (or UNKNOWN), its type's name (1 and true are equal). None: there may be any."""


class Sample(NamedTuple):
    """One imagined task run for which templates are rendered."""

    logical_date: datetime
    dag_id: str = "dag"
    task_id: str = "task"
    run_type: str = "scheduled"
    airflow: str = DEFAULT_AIRFLOW
    params: Declared = None

    def of(self, dag_id: str, task_id: str, airflow: str, params: Declared = None) -> "Sample":
        """The same for another task."""
        return self._replace(dag_id=dag_id, task_id=task_id, airflow=airflow, params=params)

    def context(self) -> Mapping[str, Any]:
        """The names that a template of this task run sees. Shared between callers: not to be changed."""
        return _context(self)


def in_a_run(context: Mapping[str, Any], pull: Callable[..., Any], conf: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """`context` of a run that is not a sample: `ti.xcom_pull(...)` gives what `pull` does of the same arguments.

    `conf` is what the run was triggered with, None if that is not known; it goes before the defaults of parameters.
    """
    instance = replace(context["ti"], methods={"xcom_pull": pull})
    known = {**context, "ti": instance, "task_instance": instance}
    if conf is None:
        return known
    dag_run, params = context["dag_run"], context["params"]
    defaults = params.values if isinstance(params, Params) else {}
    return {
        **known,
        "dag_run": replace(dag_run, attributes={**dag_run.attributes, "conf": conf}),
        "params": Params({**defaults, **conf}),
    }


_OF_THE_SPEC = ("dag_id", "task_id")
_OF_ANY_FORM = ("run_id", "try_number")
"""A user who triggers a run chooses its id; and a number of attempts is not a string with one form."""


def for_any_run(context: Mapping[str, Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    """`context` of a sample, in which values that differ from run to run are marked.

    A condition on such a value is not decided.

    `params` are the values of the run's parameters, UNKNOWN for those that a run may give any value.
    """
    known = {name: _for_any_run(name, value) for name, value in context.items()}
    return {**known, "params": Params(params)} if isinstance(context.get("params"), Params) else known


def _for_any_run(name: str, value: Any) -> Any:
    if isinstance(value, Namespace) and not value.closed:
        return replace(value, attributes={key: _for_any_run(key, each) for key, each in value.attributes.items()})
    if name in _OF_ANY_FORM:
        return UNKNOWN
    is_of_run = isinstance(value, str | int | Moment) and name not in _OF_THE_SPEC
    return Varying(value) if is_of_run else value


@lru_cache(maxsize=64)  # the samples of a spec's jobs, used by their checks and by every rule about their names
def _context(sample: Sample) -> Mapping[str, Any]:
    of_run = _context_of_run(sample.logical_date, sample.run_type, sample.airflow)
    names = {"dag_id": sample.dag_id, "run_id": of_run["run_id"]}
    instance = Namespace({"task_id": sample.task_id, **names, "try_number": 1, "map_index": -1})
    known: dict[str, Any] = {
        "dag": Namespace({"dag_id": sample.dag_id}),
        "task": Namespace({"task_id": sample.task_id}),
        "dag_run": Namespace({**names, **dict.fromkeys(_dates_of_run(sample.airflow), of_run["logical_date"])}),
        "ti": instance,
        "task_instance": instance,
        "task_instance_key_str": f"{sample.dag_id}__{sample.task_id}__{of_run['ds_nodash']}",
    }
    if sample.params is not None:
        known["params"] = Params({name: value for name, value, _ in sample.params})
    return {**of_run, **known}


def _dates_of_run(airflow: str) -> tuple[str, ...]:
    return ("logical_date",) if airflow.startswith("2.") else ("logical_date", "run_after")


@lru_cache(maxsize=8)
def _context_of_run(logical_date: datetime, run_type: str, airflow: str) -> Mapping[str, Any]:
    """What all tasks of a run see alike."""
    moment = Moment(logical_date)
    end = Moment(logical_date + timedelta(days=1)) if run_type == "scheduled" else moment
    known: dict[str, Any] = {
        "ds": moment.ds,
        "ds_nodash": moment.ds.replace("-", ""),
        "ts": moment.ts,
        "ts_nodash": moment.value.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": moment.ts.replace("-", "").replace(":", ""),
        "logical_date": moment,
        "data_interval_start": moment,
        "data_interval_end": end,
        "run_id": f"{run_type}__{logical_date.isoformat()}",
        "macros": Namespace(dict.fromkeys(having("macro", airflow), UNKNOWN), closed=True),
    }
    return {**dict.fromkeys(having("template", airflow) - _NEVER_GIVEN, UNKNOWN), **known}


SAMPLES = (
    Sample(datetime(2025, 4, 9, tzinfo=timezone.utc)),
    Sample(datetime(2024, 2, 29, 23, 59, 58, 123456, tzinfo=timezone.utc), run_type="manual"),
)
"""A scheduled run at midnight, and a run triggered by hand, whose time has microseconds."""
