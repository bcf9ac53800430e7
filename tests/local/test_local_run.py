"""`trainspec run` as a user meets it, over HTTP against the simulated SageMaker."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from local_helpers import DEFAULTS, ONE, TWO, results, run_spec
from trainspec.local import attempt
from trainspec.local.masking import Mask
from trainspec.local.view import View
from trainspec.runtime.engine.calls import BackOff
from trainspec.runtime.engine.label import signature
from trainspec.simulator import Outcome, Plan, Simulator
from trainspec.simulator.faults import Fault

from helpers import Run

FAILS = Outcome(0.05, 0.05, 0.05, 0.05, failure="AlgorithmError: out of memory")


def created(aws: Simulator) -> dict[str, Any]:
    """The requests of the created jobs, by name."""
    return {job.name: job.request for job in aws.jobs}


def fail(aws: Simulator, pattern: str, outcome: Outcome = FAILS) -> None:
    assert isinstance(aws.plan, Plan)
    aws.plan.add(pattern, outcome)


def test_one_job(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, ONE)
    assert ran.returncode == 0
    arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn-2025-04-09"
    model = "s3://my-output-bucket/models/churn-2025-04-09/output/model.tar.gz"
    result = results(ran)["train"]
    assert result.pop("billable_seconds") >= 0
    assert result == {
        "job": "train",
        "status": "Completed",
        "name": "churn-2025-04-09",
        "arn": arn,
        "output": "s3://my-output-bucket/models/",
        "model": model,
        "metrics": {"auc": 0.75, "validation:auc": 0.9},
    }
    lines = ran.stderr.splitlines()
    assert lines[0].startswith("Run trainspec-run__")
    assert lines[1] == "Creating training job: churn-2025-04-09"
    assert any(line.startswith("Job state: InProgress") for line in lines)
    assert any(line.endswith("] hyperparameter epochs=10") for line in lines)
    assert any(line.startswith("Phases: Starting ") for line in lines)
    assert lines[-1] == f"Model artifact: {model}"
    assert created(aws)["churn-2025-04-09"]["HyperParameters"] == {"epochs": "10"}


def test_a_job_that_fails(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "churn-*")
    ran = run_spec(trainspec, project, ONE)
    assert ran.returncode == 1
    assert results(ran)["train"]["status"] == "Failed"
    assert results(ran)["train"]["reason"] == "AlgorithmError: out of memory"
    assert "churn-2025-04-09 is Failed: AlgorithmError: out of memory" in ran.stderr
    assert "console.aws.amazon.com/sagemaker/home?region=us-east-1#/jobs/churn-2025-04-09" in ran.stderr


def test_a_job_hands_on_what_it_made(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, TWO)
    assert (ran.returncode, list(results(ran))) == (0, ["pretrain", "finetune"])
    request = created(aws)["finetune-2025-04-09"]
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    assert source == results(ran)["pretrain"]["model"]
    assert request["HyperParameters"] == {"auc": "0.75", "parent": "after-pretrain-2025-04-09"}
    assert "pretrain: Creating training job: pretrain-2025-04-09" in ran.stderr
    assert ran.stderr.endswith("Jobs: 2 Completed\n")


def test_what_waits_for_a_failed_job_does_not_run(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "pretrain-*")
    beside = TWO + '  beside: {name: "beside-{{ ds }}"}\n'
    ran = run_spec(trainspec, project, beside)
    assert ran.returncode == 1
    assert {name: each["status"] for name, each in results(ran).items()} == {
        "pretrain": "Failed",
        "finetune": "UpstreamFailed",
        "beside": "Completed",
    }
    assert results(ran)["finetune"]["reason"] == "because of pretrain"
    assert "finetune: UpstreamFailed: because of pretrain\n" in ran.stderr
    assert sorted(created(aws)) == ["beside-2025-04-09", "pretrain-2025-04-09"]


@pytest.mark.parametrize(("bound", "status"), [("0.7", "Completed"), ("0.8", "Skipped")])
def test_a_gate(aws: Simulator, trainspec: Run, project: Path, bound: str, status: str) -> None:
    gate = f'"pretrain-{{{{ ds }}}}", proceed_if: {{metric: auc, at_least: {bound}}}'
    ran = run_spec(trainspec, project, TWO.replace('"pretrain-{{ ds }}"', gate))
    assert ran.returncode == 0
    assert results(ran)["pretrain"]["status"] == "Completed"
    assert results(ran)["finetune"]["status"] == status
    assert f"pretrain: auc is 0.75, and must be at least {bound}: " in ran.stderr
    assert len(aws.jobs) == (2 if status == "Completed" else 1)


def test_a_gate_may_ask_for_more_than_an_earlier_job_reached(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "better-*", Outcome(0.05, 0.05, 0.05, 0.05, metrics={"auc": 0.8}))
    spec = (
        DEFAULTS
        + """\
