"""Python packages read as syntax, and the tables generated from them."""

from pathlib import Path

import pytest
from trainspec.airflow_api.model import Argument
from trainspec.airflow_api.signatures import signature
from trainspec.airflow_api.syntax import Packages
from trainspec.airflow_api.table import having, words
from trainspec.airflow_api.words import by_minor
from trainspec.dag.airflow import MINORS
from trainspec.options import AIRFLOW, DEFAULT_AIRFLOW, Options, airflow_minor
from trainspec.pipeline import analyse
from trainspec.text.source import Source

OPERATORS = """
from __future__ import annotations
import datetime
from collections.abc import Callable, Sequence
from typing import Literal, Optional
from airflow.sdk import BaseOperator
from .base import Base

class Train(Base):
    template_fields: Sequence[str] = ("config", *Base.template_fields)

    def __init__(
        self, *, config: dict, wait: bool = True, delay: datetime.timedelta | float = 1.0,
        on_end: Callable | None = None, mode: Literal["a", "b"] = "a",
        names: Optional[list[str]] = None, other=None, region: str = None, **kwargs
    ):
        super().__init__(kind="train", **kwargs)
"""
BASE = """
from airflow.sdk import BaseOperator

class Base(BaseOperator):
    template_fields = ("conn_id",)

    def __init__(self, *, kind: str, conn_id: str = "default", **kwargs):
        super().__init__(**kwargs)
"""


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text("from acme.ops import Train\n")
    (tmp_path / "acme" / "ops.py").write_text(OPERATORS)
    (tmp_path / "acme" / "base.py").write_text(BASE)
    (tmp_path / "acme" / "broken.py").write_text("class (:")
    return Packages([tmp_path])


def test_a_signature_is_read_through_bases_and_other_modules(packages: Packages) -> None:
    found = signature(packages, "acme.Train")
    assert found is not None
    assert dict(found.arguments) == {
        "conn_id": Argument(("string",)),
        "config": Argument(("map",), required=True),
        "wait": Argument(("boolean",)),
        "delay": Argument(("duration", "number")),
        "on_end": Argument(("callable", "null")),
        "mode": Argument(("string",)),
        "names": Argument(("list", "null")),
        "other": Argument(("any",)),
        "region": Argument(("null", "string")),
    }
    assert found.renders == ("config", "conn_id")
    assert (found.root, found.open) == ("BaseOperator", False)


def test_what_is_not_there_or_not_python_has_no_signature(packages: Packages) -> None:
    assert signature(packages, "acme.ops.Trian") is None
    assert signature(packages, "acme.broken.Any") is None
    assert signature(packages, "elsewhere.Any") is None


def test_words_by_minor() -> None:
    table = by_minor({"3.0": {"dag": ["a", "b"]}, "3.1": {"dag": ["a", "c"]}, "3.2": {"dag": ["a", "c"]}})
    assert table == {"dag": {"a": [None, None], "b": [None, "3.1"], "c": ["3.1", None]}}


@pytest.mark.parametrize(
    ("kind", "word", "minors"),
    [
        ("dag", "allowed_run_types", ("3.2", "3.3")),
        ("dag", "rerun_with_latest_version", ("3.3",)),
        ("dag", "disable_bundle_versioning", ("3.0", "3.1", "3.2", "3.3")),
        ("dag", "deadline", ("3.1", "3.2", "3.3")),
        ("task", "retry_policy", ("3.3",)),
        ("trigger_rule", "all_done_min_one_success", ("3.1", "3.2", "3.3")),
        ("template", "next_ds", ("2.11",)),
        ("template", "ds", AIRFLOW),
        ("macro", "yaml", AIRFLOW),
    ],
)
def test_which_minors_have_a_word(kind: str, word: str, minors: tuple[str, ...]) -> None:
    assert tuple(minor for minor in AIRFLOW if word in having(kind, minor)) == minors


def test_the_rows_and_the_table_are_about_the_same_minors() -> None:
    assert tuple(MINORS) == AIRFLOW
    assert [row.minor for row in MINORS.values()] == list(AIRFLOW)
    dates = {minor for kind in words().values() for pair in kind.values() for minor in pair if minor}
    assert dates <= set(AIRFLOW[1:])


def test_a_major_is_its_newest_minor() -> None:
    assert [airflow_minor(each) for each in ("2", "3", "3.0", "3.4", "2.10", "")] == [
        "2.11", DEFAULT_AIRFLOW, "3.0", None, None, None,
    ]  # fmt: skip


SPEC = """
trainspec: 1
dag:
  id: minors
  schedule: null
  allowed_run_types: [manual]
  rerun_with_latest_version: true
  default_args: {retries: 1, retry_exponential_backoff: 3, trigger_rule: all_done_min_one_success}
jobs:
  train:
    name: t-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 20m}
"""


@pytest.mark.parametrize(
    ("minor", "lacks"),
    [
        ("2.11", ("allowed_run_types", "rerun_with_latest_version", "retry_exponential_backoff", "trigger_rule")),
        ("3.0", ("allowed_run_types", "rerun_with_latest_version", "retry_exponential_backoff", "trigger_rule")),
        ("3.1", ("allowed_run_types", "rerun_with_latest_version", "retry_exponential_backoff")),
        ("3.2", ("rerun_with_latest_version",)),
        ("3.3", ()),
    ],
)
def test_what_a_target_lacks_is_an_error_that_names_the_minor_that_has_it(minor: str, lacks: tuple[str, ...]) -> None:
    found = analyse(Source("specs/minors.yaml", SPEC), Options(airflow=minor)).findings
    missing = [each for each in found if each.code.id == "TS610"]
    assert {(each.field or "").rpartition(".")[2] for each in missing} == set(lacks)
    for each in missing:
        assert each.message.startswith(f"Airflow {minor} ")
        assert "new in Airflow 3." in f"{each.message} {each.advice}"


@pytest.mark.parametrize(
    ("fields", "reported"),
    [
        ("schedule: '@daily', start_date: 2025-04-01", ["TS627 dag.schedule"]),
        ("schedule: '@daily', start_date: 2025-04-01, catchup: true", []),
        ("schedule: '@once', start_date: 2025-04-01", []),
    ],
)
def test_runs_that_airflow_2_makes_up_for(fields: str, reported: list[str]) -> None:
    text = SPEC.replace(SPEC[SPEC.index("  schedule") : SPEC.index("jobs:")], "")
    spec = text.replace("dag:\n  id: minors\n", f"dag: {{id: minors, {fields}}}\n")
    for minor, expected in (("2.11", reported), ("3.0", [])):
        found = analyse(Source("specs/minors.yaml", spec), Options(airflow=minor)).findings
        assert [f"{each.code.id} {each.field}" for each in found if each.code.id == "TS627"] == expected


def test_what_a_deferred_sensor_of_airflow_2_ignores() -> None:
    sensor = "sensors:\n  up: {dag: other, deferrable: true, failed_states: [failed], timeout: 6h}\njobs:"
    found = analyse(Source("specs/minors.yaml", SPEC.replace("jobs:", sensor)), Options(airflow="2.11")).findings
    assert [each.field for each in found if each.code.id == "TS628"] == [
        "sensors.up.failed_states", "sensors.up.timeout",
    ]  # fmt: skip
