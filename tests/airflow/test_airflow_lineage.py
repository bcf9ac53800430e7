"""What the real OpenLineage provider reports about a job, written to a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow
from trainspec.simulator import Outcome, Plan, Simulator

DAG = """
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator

def channel(name, source):
    return {{"ChannelName": name, "DataSource": source}}

config = {{
    "TrainingJobName": "{dag_id}",
    "AlgorithmSpecification": {{"TrainingImage": "image", "TrainingInputMode": "File"}},
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "InputDataConfig": [
        channel("train", {{"S3DataSource": {{"S3DataType": "S3Prefix", "S3Uri": "s3://data/{{{{ ds }}}}/train/"}}}}),
        channel("again", {{"S3DataSource": {{"S3DataType": "S3Prefix", "S3Uri": "s3://data/{{{{ ds }}}}/train/"}}}}),
        channel("whole", {{"S3DataSource": {{"S3DataType": "S3Prefix", "S3Uri": "s3://bucket"}}}}),
        channel("disk", {{"FileSystemDataSource": {{
            "FileSystemId": "fs-0123456789a", "FileSystemType": "EFS", "FileSystemAccessMode": "ro",
            "DirectoryPath": "/"}}}}),
    ],
    "OutputDataConfig": {{"S3OutputPath": "s3://models/churn"}},
    "ResourceConfig": {{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}},
    "StoppingCondition": {{"MaxRuntimeInSeconds": 3600}},
    "VpcConfig": {{"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
}}
with DAG(dag_id="{dag_id}", schedule="@daily", catchup=False, start_date=pendulum.datetime(2025, 4, 1, tz="UTC")):
    TrainingJobOperator(task_id="train", config=config, check_interval=0.3, deferrable={deferrable})
"""
INPUTS = [("s3://bucket", "/"), ("s3://data", "2025-04-09/train/")]
DAGS = {"lineage": False, "lineage-deferred": True, "lineage-fails": False}


@pytest.fixture(scope="module")
def events(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    assert isinstance(simulator.plan, Plan)
    simulator.plan.add("lineage-fails*", Outcome(0, 0, 0.5, 0, failure="AlgorithmError: exit code 1"))
    for dag_id, deferrable in DAGS.items():
        (airflow.dags / f"{dag_id}.py").write_text(DAG.format(dag_id=_own(airflow, dag_id), deferrable=deferrable))
    file = tmp_path_factory.mktemp("lineage") / "events.jsonl"
    transport = {"type": "file", "log_file_path": str(file), "append": True}
    settings = {"AIRFLOW__OPENLINEAGE__DISABLED": "False", "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport)}
    airflow.run(
        *("env", *(f"{name}={value}" for name, value in settings.items())),
        *(str(airflow.venv / "bin" / "python"), str(Path(__file__).with_name("inside.py"))),
        *("test", "2025-04-09", *(_own(airflow, dag_id) for dag_id in DAGS)),
    )
    return [json.loads(line) for line in file.read_text().splitlines()]


def _own(airflow: Airflow, dag_id: str) -> str:
    """The DAG's id and its job's name: both majors use the same account."""
    return f"{dag_id}-{airflow.version.replace('.', '-')}"


@pytest.mark.parametrize(
    ("dag_id", "kind"), [("lineage", "COMPLETE"), ("lineage-deferred", "COMPLETE"), ("lineage-fails", "FAIL")]
)
def test_inputs_and_model(airflow: Airflow, events: list[dict[str, Any]], dag_id: str, kind: str) -> None:
    own = _own(airflow, dag_id)
    of_task = {event["eventType"]: event for event in events if event["job"]["name"] == f"{own}.train"}
    output = ("s3://models", f"churn/{own}/output/model.tar.gz" if kind == "COMPLETE" else "churn")
    assert _data_sets(of_task["START"], "inputs") == INPUTS
    assert _data_sets(of_task["START"], "outputs") == [("s3://models", "churn")]
    assert _data_sets(of_task[kind], "inputs") == INPUTS
    assert _data_sets(of_task[kind], "outputs") == [output]


def _data_sets(event: dict[str, Any], which: str) -> list[tuple[str, str]]:
    return sorted((data_set["namespace"], data_set["name"]) for data_set in event[which])