jobs:
  old: {name: "old-{{ ds }}"}
  better: {name: "better-{{ ds }}", proceed_if: {metric: auc, above: "${jobs.old.metrics.auc}"}}
  deploy: {name: "deploy-{{ ds }}", depends_on: better}
"""
    )
    ran = run_spec(trainspec, project, spec)
    assert (ran.returncode, list(results(ran))) == (0, ["old", "better", "deploy"])
    assert "better: auc is 0.8, and must be above 0.75: yes" in ran.stderr


MATRIX = (
    DEFAULTS
    + """\
jobs:
  train:
    matrix: {depth: [1, 2, 3, 4], max_parallel: 2}
    name: train-${matrix.id}-{{ ds }}
    hyperparameters: {depth: "${matrix.depth}"}
  choose: {name: "choose-{{ ds }}", depends_on: train}
"""
)


def test_a_matrix_runs_no_more_points_at_once_than_it_may(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, MATRIX)
    assert ran.returncode == 0
    assert {job.request["HyperParameters"]["depth"] for job in aws.jobs[:4]} == {"1", "2", "3", "4"}
    assert aws.jobs[4].name == "choose-2025-04-09"
    spans = [(job.created, job.state(float("inf")).end or 0) for job in aws.jobs]
    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) == 2


def test_other_tasks_are_passed_over(aws: Simulator, trainspec: Run, project: Path) -> None:
    spec = (
        DEFAULTS
        + """\
sensors:
  data: {s3: "s3://my-bucket/{{ ds }}/_SUCCESS"}
tasks:
  between: {operator: airflow.providers.standard.operators.empty.EmptyOperator, depends_on: first}
jobs:
  second: {name: "second-{{ ds }}", depends_on: between}
  first: {name: "first-{{ ds }}", depends_on: data}
