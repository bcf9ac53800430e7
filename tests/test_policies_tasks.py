"""Policies and the jobs that other tasks start with Amazon's operators: no task gets around a rule."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from trainspec.cost import dag_cost
from trainspec.request.started import OPERATIONS

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


MEMBERS = {
    "ResourceConfig": ("SageMakerTrainingOperator", "ResourceConfig"),
    "InstanceGroups": ("SageMakerTrainingOperator", "ResourceConfig: {InstanceGroups: %s}"),
    "StoppingCondition": ("SageMakerTrainingOperator", "StoppingCondition"),
    "AlgorithmSpecification": ("SageMakerTrainingOperator", "AlgorithmSpecification"),
    "TrainingJobDefinition": ("SageMakerTuningOperator", "TrainingJobDefinition"),
    "HyperParameterTuningJobConfig": ("SageMakerTuningOperator", "HyperParameterTuningJobConfig"),
    "a tuning job's machines": (
        "SageMakerTuningOperator",
        "TrainingJobDefinition: {HyperParameterTuningResourceConfig: %s}",
    ),
    "a tuning job's choice": (
        "SageMakerTuningOperator",
        "TrainingJobDefinition: {HyperParameterTuningResourceConfig: {InstanceConfigs: %s}}",
    ),
}


NO_MAPS = ('"{{ var.json.resources }}"', "7", "[7]", '["{{ a }}"]')


@pytest.mark.parametrize("member", MEMBERS)
def test_what_is_no_map_is_not_known_and_ends_no_command(house: House, trainspec: Run, member: str) -> None:
    operator, written = MEMBERS[member]
    whole = {
        "ResourceConfig": "{InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 1}",
        "StoppingCondition": "{MaxRuntimeInSeconds: 60}",
    }
    if operator == "SageMakerTuningOperator":
        limits = "{ResourceLimits: {MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1}}"
        whole = {"HyperParameterTuningJobConfig": limits, "TrainingJobDefinition": "{StoppingCondition: {}}"}
    spec = SPEC[: SPEC.index("  train:")]
    for index, value in enumerate(NO_MAPS):
        line = written % value if "%s" in written else f"{written}: {value}"
        rest = [f"{name}: {text}" for name, text in whole.items() if name != line.partition(":")[0]]
        config = ", ".join([line, *rest])
        module = "airflow.providers.amazon.aws.operators.sagemaker"
        spec += f"  t{index}: {{operator: {module}.{operator}, arguments: {{config: {{{config}}}}}}}\n"
    is_counted = member == "AlgorithmSpecification"
    found = [each for each in house.found(spec, {"max_hours": 1}, locked=True) if each[0] == "ORG001"]
    assert [each[1] for each in found] == ([] if is_counted else ["error"] * len(NO_MAPS))
    (house.folder / "trainspec.toml").write_text("")
    assert trainspec("compile").returncode in (0, 1)
    said = trainspec("cost", "--format", "json")
    assert said.returncode in (0, 1), said.stderr
    counted = dag_cost("d", "d", yaml.safe_load(spec), {}, {})
    assert [job.hours is None for job in counted.jobs] == [not is_counted] * len(NO_MAPS)


def test_every_operator_of_ours_that_takes_a_config_is_seen() -> None:
    classes: dict[str, tuple[list[str], list[str]]] = {}
    for file in Path(__file__).parent.parent.glob("compiler/trainspec/runtime/*.py"):
        for each in ast.walk(ast.parse(file.read_text())):
            if isinstance(each, ast.ClassDef):
                made = [one for one in each.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
                taken = [one.arg for it in made for one in (*it.args.args, *it.args.kwonlyargs)]
                classes[each.name] = ([one.id for one in each.bases if isinstance(one, ast.Name)], taken)

    def above(name: str) -> set[str]:
        return {name, *(one for base in classes.get(name, ([], []))[0] for one in above(base))}

    ours = {name for name in classes if "BaseOperator" in above(name)}
    taking = {name for name in ours if any("config" in classes[one][1] for one in above(name) if one in classes)}
    assert taking == {"TrainingJobOperator", "TuningJobOperator"}
    assert taking <= set(OPERATIONS)


OURS = SPEC.replace("airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator", "OURS")


@pytest.mark.parametrize("module", ["trainspec.runtime", "trainspec.runtime.operator"])
def test_our_own_operator_as_a_task_walks_around_nothing(house: House, module: str) -> None:
    spec = OURS.replace("OURS", f"{module}.TrainingJobOperator")
    assert house.found(spec, MACHINES, locked=True) == [("ORG001", "error", 2, 17)]
    assert house.found(spec, {"max_hours": 7}, locked=True) == [("ORG001", "error", 7, 3)]
    must = {"properties": {"EnableManagedSpotTraining": {"const": False}}}
    spot = spec.replace("        RoleArn", "        EnableManagedSpotTraining: 'True'\n        RoleArn")
    assert [each[1] for each in house.found(spot, must, locked=True)] == ["error"]


def test_our_own_tuning_operator_as_a_task(house: House) -> None:
    spec = TUNING.replace("airflow.providers.amazon.aws.operators.sagemaker.SageMaker", "trainspec.runtime.")
    spec = spec.replace("TuningOperator", "TuningJobOperator")
    assert house.found(spec, MACHINES, locked=True) == [("ORG001", "error", 13, 42)]
    assert house.found(spec, {"max_hours": 3}, locked=True) == [("ORG001", "error", 4, 3)]


COUNT = {"properties": {"ResourceConfig": {"properties": {"InstanceCount": {"maximum": 4}}}}}


@pytest.mark.parametrize(
    "number", ['"\u0664\u0660"', "\"{{ '\u0664\u0660' }}\"", '"+40"', '"4_0"', "\"{{ '4_0' }}\"", '" 40 "', '"many"']
)
def test_a_number_as_python_reads_it_walks_around_nothing(house: House, number: str) -> None:
    spec = SPEC.replace('InstanceCount: "2"', f"InstanceCount: {number}  # trainspec: ignore[TS403]")
    assert ("ORG001", "error") in [each[:2] for each in house.found(spec, COUNT, locked=True)]
    assert [each[0] for each in house.found(spec.replace(number, '"4"'), COUNT, locked=True)] == []


def test_a_hyperparameter_with_the_name_of_a_member_stays_a_text(house: House) -> None:
    spec = SPEC.replace("        RoleArn", '        HyperParameters: {InstanceCount: "many"}\n        RoleArn')
    must = {"properties": {"HyperParameters": {"properties": {"InstanceCount": {"const": "many"}}}}}
    assert house.found(spec, must, locked=True) == []
