"""Tuning jobs in the engine: one per task run, what it passes on, and why it failed. The model tests the rest."""

from dataclasses import replace
from typing import Any

import pytest
from runtime_helpers import World
from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.by_kind import asked_for
from trainspec.runtime.engine.calls import Calls, Clock
from trainspec.runtime.engine.console import job_url, logs_url
from trainspec.runtime.engine.failure import failure
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.label import sign, signature
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, redacted
from trainspec.runtime.engine.training import Training
from trainspec.runtime.engine.tuning import TUNING, TuningJob
from trainspec.simulator import Outcome

LABEL = Label.of(TaskRun("dag", "run", "tune", -1, started=1_744_156_800_000_000, retries=1), 1)
CONFIG: dict[str, Any] = {
    "Strategy": "Bayesian",
    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
    "ParameterRanges": {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "9"}]},
}
REQUEST: dict[str, Any] = {
    "HyperParameterTuningJobName": "tune",
    "HyperParameterTuningJobConfig": CONFIG,
    "TrainingJobDefinition": {
        "StaticHyperParameters": {"rounds": "10", "_tuning_objective_metric": "auc"},
        "AlgorithmSpecification": {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
        },
        "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
        "OutputDataConfig": {"S3OutputPath": "s3://models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Environment": {"STAGE": "prod"},
    },
}


def engine(world: World, request: dict[str, Any] = REQUEST, label: Label = LABEL) -> Training:
    clock = world.simulator.clock
    calls = Calls(world.client, Clock(clock.now, clock.advance, lambda: 0.5))  # type: ignore[attr-defined]
    return Training(calls, request, label, Policy(), lambda _: None, kind=TUNING)


def finished(world: World, request: dict[str, Any] = REQUEST) -> TuningJob:
    training = engine(world, request)
    job = training.wait(training.start(), None).in_full(training.calls)
    assert isinstance(job, TuningJob)
    return job


def test_a_retry_attaches(world: World) -> None:
    first = engine(world).start()
    second = engine(world, label=replace(LABEL, try_number=2)).start()
    assert first.name == second.name
    assert len(world.simulator.account.tuning.jobs()) == 1


def test_it_hands_on_its_best_training_job(world: World) -> None:
    job = finished(world)
    trainings = world.client.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tune", SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )["TrainingJobSummaries"]
    assert len(trainings) == 4
    best = trainings[0]
    assert job.results["best"] == {
        "name": best["TrainingJobName"],
        "arn": best["TrainingJobArn"],
        "model": f"s3://models/{best['TrainingJobName']}/output/model.tar.gz",
        "metric": "auc",
        "objective": best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"],
        "hyperparameters": {"rounds": "10", **best["TunedHyperParameters"]},
    }
    assert job.results["model"] == job.results["best"]["model"]
    assert job.results["metrics"] == {"auc": job.results["best"]["objective"]}
    assert job.results["output"] == "s3://models/"
    assert job.state == f"Completed - 4 completed, the best is {best['TrainingJobName']} with {job.objective[1]:g}"


def test_a_failed_one_says_why_its_training_jobs_failed(world: World) -> None:
    world.simulator.account.choose = lambda *_: Outcome(failure="ClientError: no data in the channel train")
    job = finished(world)
    problem = failure(job, ["a line"])
    assert problem.kind is Kind.FATAL
    assert "tune is Failed: ClientError: no data in the channel train (training job tune-001-" in problem.text
    assert "All training jobs failed" in problem.text
    assert job.logged_as is not None
    assert job.logged_as.startswith("tune-001-")


@pytest.mark.parametrize(("wanted", "kind"), [("fail", Kind.FATAL), ("retry", Kind.RETRY)])
def test_on_failure_goes_by_what_its_training_jobs_failed_of(world: World, wanted: str, kind: Kind) -> None:
    world.simulator.account.choose = lambda *_: Outcome(failure="AlgorithmError: , exit code: 1")
    job = finished(world)
    assert asked_for(failure(job, []), job, {"algorithm": wanted}).problem.kind is kind


def test_one_that_used_up_its_time_has_completed_if_there_is_a_best(world: World) -> None:
    limits = {"MaxNumberOfTrainingJobs": 400, "MaxParallelTrainingJobs": 2, "MaxRuntimeInSeconds": 200}
    ranges = {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "900"}]}
    config = {**CONFIG, "ResourceLimits": limits, "ParameterRanges": ranges}
    job = finished(world, {**REQUEST, "HyperParameterTuningJobConfig": config})
    assert (job.status, job.completed) == ("Stopped", True)
    assert job.results["best"]["hyperparameters"]["depth"]