"""
    )
    ran = run_spec(trainspec, project, spec)
    assert (ran.returncode, list(results(ran))) == (0, ["first", "second"])
    assert "Skipped, because sensors run only in Airflow: data\n" in ran.stderr
    assert "Skipped, because tasks run only in Airflow: between\n" in ran.stderr


@pytest.mark.parametrize(
    ("action", "code", "name"),
    [
        ("fail", 1, None),
        ("skip", 0, None),
        ("increment", 0, "churn-2025-04-09-1"),
        ("timestamp", 0, "churn-2025-04-09-20"),
    ],
)
def test_a_name_that_is_taken(
    aws: Simulator, trainspec: Run, project: Path, action: str, code: int, name: str | None
) -> None:
    spec = ONE.replace("epochs: 10}", f"epochs: 10}}, operator: {{action_if_job_exists: {action}}}")
    assert run_spec(trainspec, project, spec).returncode == 0
    ran = run_spec(trainspec, project, spec)
    assert ran.returncode == code
    result = results(ran)["train"]
    assert result.get("name", "").startswith(name or "")
    assert result["status"] == {"fail": "NotStarted", "skip": "Skipped"}.get(action, "Completed")
    assert len(aws.jobs) == (1 if name is None else 2)
    assert "Training job churn-2025-04-09 already exists. It belongs to DAG local, run trainspec-run__" in ran.stderr


def test_resume_finds_the_jobs_of_an_earlier_run(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "finetune-*")
    first = run_spec(trainspec, project, TWO)
    assert first.returncode == 1
    run_id = first.stderr.partition("Run ")[2].split()[0]
    fail(aws, "finetune-*", Outcome(0.05, 0.05, 0.05, 0.05))
    again = run_spec(trainspec, project, TWO, "--resume", run_id)
    assert again.returncode == 0
    assert [job.name for job in aws.jobs] == ["pretrain-2025-04-09", "finetune-2025-04-09", "finetune-2025-04-09-1"]
    assert "pretrain: Attaching to training job pretrain-2025-04-09" in again.stderr
    assert results(again)["finetune"]["name"] == "finetune-2025-04-09-1"


def test_its_jobs_say_whose_they_are(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, ONE)
    label = signature(aws.jobs[0].request, [])
    assert label is not None
    assert label.complete
    assert label.task_run.is_local
    assert f"Run {label.task_run.run_id}\n" in ran.stderr
    assert (label.task_run.dag_id, label.task_run.task_id) == ("local", "train")


SECRETS = ONE.replace(
    "epochs: 10}",
    'epochs: 10, db_password: "{{ ds }}-correct-horse"}, environment: {HF_TOKEN: "{{ ds }}-abcd", NCCL_DEBUG: INFO}',
)


def test_secrets_are_not_shown(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "*", replace(FAILS, failure="AlgorithmError: 2025-04-09-abcd is no token\x1b[2J"))
    ran = run_spec(trainspec, project, SECRETS)
    assert "2025-04-09-abcd" in created(aws)["churn-2025-04-09"]["Environment"].values()
    for text in (ran.stdout, ran.stderr):
        assert "correct-horse" not in text
        assert "2025-04-09-abcd" not in text
        assert "\x1b" not in text
        assert "AlgorithmError: *** is no token" in text
    assert "hyperparameter db_password=***" in ran.stderr


def test_what_is_masked() -> None:
    mask = Mask()
    mask.add(
        {"Environment": {"API_KEY": "sup3r", "PASSWORD": "abc"}, "HyperParameters": {"tokenizer": "bert", "n": "1"}}
    )
    assert mask("sup3r abc bert 1") == "*** abc bert 1"
    assert mask("a ghp_" + "a" * 36) == "a " + "*" * 40


def test_no_wait(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "*", Outcome())
    ran = run_spec(trainspec, project, ONE, "--no-wait")
    assert ran.returncode == 0
    assert results(ran)["train"]["status"] == "InProgress"
    assert results(ran)["train"]["name"] == "churn-2025-04-09"
    label = signature(aws.jobs[0].request, [])
    assert label is not None
    assert label.stay.after_success
    assert [call.operation for call in aws.calls] == ["CreateTrainingJob"]


def test_one_job_of_several(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, TWO, "--job", "pretrain")
    assert (ran.returncode, list(results(ran))) == (0, ["pretrain"])
    ran = run_spec(trainspec, project, TWO, "--job", "finetune")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "run that job, too (--job pretrain), or use those" in ran.stderr
    ran = run_spec(trainspec, project, TWO, "--use", "pretrain=pretrain-2025-04-09")
    assert (ran.returncode, list(results(ran))) == (0, ["finetune"])
    assert created(aws)["finetune-2025-04-09"]["HyperParameters"]["parent"] == "after-pretrain-2025-04-09"


TRIGGERED = (
    DEFAULTS.replace("{id: local}", "{id: local, params: {depth: 4, rounds: 10}}")
    + """\
jobs:
  drift:
    name: drift-{{ ds }}
    inputs: {model: "{{ dag_run.conf['model'] }}"}
    hyperparameters: {depth: "{{ params.depth }}", rounds: "{{ params.rounds }}"}
