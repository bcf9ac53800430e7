"""`status`, `logs` and `stop`: what ran, its log, and its end, over the API of a simulated SageMaker."""

import io
import json
from pathlib import Path

import pytest
from local_helpers import DEFAULTS, ONE, SLOW, TWO, run_spec
from trainspec.local.view import View
from trainspec.simulator import Simulator

from helpers import Run


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.slow
def test_the_jobs_that_ran(aws: Simulator, trainspec: Run, project: Path) -> None:
    assert run_spec(trainspec, project, TWO).returncode == 0
    rows = json.loads(trainspec("status", "--json").stdout)
    assert [row["task"] for row in rows] == ["finetune", "pretrain"]
    assert {row["status"] for row in rows} == {"Completed"}
    shown = trainspec("status").stdout.splitlines()
    assert shown[0].split() == ["JOB", "KIND", "STATUS", "DAG", "TASK", "RUN", "STARTED", "BILLABLE"]
    assert len(shown) == 3
    assert len(trainspec("status", "-n", "1").stdout.splitlines()) == 2
    nothing = trainspec("status", "--dag", "another")
    assert (nothing.stdout, nothing.stderr) == ("", "No jobs found that trainspec has started.\n")
    assert trainspec("status", "--running").stdout == ""
    logged = trainspec("logs", rows[0]["job"])
    assert logged.returncode == 0
    assert logged.stdout.count("\n") > 1
    assert len(trainspec("logs", rows[0]["job"], "-n", "1").stdout.splitlines()) == 1
    assert "has already ended: Completed" in trainspec("stop", rows[0]["job"]).stdout


def test_a_job_is_stopped(aws: Simulator, trainspec: Run, project: Path) -> None:
    assert run_spec(trainspec, project, ONE, "--no-wait").returncode == 0
    ((job, status),) = [(row["job"], row["status"]) for row in json.loads(trainspec("status", "--json").stdout)]
    if status == "InProgress":
        stopped = trainspec("stop", job)
        assert stopped.returncode == 0
        assert job in stopped.stdout


TUNE = f"""{DEFAULTS}jobs:
  tune:
    name: tune-{{{{ ds_nodash }}}}
    tuning:
      strategy: Random
      objective: {{metric: auc, goal: Maximize}}
      ranges: {{eta: {{min: 0.1, max: 0.5}}}}
      limits: {{jobs: 3, parallel: 3}}
"""


def test_a_tuning_job(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, TUNE)
    assert ran.returncode == 0, ran.stderr
    (row,) = json.loads(trainspec("status", "--json").stdout)
    assert (row["kind"], row["status"]) == ("tuning job", "Completed")
    assert row["job"] in trainspec("status").stdout
    best = json.loads(ran.stdout)["best"]["name"]
    logged = trainspec("logs", row["job"])
    assert f"{best}, the best training job of the tuning job {row['job']}" in logged.stderr
    assert logged.stdout == trainspec("logs", best).stdout != ""
    assert "has already ended: Completed" in trainspec("stop", row["job"]).stdout


@pytest.mark.slow
def test_a_tuning_job_is_stopped_and_no_single_training_job_of_it(
    aws: Simulator, trainspec: Run, project: Path
) -> None:
    aws.account.choose = lambda *_: SLOW
    ran = run_spec(trainspec, project, TUNE, "--no-wait")
    assert ran.returncode == 0, ran.stderr
    (row,) = json.loads(trainspec("status", "--running", "--json").stdout)
    child = aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    logged = trainspec("logs", row["job"])
    assert (logged.returncode, "the newest training job of the tuning job" in logged.stderr) == (0, True)
    refused = trainspec("stop", child)
    assert refused.returncode == 2
    assert f"`{child}` belongs to the tuning job `{row['job']}`: stop that job instead" in refused.stderr
    stopped = trainspec("stop", row["job"])
    assert (stopped.returncode, stopped.stdout.split()[:2]) == (0, ["stopping", row["job"]])


@pytest.mark.parametrize("command", ["logs", "stop"])
def test_a_job_that_there_is_not(command: str, aws: Simulator, trainspec: Run) -> None:
    refused = trainspec(command, "nobody")
    assert refused.returncode == 2
    assert "there is no training job or tuning job `nobody` in us-east-1; `trainspec status` lists" in refused.stderr


def test_the_closing_table() -> None:
    out = io.StringIO()
    view = View(io.StringIO(), out, lambda text: text.replace("s3cret", "***"), names=True, as_json=False)
    view.result({"job": "train", "status": "Completed", "metrics": {"auc": 0.91234}, "billable_seconds": 1234})
    view.result({"job": "gate", "status": "Skipped", "model": "s3://b/s3cret"})
    assert out.getvalue() == ""
    view.close()
    heading, train, gate = out.getvalue().strip().splitlines()
    assert heading.split() == ["JOB", "STATUS", "METRICS", "TIME", "BILLABLE", "MODEL"]
    assert train.split() == ["train", "Completed", "auc=0.9123", "1,234", "s"]
    assert gate.split() == ["gate", "Skipped", "s3://b/***"]
