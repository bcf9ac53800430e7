"""Tuning jobs of the simulator: reproducible, with AWS's messages."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from trainspec.simulator import ManualClock, Outcome, Simulator

DEFINITION: dict[str, Any] = {
    "AlgorithmSpecification": {
        "TrainingImage": "image",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://models/"},
    "HyperParameterTuningResourceConfig": {
        "AllocationStrategy": "Prioritized",
        "InstanceConfigs": [{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}],
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}
NAME = {"HyperParameterTuningJobName": "tune"}


def request(strategy: str = "Random", jobs: int | None = 5, **more: Any) -> dict[str, Any]:
    ranges = {
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.001", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
        ],
        "CategoricalParameterRanges": [{"Name": "mode", "Values": ["a", "b", "c"]}],
    }
    if strategy == "Grid":
        ranges = {"CategoricalParameterRanges": [{"Name": name, "Values": ["a", "b", "c"]} for name in ("x", "y")]}
    limits = {"MaxParallelTrainingJobs": 2, **({} if jobs is None else {"MaxNumberOfTrainingJobs": jobs})}
    return {
        **NAME,
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": limits,
            "ParameterRanges": ranges,
            **more,
        },
        "TrainingJobDefinition": DEFINITION,
    }


@pytest.fixture
def client(simulator: Simulator) -> Any:
    return simulator.client()


@pytest.fixture
def simulator() -> Any:
    with Simulator(clock=ManualClock()) as running:
        yield running


def advance(simulator: Simulator, seconds: float) -> None:
    assert isinstance(simulator.clock, ManualClock)
    simulator.clock.advance(seconds)


def trials(client: Any) -> list[dict[str, Any]]:
    found = client.list_training_jobs_for_hyper_parameter_tuning_job(**NAME, MaxResults=100)
    return list(found["TrainingJobSummaries"])


def test_so_many_at_once_until_all_are_done(simulator: Simulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**request())
    assert [each["TrainingJobStatus"] for each in trials(client)] == ["InProgress"] * 2
    advance(simulator, 36)
    assert len(trials(client)) == 4
    described = client.describe_hyper_parameter_tuning_job(**NAME)
    assert described["HyperParameterTuningJobStatus"] == "InProgress"
    assert described["TrainingJobStatusCounters"]["Completed"] == 2
    advance(simulator, 1000)
    described = client.describe_hyper_parameter_tuning_job(**NAME)
    assert described["HyperParameterTuningJobStatus"] == "Completed"
    values = {
        each["TrainingJobName"]: each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in trials(client)
    }
    assert len(values) == 5
    assert described["BestTrainingJob"]["TrainingJobName"] == min(values, key=lambda name: values[name])
    child = client.describe_training_job(TrainingJobName=next(iter(values)))
    assert child["TuningJobArn"] == described["HyperParameterTuningJobArn"]
    assert 0.001 <= float(child["HyperParameters"]["eta"]) <= 0.1
    assert child["ResourceConfig"] == DEFINITION["HyperParameterTuningResourceConfig"]["InstanceConfigs"][0]


def test_it_is_the_same_again() -> None:
    seen = []
    for _ in range(2):
        with Simulator(clock=ManualClock()) as simulator:
            client = simulator.client()
            client.create_hyper_parameter_tuning_job(**request())
            advance(simulator, 1000)
            seen.append([(each["TunedHyperParameters"], each["TrainingJobName"]) for each in trials(client)])
    assert seen[0] == seen[1]


def test_grid_takes_all_combinations(simulator: Simulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**request("Grid", None))
    advance(simulator, 1000)
    points = {tuple(sorted(each["TunedHyperParameters"].items())) for each in trials(client)}
    assert len(points) == 9


def test_a_stop_stops_the_training_jobs(simulator: Simulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**request())
    advance(simulator, 15)
    client.stop_hyper_parameter_tuning_job(**NAME)
    described = client.describe_hyper_parameter_tuning_job(**NAME)
    assert described["HyperParameterTuningJobStatus"] == "Stopping"
    advance(simulator, 10)
    assert client.describe_hyper_parameter_tuning_job(**NAME)["HyperParameterTuningJobStatus"] == "Stopped"
    assert [each["TrainingJobStatus"] for each in trials(client)] == ["Stopped", "Stopped"]
    with pytest.raises(ClientError, match="the tuning job is in status Stopped"):
        client.stop_hyper_parameter_tuning_job(**NAME)


def test_a_target_ends_it(simulator: Simulator, client: Any) -> None:
    criteria = {"TargetObjectiveMetricValue": 0.5}
    simulator.account.choose = lambda *_: Outcome(metrics={"loss": 0.4})
    client.create_hyper_parameter_tuning_job(**request(jobs=50, TuningJobCompletionCriteria=criteria))
    advance(simulator, 60)
    assert client.describe_hyper_parameter_tuning_job(**NAME)["HyperParameterTuningJobStatus"] == "Completed"
    assert len(trials(client)) < 50


def test_all_failed(simulator: Simulator, client: Any) -> None:
    simulator.account.choose = lambda *_: Outcome(failure="AlgorithmError: exit code 1")
    client.create_hyper_parameter_tuning_job(**request())
    advance(simulator, 1000)
    described = client.describe_hyper_parameter_tuning_job(**NAME)
    assert described["HyperParameterTuningJobStatus"] == "Failed"
    assert described["FailureReason"].startswith("All training jobs failed.")
    assert "BestTrainingJob" not in described


def test_names_are_taken_once(client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**request())
    with pytest.raises(ClientError, match="with the name, tune, already exists") as raised:
        client.create_hyper_parameter_tuning_job(**request())
    assert raised.value.response["Error"]["Code"] == "ResourceInUse"
    with pytest.raises(ClientError, match="can't find a tuning job called other"):
        client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="other")
    wrong = {**request(), "HyperParameterTuningJobName": "n" * 33}
    with pytest.raises(ClientError, match="Member must have length less than or equal to 32"):
        client.create_hyper_parameter_tuning_job(**wrong)


def test_they_are_listed(client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**request())
    listed = client.list_hyper_parameter_tuning_jobs(NameContains="tun", StatusEquals="InProgress")
    assert [each["HyperParameterTuningJobName"] for each in listed["HyperParameterTuningJobSummaries"]] == ["tune"]
    assert not client.list_hyper_parameter_tuning_jobs(NameContains="x")["HyperParameterTuningJobSummaries"]
    names = [each["TrainingJobName"] for each in client.list_training_jobs()["TrainingJobSummaries"]]
    assert all(name.startswith("tune-00") for name in names)
    assert len(names) == 2
    arn = listed["HyperParameterTuningJobSummaries"][0]["HyperParameterTuningJobArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "ml"}])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "ml"}]


def test_several_definitions_are_refused_in_words_for_who_sends_requests(client: Any) -> None:
    several = {key: value for key, value in request().items() if key != "TrainingJobDefinition"}
    objective = several["HyperParameterTuningJobConfig"].pop("HyperParameterTuningJobObjective")
    del several["HyperParameterTuningJobConfig"]["ParameterRanges"]
    several["TrainingJobDefinitions"] = [{"DefinitionName": "a", "TuningObjective": objective, **DEFINITION}]
    with pytest.raises(ClientError, match="Provide one TrainingJobDefinition") as refused:
        client.create_hyper_parameter_tuning_job(**several)
    assert "spec" not in str(refused.value)
