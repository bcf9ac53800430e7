"""The operator in real DAG runs: `airflow dags test` against the simulated SageMaker."""

import json
import re
import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow, ready
from inside import MARKER
from services import wait_until
from trainspec.simulator import Outcome, Plan, Simulator

DATE = "2025-04-09"
SECRET = "sup3r-secret-value"  # noqa: S105 - what must not be in any log
CONFIG: dict[str, Any] = {
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "HyperParameters": {"epochs": "10", "learning_rate": "0.01"},
    "Environment": {"PLAIN": SECRET},
    "OutputDataConfig": {"S3OutputPath": "s3://my-output-bucket/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
# Escaped as the compiler escapes what is not a template, with what the request must contain.
LETTERS = {
    "ends_with_a_newline\n": "ends_with_a_newline\n",
    "dos\r\nlines\r\n": "dos\r\nlines\r\n",
    "comment {{ '{#' }} in {{ '{{' }}braces}}\n": "comment {# in {{braces}}\n",
    "{{ '{%' }} block %}": "{% block %}",
    "0.20": "0.20",
    "1e-5": "1e-5",
    "[1, 2]": "[1, 2]",
    "{{ params.n }}": "2",
    "{{ ds }}\n": f"{DATE}\n",
}


@dataclass(frozen=True)
class Case:
    """A DAG with one training task, and its expected result."""

    state: str = "success"
    jobs: tuple[str, ...] = ("{dag_id}",)
    """The names of the created jobs, in order; {dag_id} is the requested name."""
    log: tuple[str, ...] = ()
    """Regular expressions that the log must match."""
    config: Mapping[str, Any] = field(default_factory=dict)
    operator: Mapping[str, Any] = field(default_factory=dict)
    dag: Mapping[str, Any] = field(default_factory=dict)
    taken: bool = False
    """Whether somebody else's job has the name."""
    outcome: Outcome | None = None


CASES = {
    "deferred": Case(operator={"deferrable": True}, log=("Job state: InProgress", "Job state: Completed")),
    "deferred_fails": Case(
        "failed",
        operator={"deferrable": True},
        outcome=Outcome(0, 0, 1, 0, failure="AlgorithmError: in the triggerer"),
        log=(r"is Failed: AlgorithmError: in the triggerer",),
    ),
    "deferred_overdue": Case(
        "failed",
        operator={"deferrable": True, "max_attempts": 3},
        outcome=Outcome(training=600, stopping=0),
        log=("has not ended within 0.6 seconds",),
    ),
    "taken_fail": Case("failed", (), taken=True, log=("It was created by something other than trainspec",)),
    "taken_skip": Case("skipped", (), taken=True, operator={"action_if_job_exists": "skip"}),
    "taken_increment": Case(jobs=("{dag_id}-1",), taken=True, operator={"action_if_job_exists": "increment"}),
    "taken_timestamp": Case(jobs=(r"{dag_id}-20\d{{12}}",), taken=True, operator={"action_if_job_exists": "timestamp"}),
    "fails": Case(
        "failed",
        outcome=Outcome(0, 0, 0.5, 0, failure="AlgorithmError: exit code 1"),
        log=(
            r"is Failed: AlgorithmError: exit code 1",
            r"\[algo-1",
            r"https://us-east-1.console.aws.amazon.com/sagemaker/home\?region=us-east-1#/jobs/fails",
        ),
    ),
    "overdue": Case(
        "failed",
        operator={"max_attempts": 2},
        outcome=Outcome(training=600, stopping=0),
        log=(r"has not ended within 0.4 seconds \(max_attempts=2 x check_interval=0.2\) and is being stopped",),
    ),
    "no_wait": Case(operator={"wait_for_completion": False}, outcome=Outcome(training=600)),
    "typed": Case(
        config={
            "ResourceConfig": {**CONFIG["ResourceConfig"], "InstanceCount": "{{ params.n }}"},
            "EnableNetworkIsolation": "{{ params.n == 2 }}",
        }
    ),
    "mistyped": Case(
        "failed",
        (),
        config={"ResourceConfig": {**CONFIG["ResourceConfig"], "InstanceCount": "{{ ds }}"}},
        log=(r"ResourceConfig.InstanceCount must be an integer, but rendered to '2025-04-09'",),
    ),
    "invalid": Case(
        "failed", (), config={"RoleArn": "nobody-in-particular"}, log=("create_training_job: .*ValidationException",)
    ),
    "masked": Case(
        config={"HyperParameters": {"api_token": SECRET}, "Environment": {"DB_PASSWORD": SECRET}},
        log=(r"\[algo-1-\d+\] hyperparameter api_token=\*\*\*",),
    ),
    "masked_deferred": Case(
        config={"HyperParameters": {"api_token": SECRET}},
        operator={"deferrable": True},
        log=(r"\[algo-1-\d+\] hyperparameter api_token=\*\*\*",),
    ),
    "not_printed": Case(operator={"print_log": False}),
    "letters": Case(config={"Environment": {f"V{number}": text for number, text in enumerate(LETTERS)}}),
    "letters_native": Case(
        config={
            "Environment": {f"V{number}": text for number, text in enumerate(LETTERS)},
            "ResourceConfig": {**CONFIG["ResourceConfig"], "InstanceCount": "{{ params.n }}"},
        },
        dag={"render_template_as_native_obj": True},
    ),
}


def dag_text(dag_id: str, case: Case, name: str) -> str:
    """A DAG file like those that the compiler writes."""
    config = {"TrainingJobName": name, **CONFIG, **case.config}
    arguments = {"task_id": "train_task", "config": config, "check_interval": 0.2, **case.operator}
    dag = {"dag_id": dag_id, "schedule": "@daily", "catchup": False, "params": {"n": 2}, **case.dag}
    return f"""
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(**{dag!r}, start_date=pendulum.datetime(2025, 4, 1, tz="UTC"), default_args={{"owner": "airflow"}}):
    train_task = TrainingJobOperator(**{arguments!r})
"""


@pytest.fixture(scope="session")
def logs(airflow: Airflow, simulator: Simulator) -> dict[str, str]:
    """The log of each case's run, all run by one Airflow process."""
    plan, client = simulator.plan, simulator.client()
    assert isinstance(plan, Plan)
    for dag_id, case in CASES.items():
        name = f"{dag_id.replace('_', '-')}-{airflow.version.replace('.', '-')}"
        if case.taken:
            client.create_training_job(**CONFIG, TrainingJobName=name)
        if case.outcome:
            plan.add(f"{name}*", case.outcome)
        (airflow.dags / f"{dag_id}.py").write_text(dag_text(dag_id, case, name))
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *CASES)
    texts = output.split(f"\n{MARKER}")[1:]
    return {text.partition("\n")[0]: text for text in texts}


@pytest.mark.parametrize("dag_id", CASES)
def test_run(airflow: Airflow, simulator: Simulator, logs: dict[str, str], dag_id: str) -> None:
    case, log = CASES[dag_id], logs[dag_id]
    name = f"{dag_id.replace('_', '-')}-{airflow.version.replace('.', '-')}"
    task = airflow.task(dag_id)
    assert task.state == case.state, log
    made = [job for job in simulator.jobs if job.name.startswith(name)][case.taken :]
    assert len(made) == len(case.jobs), log
    for job, pattern in zip(made, case.jobs, strict=True):
        assert re.fullmatch(pattern.format(dag_id=name), job.name)
        assert f"Creating training job: {job.name}" in log
    for pattern in case.log:
        assert re.search(pattern, log), log
    assert SECRET not in log
    if case.state == "success":
        assert task.xcoms["return_value"] == made[-1].name
        assert task.xcoms["arn"] == made[-1].arn
        assert task.xcoms["output"] == "s3://my-output-bucket/models/"
        assert task.xcoms["trainspec_job_link"].endswith(f"#/jobs/{made[-1].name}")
    if case.state == "success" and dag_id != "no_wait":
        assert task.xcoms["model"] == f"s3://my-output-bucket/models/{made[-1].name}/output/model.tar.gz"
        assert task.xcoms["model"] in log
        assert task.xcoms["billable_seconds"] >= 0
        assert list(task.xcoms["metrics"]) == ["loss"]
    elif dag_id != "no_wait":
        assert not [job for job in made if job.state(simulator.clock.now()).status == "InProgress"]


@pytest.mark.parametrize("dag_id", ["masked", "masked_deferred"])
def test_the_page_of_rendered_templates_masks_what_is_named_a_secret(
    airflow: Airflow, logs: dict[str, str], dag_id: str
) -> None:
    with closing(sqlite3.connect(airflow.home / "airflow.db")) as database:
        where = "from rendered_task_instance_fields where dag_id = ?"
        rows = database.execute(f"select rendered_fields {where}", (dag_id,)).fetchall()
    assert rows
    assert "api_token" in str(rows)
    assert SECRET not in str(rows)


@pytest.mark.parametrize("dag_id", ["deferred", "not_printed"])
def test_the_jobs_own_log(logs: dict[str, str], dag_id: str) -> None:
    assert ("Reporting training SUCCESS" in logs[dag_id]) == (dag_id == "deferred")


@pytest.mark.parametrize("dag_id", ["typed", "letters_native"])
def test_templated_members_are_typed(airflow: Airflow, simulator: Simulator, logs: dict[str, str], dag_id: str) -> None:
    job = _job(simulator, airflow, dag_id)
    assert job["ResourceConfig"]["InstanceCount"] == 2
    assert job["HyperParameters"] == {"epochs": "10", "learning_rate": "0.01"}


@pytest.mark.parametrize("dag_id", ["letters", "letters_native"])
def test_what_is_no_template_arrives_to_the_letter(
    airflow: Airflow, simulator: Simulator, logs: dict[str, str], dag_id: str
) -> None:
    environment = _job(simulator, airflow, dag_id)["Environment"]
    assert [environment[f"V{number}"] for number in range(len(LETTERS))] == list(LETTERS.values())


def _job(simulator: Simulator, airflow: Airflow, dag_id: str) -> Mapping[str, Any]:
    name = f"{dag_id.replace('_', '-')}-{airflow.version.replace('.', '-')}"
    (job,) = [job for job in simulator.jobs if job.name == name]
    return job.request


def test_the_guides_example_by_the_command_line(airflow: Airflow, simulator: Simulator) -> None:
    name = f"guide{airflow.version.replace('.', '-')}"
    case = Case(operator={"action_if_job_exists": "increment", "max_attempts": 60, "wait_for_completion": True})
    (airflow.dags / "guide.py").write_text(dag_text("guide", case, name + "-{{ ds }}"))
    log = airflow.run(*airflow.command("dags", "test", "guide", DATE))
    task = airflow.task("guide")
    assert task.state == "success"
    assert task.xcoms["return_value"] == f"{name}-{DATE}"
    for line in (
        f"Creating training job: {name}-{DATE}",
        "Job state: InProgress",
        f"s3://my-output-bucket/models/{name}-{DATE}/output/model.tar.gz",
    ):
        assert line in log
    assert SECRET not in log


def test_sigterm_stops_the_job(airflow: Airflow, simulator: Simulator, tmp_path: Path) -> None:
    alone = ready(airflow.version, tmp_path, simulator.url)
    name = f"killed{airflow.version.replace('.', '-')}"
    plan = simulator.plan
    assert isinstance(plan, Plan)
    plan.add(name, Outcome(training=600, stopping=0.1))
    (alone.dags / "killed.py").write_text(dag_text("killed", Case(operator={"deferrable": False}), name))
    output = tmp_path / "output"  # a full pipe that nobody reads would block the task

    def is_watched() -> bool:
        assert process.poll() is None, output.read_text()
        return _is_watched(simulator, name)

    with (
        output.open("w") as stream,
        subprocess.Popen(
            alone.command("dags", "test", "killed", DATE),
            env=alone.environ(),
            cwd=alone.home,
            stdout=stream,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until("the task watches its job", is_watched, 300)
            process.send_signal(signal.SIGTERM)
            process.wait(180)
        finally:
            process.kill()
    (job,) = [job for job in simulator.jobs if job.name == name]
    said = output.read_text()
    assert job.stop_requested is not None, said
    assert f"Stopping training job {name}" in said
    assert alone.task("killed").state == "failed"
    assert json.dumps(SECRET) not in said


def _is_watched(simulator: Simulator, name: str) -> bool:
    """Whether the job exists and has been polled since. (A task may also describe it before.)"""
    calls = [call.operation for call in simulator.calls if call.name == name]
    return "DescribeTrainingJob" in calls[calls.index("CreateTrainingJob") :] if "CreateTrainingJob" in calls else False
