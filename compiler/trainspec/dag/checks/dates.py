"""Which runs of a DAG have a logical date."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainspec.language.data import DagData


def has_logical_dates(dag: "DagData") -> bool:
    """Whether any run that the schedule starts on Airflow 3 has one: those of assets and of partitions have none."""
    schedule = dag.get("schedule")
    if dag.get("partitions"):
        return False
    return not isinstance(schedule, Mapping) or schedule.get("time") is not None
