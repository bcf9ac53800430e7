"""What a user may request wrongly, or lack: a message that says what to do, exit code 2, and nothing is sent."""

import builtins
from pathlib import Path
from typing import Any

import pytest
from local_helpers import ONE, TWO, run_spec
from trainspec.simulator import Simulator

from helpers import Run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--job", "pretrian"], "has no job `pretrian`; did you mean `pretrain`?"),
        (["--job", "finetune"], "`jobs.finetune.hyperparameters.auc`"),
        (["--no-wait"], "`finetune` waits for `pretrain`"),
        (["--use", "pretrain"], "--use takes ID=TRAINING_JOB, not `pretrain`"),
        (["--use", "pretrain=nobody"], "--use pretrain=nobody: there is no such training job in us-east-1"),
        (["--use", "nobody=job"], "has no job `nobody`"),
        (["--use", "pretrain=a", "--use", "finetune=b"], "there is nothing to run"),
        (["--at", "soon"], "--at takes a date"),
        (["--resume", "soon"], "--resume takes the id of an earlier run"),
        (["--resume", "trainspec-run__2025-04-09"], "--resume takes the id of an earlier run"),
        (["--resume", "trainspec-run__2999-01-01T00:00:00+00:00"], "is in the future"),
        (["--check-interval", "soon"], "--check-interval takes a duration like 30s, not `soon`"),
        (["--check-interval", "0"], "--check-interval takes a duration"),
        (["--profile", "nobody"], "The config profile (nobody) could not be found"),
        (["--endpoint-url", "nowhere"], "boto3 reports: Invalid endpoint: nowhere"),
        (["--phase-seconds", "1"], "--phase-seconds requires --simulate"),
        (["--simulate", "--phase-seconds", "soon"], "phase seconds are one number or four"),
        (["--simulate", "--fail", "x"], "a failure is GLOB=reason"),
        (["--conf", "[1]"], "--conf takes a JSON object"),
        (["--conf", "{model: x}"], "--conf takes a JSON object"),
        (["--metric", "auc=1"], "--metric requires --simulate"),
        (
            ["--simulate", "--metric", "auc=good"],
            "--metric takes NAME=VALUE with a number: could not convert string to float: 'good'",
        ),
        (["--simulate", "--metric", "auc"], "--metric takes NAME=VALUE, not `auc`"),
        (["--simulate", "--profile", "x"], "--simulate cannot be combined with --profile"),
        (["--simulate", "--endpoint-url", "x"], "--simulate cannot be combined with --endpoint-url"),
        (["--var", "x=1"], "no spec has a variable `x`"),
    ],
)
def test_bad_usage(aws: Simulator, trainspec: Run, project: Path, arguments: list[str], said: str) -> None:
    ran = run_spec(trainspec, project, TWO, *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    assert aws.jobs == []


def test_no_credentials(aws: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    ran = run_spec(trainspec, project, ONE)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no AWS credentials" in ran.stderr
    assert "--simulate" in ran.stderr


def test_no_region(aws: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    spec = ONE.replace("  region: us-east-1\n", "")
    ran = run_spec(trainspec, project, spec)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no region given: set --region" in ran.stderr
    ran = run_spec(trainspec, project, spec, "--region", "eu-west-1")
    assert ran.returncode == 0
    assert aws.jobs[0].arn.split(":")[3] == "eu-west-1"


def test_no_boto3(aws: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name.partition(".")[0] in ("boto3", "botocore"):
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    ran = run_spec(trainspec, project, ONE)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "`run` does not need it with --simulate or --local" in ran.stderr
    ran = run_spec(trainspec, project, ONE, "--simulate", "--phase-seconds", "0.05")
    assert (ran.returncode, '"status": "Completed"' in ran.stdout) == (0, True)


def test_a_template_that_only_airflow_renders(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, ONE.replace("epochs: 10", 'epochs: "{{ var.value.epochs }}"'))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "`jobs.train.hyperparameters.epochs` contains a template that only Airflow can render" in ran.stderr
    assert aws.calls == []


def test_a_fragment(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, "defaults: {region: us-east-1}\n")
    assert ran.returncode == 2
    assert "is a fragment: it has no `trainspec: 1`" in ran.stderr


def test_no_such_file(trainspec: Run) -> None:
    ran = trainspec("run", "nowhere.yaml")
    assert ran.returncode in (1, 2)
    assert "nowhere.yaml" in ran.stderr
    assert "Traceback" not in ran.stderr
