"""Policies and the jobs that other tasks start with Amazon's operators: no task walks around a rule."""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers import Run

SPEC = """\
trainspec: 1
vars: {machine: ml.p4d.24xlarge}
dag: {id: d, start_date: 2025-04-01, schedule: "@daily", catchup: false}
environments:
  prod: {vars: {machine: ml.m5.large}}
tasks:
  train:
    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator
    retries: 1
    arguments:
      config:
        TrainingJobName: "a-{{ ts_nodash }}"
        AlgorithmSpecification: {TrainingImage: "1.dkr.ecr.us-east-1.amazonaws.com/a:1", TrainingInputMode: File}
        RoleArn: my-role
        OutputDataConfig: {S3OutputPath: "s3://my-bucket/out/"}
        ResourceConfig:
          InstanceType: ${vars.machine}
          InstanceCount: "2"
          VolumeSizeInGB: 10
        StoppingCondition: {MaxRuntimeInSeconds: 7200}
"""
MACHINES = {"properties": {"ResourceConfig": {"properties": {"InstanceType": {"pattern": "^ml[.]m5"}}}}}
NO_CONFIG = SPEC[: SPEC.index("      config:")] + "      config: \"{{ ti.xcom_pull(task_ids='other') }}\"\n"
TUNING = """\
trainspec: 1
dag: {id: d, start_date: 2025-04-01, schedule: "@daily", catchup: false}
tasks:
  tune:
    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMakerTuningOperator
    arguments:
      config:
        HyperParameterTuningJobName: a
        HyperParameterTuningJobConfig:
          Strategy: Random
          ResourceLimits: {MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2}
        TrainingJobDefinition:
          ResourceConfig: {InstanceType: ml.p4d.24xlarge, InstanceCount: 1, VolumeSizeInGB: 10}
          StoppingCondition: {MaxRuntimeInSeconds: 3600}
"""


class House:
    """A project with one spec and one policy."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        for name in ("specs", "policies"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "trainspec.toml").write_text('policies = ["policies/*.yaml"]\n')

    def found(self, text: str, must: Any, **more: Any) -> list[tuple[str, str, int, int]]:
        (self.folder / "specs/d.yaml").write_text(text)
        said = {"id": "ORG001", "message": "as the house wants it", "must": must, **more}
        (self.folder / "policies/one.yaml").write_text(json.dumps(said))
        ran = self.run("lint", "--format", "json")
        assert ran.returncode in (0, 1), ran.stderr
        self.said: list[dict[str, Any]] = [
            each for each in json.loads(ran.stdout) if not each["code"].startswith("TS") or each["code"] == "TS711"
        ]
        return [(each["code"], each["severity"], each["line"], each["column"]) for each in self.said]


@pytest.fixture
def house(tmp_path: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> House:
    (tmp_path / "house").mkdir()
    monkeypatch.chdir(tmp_path / "house")
    return House(tmp_path / "house", trainspec)


def test_a_value_is_found_where_it_is_written(house: House) -> None:
    assert house.found(SPEC, MACHINES) == [("ORG001", "error", 2, 17)]
    (one,) = house.said
    assert (one["field"], one["member"]) == (
        "tasks.train.arguments.config.ResourceConfig.InstanceType",
        "ResourceConfig.InstanceType",
    )
    assert house.found(SPEC, MACHINES, scope={"environment": "prod"}) == []


def test_a_class_of_ones_own_with_the_name_is_seen_and_other_operators_are_not(house: House) -> None:
    own = SPEC.replace("airflow.providers.amazon.aws.operators.sagemaker.", "acme.operators.")
    assert house.found(own, MACHINES) == [("ORG001", "error", 2, 17)]
    assert house.found(SPEC.replace("SageMakerTrainingOperator", "SageMakerModelOperator"), MACHINES) == []


def test_what_is_missing_is_found_at_the_task(house: House) -> None:
    assert house.found(SPEC, {"required": ["VpcConfig"]}) == [("ORG001", "error", 7, 3)]
    assert house.said[0]["message"] == "as the house wants it (`VpcConfig` is missing)"


def test_a_config_that_only_the_run_knows(house: House) -> None:
    assert [each[1] for each in house.found(NO_CONFIG, MACHINES)] == ["note"]
    assert house.found(NO_CONFIG, MACHINES, locked=True) == [("ORG001", "error", 11, 15)]


def test_a_role_by_its_name_has_an_arn_that_is_not_known(house: House) -> None:
    must = {"properties": {"RoleArn": {"pattern": "^arn:aws:iam::123456789012:role/"}}}
    assert [each[1] for each in house.found(SPEC, must)] == ["note"]
    assert [each[1] for each in house.found(SPEC, must, locked=True)] == ["error"]


def test_hours_count_the_machines_and_the_retries_of_the_task(house: House) -> None:
    # Two machines for two hours, twice.
    assert house.found(SPEC, {"max_hours": 8}) == []
    assert house.found(SPEC, {"max_hours": 7}) == [("ORG001", "error", 7, 3)]
    assert "up to 8 machine hours; at most 7" in house.said[0]["message"]
    assert [each[:2] for each in house.found(NO_CONFIG, {"max_hours": 7}, locked=True)] == [("ORG001", "error")]


def test_tuning_jobs_of_tasks_are_seen_by_their_training_jobs_and_by_themselves(house: House) -> None:
    assert house.found(TUNING, MACHINES) == [("ORG001", "error", 13, 42)]
    must = {"properties": {"HyperParameterTuningJobConfig": {"properties": {"Strategy": {"const": "Bayesian"}}}}}
    assert house.found(TUNING, must, target="tuning") == [("ORG001", "error", 10, 21)]
    assert house.found(TUNING, {"max_hours": 4}) == []
    assert house.found(TUNING, {"max_hours": 3}) == [("ORG001", "error", 4, 3)]


def test_fields_of_jobs_are_not_asked_of_tasks_and_exceptions_name_them(house: House) -> None:
    assert house.found(SPEC, {"required": ["region"]}, target="job") == []
    waived = [{"job": "train", "until": "2099-01-01", "reason": "agreed"}]
    assert house.found(SPEC, MACHINES, exceptions=waived) == []
