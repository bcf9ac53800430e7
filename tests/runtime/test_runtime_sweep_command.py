"""`trainspec sweep` as a user sees it: with the simulated SageMaker and Airflow's REST API, both over HTTP."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from airflow_stub import AirflowStub, serving
from runtime_helpers import REQUEST, RUN
from trainspec.runtime.engine import airflow_rest
from trainspec.runtime.engine.identity import LOCAL_RUN, Label, Stay
from trainspec.runtime.engine.label import sign
from trainspec.simulator import Simulator

from helpers import Run

STARTED = datetime.fromtimestamp(RUN.started / 1e6, timezone.utc).isoformat()
NO_WAIT = replace(RUN, task_id="no_wait")
GOES_ON = replace(RUN, task_id="goes_on")
ELSEWHERE = replace(RUN, started=RUN.started + 1)
STATES = {RUN: "failed", NO_WAIT: "success", GOES_ON: "running"}


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowStub]:
    key = (RUN.dag_id, RUN.run_id)
    stub = AirflowStub(
        runs={key: {"start_date": STARTED, "state": "running"}},
        states={(*key, run.task_id): state for run, state in STATES.items()},
        login=("admin", "pass"),
    )
    monkeypatch.setattr(airflow_rest, "_WAITS", (0.0, 0.0, 0.0))
    for name, value in {"TRAINSPEC_AIRFLOW_USER": "admin", "TRAINSPEC_AIRFLOW_PASSWORD": "pass"}.items():
        monkeypatch.setenv(name, value)
    with serving(stub):
        yield stub


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator() as simulator:
        settings = {
            "AWS_ENDPOINT_URL_SAGEMAKER": simulator.url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nowhere",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield simulator


def _jobs(simulator: Simulator) -> None:
    client = simulator.client()
    client.create_training_job(**{**REQUEST, "TrainingJobName": "by-hand"})
    for name, run, stay in [
        ("stray", RUN, Stay()),
        ("meant-to-run-on", NO_WAIT, Stay(after_success=True)),
        ("goes-on", GOES_ON, Stay()),
        ("of-another-airflow", ELSEWHERE, Stay()),
    ]:
        client.create_training_job(**sign({**REQUEST, "TrainingJobName": name}, Label.of(run, 1, stay)))


def _stopped(simulator: Simulator) -> list[str]:
    return [job.name for job in simulator.jobs if job.stop_requested is not None]


def test_it_lists_and_stops_nothing_unless_told_to(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    _jobs(aws)
    ran = trainspec("sweep", "--airflow-url", airflow.url, "--older-than", "0")
    assert ran.returncode == 1
    assert ran.stdout == (
        "stray: stray: its task is failed (DAG my_dag, run scheduled__2025-04-09T00:00:00+00:00, task train, try 1)\n"
    )
    assert ran.stderr == (
        "5 running jobs checked; 1 stray, 2 wanted, 1 unknown to this Airflow, the rest not created by trainspec\n"
    )
    assert _stopped(aws) == []


def test_stop(airflow: AirflowStub, aws: Simulator, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _jobs(aws)
    monkeypatch.setenv("TRAINSPEC_AIRFLOW_URL", airflow.url + "/")
    ran = trainspec("sweep", "--stop", "--all", "--older-than", "0")
    assert ran.returncode == 0
    assert {line.partition(" (DAG")[0] for line in ran.stdout.splitlines()} == {
        "stopped: stray: its task is failed",
        "left: meant-to-run-on: its task does not wait for it (wait_for_completion=False)",
        "left: goes-on: its task is running",
        "left: of-another-airflow: this Airflow's DAG run of that name is a different one, or was started again",
    }
    assert _stopped(aws) == ["stray"]
    again = trainspec("sweep", "--older-than", "0")
    assert (again.returncode, again.stdout) == (0, "")


def test_whose_jobs_are_stopped_is_said(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    """Two Airflows with the same runs, to the microsecond: only one of them is queried here."""
    for name in ("prod", "@0123456789ab"):
        label = Label.of(replace(RUN, installation=name), 1)
        aws.client().create_training_job(**sign({**REQUEST, "TrainingJobName": f"of-{name.strip('@')}"}, label))
    command = ("sweep", "--stop", "--airflow-url", airflow.url, "--older-than", "0")
    ran = trainspec(*command)
    assert (ran.returncode, _stopped(aws)) == (1, [])
    assert (
        "jobs of @0123456789ab, prod were left alone: which of these is this Airflow? Give --installation" in ran.stderr
    )
    ran = trainspec(*command, "--all", "--installation", "prod")
    assert (ran.returncode, _stopped(aws)) == (0, ["of-prod"])
    assert "left: of-0123456789ab: it belongs to the installation @0123456789ab, and this is prod" in ran.stdout


def test_a_label_prints_nothing_of_its_own(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    forged = replace(RUN, run_id="x\x1b]0;pwned\x07)\nstopped: prod-job: its task is failed (DAG prod")
    aws.client().create_training_job(**sign(REQUEST, Label.of(forged, 1)))
    ran = trainspec("sweep", "--all", "--airflow-url", airflow.url, "--older-than", "0")
    assert len(ran.stdout.splitlines()) == 1
    assert "\x1b" not in ran.stdout


def test_a_job_of_a_run_without_airflow_is_left_alone(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    local = replace(RUN, run_id=f"{LOCAL_RUN}2025-04-09T00:00:00+00:00")
    aws.client().create_training_job(**sign(REQUEST, Label.of(local, 1)))
    airflow.runs[local.dag_id, local.run_id] = {"start_date": STARTED, "state": "failed"}  # regardless of its name
    ran = trainspec("sweep", "--stop", "--all", "--airflow-url", airflow.url, "--older-than", "0")
    assert (ran.returncode, _stopped(aws)) == (0, [])
    assert ran.stdout.startswith("left: churn: `trainspec run` started it, not an Airflow task (DAG my_dag, run ")


def test_young_jobs_cost_no_call(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    _jobs(aws)
    before = len(aws.calls)
    ran = trainspec("sweep", "--airflow-url", airflow.url)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert [call.operation for call in aws.calls[before:]] == ["ListTrainingJobs", "ListHyperParameterTuningJobs"]


def test_more_jobs_than_it_may_look_at(airflow: AirflowStub, aws: Simulator, trainspec: Run) -> None:
    _jobs(aws)
    ran = trainspec("sweep", "--airflow-url", airflow.url, "--older-than", "0", "--max-jobs", "2")
    assert ran.returncode == 1
    assert "there are more: increase --max-jobs" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no Airflow given: set --airflow-url"),
        (["--airflow-url", "ftp://airflow"], "'ftp://airflow' is not an http or https address"),
        (["--airflow-url", "http://127.0.0.1:9"], "Airflow cannot be reached"),
        (["--airflow-url", "AWS"], "has no Airflow REST API"),
        (["--airflow-url", "STUB", "--older-than", "soon"], "--older-than takes a duration like 5m, not `soon`"),
        (["--airflow-url", "STUB", "--max-jobs", "0"], "--max-jobs takes a number greater than 0"),
        (["--airflow-url", "STUB", "--profile", "nobody"], "boto3 reports: The config profile (nobody) could not"),
        (["--dag", "4"], "invalid choice"),
    ],
)
def test_bad_usage(airflow: AirflowStub, aws: Simulator, trainspec: Run, arguments: list[str], said: str) -> None:
    places = {"STUB": airflow.url, "AWS": aws.url}
    ran = trainspec("sweep", *(places.get(word, word) for word in arguments))
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_wrong_credentials(
    airflow: AirflowStub, aws: Simulator, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINSPEC_AIRFLOW_PASSWORD", "not-it")
    ran = trainspec("sweep", "--airflow-url", airflow.url)
    assert ran.returncode == 2
    assert "Airflow requires credentials (401 Unauthorized)" in ran.stderr
    assert "not-it" not in ran.stderr


@pytest.mark.parametrize(("arguments", "sdk"), [([], "airflow.sdk"), (["3"], "airflow.sdk"), (["2"], "airflow")])
def test_dag(trainspec: Run, arguments: list[str], sdk: str) -> None:
    ran = trainspec("sweep", "--dag", *arguments)
    assert ran.returncode == 0
    imported = [node.module for node in ast.parse(ran.stdout).body if isinstance(node, ast.ImportFrom)]
    assert imported == [sdk, "trainspec.runtime"]