"""
)


def test_what_a_run_is_triggered_with(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, TRIGGERED)
    assert ran.returncode == 2
    assert "`jobs.drift.inputs.model` contains a template that only Airflow can render" in ran.stderr
    ran = run_spec(trainspec, project, TRIGGERED, "--conf", '{"model": "s3://models/a.tar.gz", "depth": 6}')
    assert ran.returncode == 0
    request = created(aws)["drift-2025-04-09"]
    assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://models/a.tar.gz"
    assert request["HyperParameters"] == {"depth": "6", "rounds": "10"}


def test_a_wait_that_is_over(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "*", Outcome(training=600))
    spec = ONE.replace("epochs: 10}", "epochs: 10}, operator: {check_interval: 1s, max_attempts: 1}")
    ran = run_spec(trainspec, project, spec)
    assert ran.returncode == 1
    assert "has not ended within 1 seconds" in results(ran)["train"]["reason"]
    assert "has not ended within 1 seconds" in ran.stderr
    assert aws.jobs[0].stop_requested is not None


def test_what_passes_by_itself_is_ridden_out(aws: Simulator, trainspec: Run, project: Path) -> None:
    aws.faults.add(Fault("lost_answer", "CreateTrainingJob"))
    aws.faults.add(Fault("throttle", "DescribeTrainingJob", times=2))
    ran = run_spec(trainspec, project, ONE)
    assert ran.returncode == 0
    assert len(aws.jobs) == 1
    assert "Attaching to training job churn-2025-04-09" in ran.stderr


def test_access_denied(aws: Simulator, trainspec: Run, project: Path) -> None:
    aws.faults.add(Fault("denied", "CreateTrainingJob"))
    ran = run_spec(trainspec, project, ONE)
    assert ran.returncode == 1
    assert "User is not authorized to perform this operation" in results(ran)["train"]["reason"]
    assert results(ran)["train"]["status"] == "NotStarted"


def test_a_job_that_can_be_asked_about_no_more(aws: Simulator, trainspec: Run, project: Path) -> None:
    for operation in ("DescribeTrainingJob", "StopTrainingJob"):
        aws.faults.add(Fault("expired", operation, times=1000))
    fail(aws, "*", Outcome())
    ran = run_spec(trainspec, project, ONE)
    assert ran.returncode == 1
    result = results(ran)["train"]
    assert (result["status"], result["name"]) == ("InProgress", "churn-2025-04-09")
    assert "The security token included in the request is expired" in result["reason"]
    assert "It may still be running; you can stop it with aws sagemaker stop-training-job" in ran.stderr


def test_an_endpoint_where_nobody_is(
    aws: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "START_PATIENCE", BackOff(0.1, 0.1, 0.3))
    monkeypatch.setattr(attempt, "HURRY", BackOff(0.1, 0.1, 0.3))
    ran = run_spec(trainspec, project, ONE, "--endpoint-url", "http://127.0.0.1:9")
    assert ran.returncode == 1
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:9/"' in results(ran)["train"]["reason"]
    assert "Traceback" not in ran.stderr


def test_fail_fast(aws: Simulator, trainspec: Run, project: Path) -> None:
    fail(aws, "beside-*", Outcome(training=600, stopping=0.1))
    fail(aws, "pretrain-*")
    spec = TWO.replace("{id: local}", "{id: local, fail_fast: true}") + '  beside: {name: "beside-{{ ds }}"}\n'
    ran = run_spec(trainspec, project, spec)
    assert ran.returncode == 1
    assert {name: each["status"] for name, each in results(ran).items()} == {"pretrain": "Failed", "beside": "Stopped"}


def test_a_fault_of_our_own_leaves_no_job_running(
    aws: Simulator, trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(View, "result", break_down)
    fail(aws, "beside-*", Outcome(training=600, stopping=0.1))
    ran = run_spec(trainspec, project, TWO + '  beside: {name: "beside-{{ ds }}"}\n')
    assert ran.returncode == 3
    assert "internal error: RuntimeError: a bug" in ran.stderr
    states = {job.name: job.state(aws.clock.now()).status for job in aws.jobs}
    assert states == {"pretrain-2025-04-09": "Completed", "beside-2025-04-09": "Stopped"}


def test_errors_of_the_spec_send_nothing(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, ONE.replace("m5.large", "m5.lrage"))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "did you mean `ml.m5.large`?" in ran.stderr
    assert aws.calls == []
