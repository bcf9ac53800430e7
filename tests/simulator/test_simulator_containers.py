"""With strict containers, a job fails where its container would, and only there."""

import json
from typing import Any

import pytest
import yaml
from simulator_helpers import request
from trainspec.pipeline import Options, analyse
from trainspec.reference.fixable import spec_with
from trainspec.rules.support.registry import all_rules
from trainspec.rules.support.view import JobView
from trainspec.simulator import ManualClock, Outcome, Plan, Simulator, strict
from trainspec.simulator.containers import ENDS, End, failure_of
from trainspec.text.source import Source

from helpers import Run
from refusals.count import cases

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.8.0-cpu-py312-ubuntu22.04-sagemaker"
DATA = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://my-bucket/train/"}}}
TRAIN = [{"ChannelName": "train", "ContentType": "text/csv", **DATA}]
SCRIPT = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://my-bucket/source.tar.gz"}


def of(image: str, hyperparameters: dict[str, str], channels: list[dict[str, Any]] = TRAIN) -> dict[str, Any]:
    algorithm = {"TrainingImage": image, "TrainingInputMode": "File"}
    return request(AlgorithmSpecification=algorithm, HyperParameters=hyperparameters, InputDataConfig=channels)


FAILING = [
    (of(XGBOOST, {"eta": "0.1"}), "ClientError: Missing required hyperparameter: num_round, exit code: 2"),
    (
        of(XGBOOST, {"num_round": "9", "trees": "3"}),
        "ClientError: Extraneous hyperparameter found: trees, exit code: 2",
    ),
    (
        of(XGBOOST, {"num_round": "9", "objective": "multi:softmax"}),
        "ClientError: Require input for parameter 'num_class' for multi-classification, exit code: 2",
    ),
    (
        of(XGBOOST, {"num_round": "9"}, [*TRAIN, {"ChannelName": "test", "ContentType": "text/csv", **DATA}]),
        "ClientError: Extraneous channel found: test, exit code: 2",
    ),
    (of(XGBOOST.replace("1.7-1", "1.6-1"), {"num_round": "9"}), "ClientError: Requested image"),
    (
        of(XGBOOST, {"num_round": "9", "tree_method": "gpu_hist"}),
        "AlgorithmError: XGB train call failed with exception: No visible GPU",
    ),
    (
        of(PYTORCH, {**SCRIPT, "sagemaker_submit_directory": "s3://my-bucket/code/"}),
        "AlgorithmError: framework error: An error occurred (404) when calling the HeadObject operation: Not Found",
    ),
]


@pytest.mark.parametrize(("members", "reason"), FAILING, ids=[reason[:50] for _, reason in FAILING])
def test_a_job_fails_as_its_container_would(members: dict[str, Any], reason: str) -> None:
    clock = ManualClock()
    with Simulator(clock=clock, plan=strict(Plan(Outcome(1, 1, 1, 1)))) as simulator:
        client = simulator.client()
        client.create_training_job(**members)
        clock.advance(60)
        described = client.describe_training_job(TrainingJobName="churn")
    assert described["TrainingJobStatus"] == "Failed"
    assert described["FailureReason"].startswith(reason)


@pytest.mark.parametrize("members", [of(XGBOOST, {"num_round": "9"}), of(PYTORCH, SCRIPT), request()])
def test_others_train(members: dict[str, Any]) -> None:
    assert failure_of(members) is None


def test_a_failure_of_the_plan_goes_first() -> None:
    plan = strict(Plan(Outcome(failure="out of memory")))
    assert plan("churn", of(XGBOOST, {})).failure == "out of memory"
    assert plan("churn", request()).failure == "out of memory"


def test_no_sound_job_fails() -> None:
    for case in {case.name.partition(":")[0]: case for case in cases()}.values():
        spec = {"trainspec": 1, "dag": {"id": "d", "schedule": None}, "jobs": {"train": case.good}}
        made = analyse(Source("case.yaml", yaml.safe_dump(spec, sort_keys=False)), Options())
        assert {name: failure_of(each.members) for name, each in made.requests.items()} == {"train": None}, case.name


def test_codes_are_rules_once_a_kind() -> None:
    assert len({end.code for end in ENDS}) == len(ENDS)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.code)
def test_each_end_is_found_in_its_rules_example(end: End) -> None:
    """A rule that does not always end its job names the failure, at least in its own example."""
    (rule,) = (rule for rule in all_rules() if rule.code.id == end.code)
    made = analyse(Source("bad.yaml", spec_with(rule.bad)), Options()).requests["train"]
    job = JobView("train", {}, made.members, {})
    found = list(rule.check_job(job)) if rule.check_job else []
    assert any(end.always or each.fails_with is not None for each in found)


def test_run_with_strict_containers(trainspec: Run, project: Any) -> None:
    job = {
        "name": "churn-{{ ts_nodash }}",
        "algorithm": "xgboost@1.7-1",
        "region": "us-east-1",
        "role": "arn:aws:iam::123456789012:role/R",
        "inputs": {"train": {"s3": "s3://my-bucket/t/", "content_type": "text/csv"}},
        "output": "s3://my-bucket/out/",
        "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": "10GB"},
        "stopping": {"max_runtime": "30m"},
        "hyperparameters": {"num_round": 9, "eta": 7},
    }
    spec = {"trainspec": 1, "dag": {"id": "churn", "schedule": None}, "jobs": {"train": job}}
    (project / "specs").mkdir(exist_ok=True)
    (project / "specs" / "churn.yaml").write_text(yaml.safe_dump(spec))
    options = ("run", "specs/churn.yaml", "--simulate", "--phase-seconds", "0.1", "--json")
    lenient, failed = trainspec(*options), trainspec(*options, "--strict-containers")
    assert (lenient.returncode, failed.returncode) == (0, 1), failed.stderr
    assert "Hyperparameter eta: 7 is not in [0, 1]" in json.dumps(failed.stdout + failed.stderr)
    assert trainspec("run", "specs/churn.yaml", "--local", "--strict-containers").returncode == 2
