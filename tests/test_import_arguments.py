"""`trainspec import` of DAG files: the arguments of DAGs and tasks, from wherever Airflow takes them."""

import textwrap
from typing import Any

import pytest
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import Imported

HEAD = """
from datetime import datetime, timedelta, timezone
import pendulum
from airflow import DAG
from airflow.models.param import Param
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
BERLIN = pendulum.timezone("Europe/Berlin")
"""


def only(body: str) -> Imported:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body))
    return imported


def of(dag: str, task: str = "") -> Imported:
    return only(f"with DAG('d', {dag}):\n    SageMakerTrainingOperator(task_id='t', config={{}}, {task})\n")


DATES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a start date of the DAG and of default_args": (
        "default_args={'start_date': datetime(2024, 3, 1)}, start_date=datetime(2025, 3, 1)",
        {"start_date": "2025-03-01", "default_args": {"start_date": "2024-03-01"}},
        "",
    ),
    "the same date twice": (
        "default_args={'start_date': datetime(2025, 3, 1), 'retries': 1}, start_date=datetime(2025, 3, 1)",
        {"start_date": "2025-03-01", "default_args": {"retries": 1}},
        "",
    ),
    "one time zone": (
        "start_date=datetime(2025, 3, 1, tzinfo=BERLIN), end_date=datetime(2026, 3, 1, tzinfo=BERLIN)",
        {"start_date": "2025-03-01", "end_date": "2026-03-01", "timezone": "Europe/Berlin"},
        "",
    ),
    "two time zones": (
        "start_date=datetime(2025, 3, 1), end_date=pendulum.datetime(2026, 3, 1, tz='Europe/Berlin')",
        {"start_date": "2025-03-01"},
        "line 8: `end_date` is not carried over: a spec has a single time zone, and `start_date` has a different one",
    ),
}


@pytest.mark.parametrize("kind", DATES)
def test_dates_of_a_dag(kind: str) -> None:
    code, expected, note = DATES[kind]
    imported = of(code)
    assert imported.dag == {"id": "d", **expected}
    assert imported.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("'Europe/Berlin'", ""),
        ("'UTC'", "the time zone UTC of `start_date` is not carried over"),
        ("'Asia/Tokyo'", "the time zone Asia/Tokyo of `start_date` is not carried over"),
    ],
)
def test_the_zone_of_a_tasks_date_is_the_dags(zone: str, said: str) -> None:
    dag = "start_date=pendulum.datetime(2025, 3, 1, tz='Europe/Berlin')"
    imported = of(dag, f"start_date=pendulum.datetime(2026, 3, 1, tz={zone})")
    assert imported.jobs[0].fields.get("start_date") == "2026-03-01"
    assert [each.partition(": ")[2].partition(":")[0] for each in imported.notes] == ([said] if said else [])


def test_none_where_default_args_have_a_value_is_named() -> None:
    imported = of("default_args={'pool': 'gpu', 'retries': 2}", "pool=None, queue=None")
    assert imported.notes == ("line 9: `pool=None` of `t` is not carried over: default_args have another value",)


def test_an_interval_that_cannot_be_read_is_named() -> None:
    imported = of("schedule=None", "check_interval=min(60, 2**9), retry_delay=timedelta(minutes=1) * 5")
    assert imported.jobs[0].fields == {"operator": {"action_if_job_exists": "timestamp"}}
    assert imported.notes == (
        "line 9: `check_interval` is not a literal duration: `min(60, 2 ** 9)`",
        "line 9: `retry_delay` is not a literal duration: `timedelta(minutes=1) * 5`",
    )


def test_no_connection_is_named() -> None:
    note = "line 9: `aws_conn_id=None` is not carried over: a job always uses a connection, aws_default"
    assert of("schedule=None", "aws_conn_id=None").notes == (note,)


def test_a_parameter_without_a_schema_is_its_value() -> None:
    imported = of("params={'a': Param('x'), 'b': Param(default=2), 'c': Param(3, minimum=1), 'd': Param(None)}")
    assert imported.dag["params"] == {"a": "x", "b": 2, "c": {"default": 3, "minimum": 1}, "d": {"default": None}}


def test_a_doc_that_cannot_be_read_is_no_doc() -> None:
    (job,) = (imported := of("", "doc_md=open('t.md').read()")).jobs
    assert "doc" not in job.fields
    (note,) = imported.notes
    assert "doc_md is not a literal" in note