def test_one_that_was_stopped_has_not_completed(world: World) -> None:
    training = engine(world)
    job = training.start()
    world.simulator.clock.advance(40)  # type: ignore[attr-defined]
    training.abandon(training.calls)
    job = training.wait(job, None).in_full(training.calls)
    assert (job.status, job.completed) == ("Stopped", False)
    assert failure(job, []).text == "tune is Stopped: it was stopped from outside"
    statuses = {training.state(world.simulator.clock.now()).status for training in world.simulator.jobs}
    assert "InProgress" not in statuses


def test_its_training_jobs_carry_no_label_of_their_own(world: World) -> None:
    training = engine(world)
    training.start()
    child = world.simulator.jobs[0]
    assert child.request["Environment"]["TRAINSPEC_TASK_RUN"]
    account = Account(training.calls)
    found = account.find(child.name)
    assert found
    assert account.label(found) is None


@pytest.mark.parametrize("full", [False, True], ids=["variable", "tag"])
def test_a_full_environment_is_signed_by_a_tag(world: World, full: bool) -> None:
    definition = {**REQUEST["TrainingJobDefinition"], "Environment": {f"V{n}": "1" for n in range(48 if full else 47)}}
    training = engine(world, {**REQUEST, "TrainingJobDefinition": definition})
    training.start()
    again = engine(world, {**REQUEST, "TrainingJobDefinition": definition}, replace(LABEL, try_number=2)).start()
    assert again.name == "tune"
    assert bool(world.simulator.account.tuning.jobs()[0].tags) is full


def test_of_several_definitions_the_first_is_signed() -> None:
    several = [{**REQUEST["TrainingJobDefinition"], "DefinitionName": name} for name in ("a", "b")]
    request = {name: value for name, value in REQUEST.items() if name != "TrainingJobDefinition"}
    request |= {"TrainingJobDefinitions": several}
    member = TUNING.signed_in(request)
    signed = sign(request, LABEL, member, TUNING.max_variables)
    first, second = signed["TrainingJobDefinitions"]
    assert "TrainingJobDefinition" not in signed
    assert (first["Environment"]["STAGE"], second) == ("prod", several[1])
    assert signature(signed, (), TUNING.signed_in(signed)) == LABEL
    assert TUNING.definition(request)["OutputDataConfig"] == {"S3OutputPath": "s3://models/"}
    described = {**signed, "BestTrainingJob": {"TrainingJobName": "t", "TrainingJobDefinitionName": "b"}}
    described["TrainingJobDefinitions"] = [first, {**second, "StaticHyperParameters": {"rounds": "20"}}]
    assert TuningJob("tune", "arn", described).hyperparameters == {"rounds": "20"}
    assert "secret-1" not in redacted(
        "it is secret-1", {"TrainingJobDefinitions": [{"Environment": {"A": "secret-1"}}]}
    )


def test_console_pages() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:hyper-parameter-tuning-job/tune"
    assert job_url(arn, "Tune", TUNING) == (
        "https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/hyper-tuning-jobs/Tune"
    )
    assert str(logs_url(arn, "Tune", TUNING)).endswith("logStreamNameFilter$3DTune-")
    assert TUNING.operation == "CreateHyperParameterTuningJob"
    assert TUNING.stop_command == ("aws sagemaker stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name")
