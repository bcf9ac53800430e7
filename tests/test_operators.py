"""Tasks compared with what their operators take: the tables of the providers, and the project's own sources."""

import os
from pathlib import Path

import pytest
from trainspec.airflow_api.operators import AIRFLOW_2, everywhere, find, providers
from trainspec.airflow_api.own import OwnOperators, own_operators
from trainspec.options import AIRFLOW, Options
from trainspec.pipeline import Analysis, analyse, generate
from trainspec.text.source import Source

JOB = """
jobs:
  train:
    name: t-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    inputs: {train: s3://my-bucket/train/}
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
    operator: {max_attempts: null}
"""
OWN = """
from datetime import timedelta
from airflow.sdk import BaseOperator

open("/tmp/was-run", "w")  # nothing of this is run


class Report(BaseOperator):
    template_fields = ("day",)

    def __init__(self, *, day: str, after: timedelta = None, **kwargs):
        super().__init__(**kwargs)
"""


def _analysed(tasks: str, **options: object) -> Analysis:
    text = f"trainspec: 1\ndag: {{id: case}}\ntasks:\n  it: {tasks}{JOB}"
    return analyse(Source("specs/case.yaml", text), Options(**options))  # type: ignore[arg-type]


def _reported(tasks: str, **options: object) -> list[str]:
    return [f"{each.code.id} {each.message}" for each in _analysed(tasks, **options).findings]


@pytest.fixture
def own(tmp_path: Path) -> OwnOperators:
    package = tmp_path / "plugins" / "acme"
    package.mkdir(parents=True)
    (package / "ops.py").write_text(OWN)
    found = own_operators(tmp_path, ["plugins"])
    assert found
    return found


@pytest.mark.parametrize(
    ("task", "reported"),
    [
        ("{operator: acme.ops.Report, arguments: {day: '{{ ds }}', after: 30m}}", []),
        ("{operator: acme.ops.Report}", ["TS616 Report requires the argument `day`"]),
        ("{operator: acme.ops.Report, arguments: {dya: x}}", ["TS615 Report has no argument `dya`"]),
        ("{operator: acme.ops.Repotr}", ["TS619 `acme.ops` has no class `Repotr`"]),
        ("{operator: acme.opz.Report}", ["TS619 there is no module `acme.opz` under `operator-sources`"]),
        ("{operator: others.ops.Report, arguments: {x: 1}}", []),
    ],
)
def test_operators_of_ones_own(task: str, reported: list[str], own: OwnOperators) -> None:
    assert _reported(task, own_operators=own) == reported
    assert not Path("/tmp/was-run").exists()  # noqa: S108


def test_a_duration_for_an_operator_of_ones_own_is_a_timedelta(own: OwnOperators) -> None:
    task = "{operator: acme.ops.Report, arguments: {day: '{{ ds }}', after: 30m}}"
    analysis = _analysed(task, own_operators=own)
    assert "after=timedelta(minutes=30)" in generate(analysis, Options(own_operators=own))


def test_a_change_of_the_sources_is_seen(own: OwnOperators) -> None:
    (own.root / "plugins" / "acme" / "ops.py").write_text(OWN.replace("day", "date"))
    changed = own_operators(own.root, ["plugins"])
    assert changed
    assert changed.digest != own.digest
    assert _reported("{operator: acme.ops.Report, arguments: {date: x}}", own_operators=changed) == []


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_link_that_leaves_the_project_is_not_read(own: OwnOperators, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.py"
    outside.write_text(OWN)
    (own.root / "plugins" / "acme" / "far.py").symlink_to(outside)
    found = own_operators(own.root, ["plugins"])
    assert found
    assert found.find("acme.far", "Report") is None


def test_the_settings_bound_what_is_called() -> None:
    task = "{operator: airflow.operators.python.PythonOperator, arguments: {python_callable: os.system}}"
    assert _reported(task) == []
    forbidden = "TS620 the project's settings do not allow the callback `os.system`"
    assert _reported(task, callbacks=("my_team.*",)) == [forbidden]


@pytest.mark.parametrize("minor", AIRFLOW)
@pytest.mark.parametrize("place", ["airflow.operators.bash", "airflow.providers.standard.operators.bash"])
def test_airflows_own_operators_go_by_both_their_places(minor: str, place: str) -> None:
    assert _reported(f"{{operator: {place}.BashOperator, arguments: {{bash_command: echo}}}}", airflow=minor) == []
    reported = _reported(f"{{operator: {place}.BashOperator, arguments: {{bash_comand: echo}}}}", airflow=minor)
    assert reported == ["TS615 BashOperator has no argument `bash_comand`"]


@pytest.mark.parametrize(("minor", "is_there"), [("2.11", False), ("3.0", False), ("3.1", True), ("3.3", True)])
def test_an_operator_that_wants_a_newer_minor(minor: str, is_there: bool) -> None:
    task = "{operator: airflow.providers.standard.operators.hitl.ApprovalOperator, arguments: {subject: Deploy?}}"
    wants = f"TS610 Airflow {minor} has no ApprovalOperator: it is new in Airflow 3.1"
    assert _reported(task, airflow=minor) == ([] if is_there else [wants])


def test_every_class_of_the_tables_is_found() -> None:
    assert {"standard", "amazon"} <= set(providers())
    for minor in AIRFLOW:
        for module, name in everywhere(minor):
            assert find(module, name, minor) is not None
    assert AIRFLOW_2 not in providers()


def test_an_operator_of_an_undefined_variable_has_arguments_all_the_same() -> None:
    reported = _reported("{operator: '${vars.package}.Operator', arguments: {text: '{{ nobody }}'}}")
    assert [each.partition(" ")[0] for each in reported] == ["TS201", "TS621"]
