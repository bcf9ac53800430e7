"""From a spec to a job: what the compiler writes, run by Airflow, is the request that `trainspec request` prints."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.simulator import Simulator

DATE = "2025-04-09"
CASES = REPOSITORY / "tests" / "cases"
SPECS = {
    "sagemaker_training_dag": REPOSITORY / "specs" / "sagemaker_training_dag.yaml",
    "vpc_and_kms": REPOSITORY / "specs" / "vpc_and_kms.yaml",
    "spot_with_checkpoint": REPOSITORY / "specs" / "spot_with_checkpoint.yaml",
    "literals": CASES / "good_literals_survive_airflow" / "spec.yaml",
    "hyperparameters": CASES / "good_hyperparameters_keep_their_text" / "spec.yaml",
}


def _trainspec(*arguments: str) -> str:
    command = [sys.executable, "-m", "trainspec", *arguments]
    return subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def compiled(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run each spec's DAG once, with a name for this minor; returns the expected requests."""
    folder = tmp_path_factory.mktemp("specs")
    mark = airflow.version.replace(".", "-")
    expected = {}
    for dag_id, path in SPECS.items():
        text = path.read_text()
        name = next(line for line in text.splitlines() if line.startswith("    name: ")).partition(": ")[2]
        text = text.replace(f"name: {name}", f"name: {dag_id.replace('_', '-')}-{mark}-{{{{ ds_nodash }}}}")
        text = text.replace("dag: {id: case}", f"dag: {{id: {dag_id}}}")
        spec = folder / f"{dag_id}-{mark}.yaml"
        spec.write_text(
            text.replace("check_interval: 30s", "check_interval: 1s").replace(
                "check_interval: 1m", "check_interval: 1s"
            )
        )
        _trainspec("compile", str(spec), "-o", str(airflow.dags), "--airflow", airflow.version)
        expected[dag_id] = json.loads(_trainspec("request", str(spec), "--at", DATE, "--airflow", airflow.version))
    airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *SPECS)
    return expected


@pytest.mark.parametrize("dag_id", SPECS)
def test_the_job_is_the_request(airflow: Airflow, simulator: Simulator, compiled: dict[str, Any], dag_id: str) -> None:
    expected = compiled[dag_id]
    (job,) = [job for job in simulator.jobs if job.name == expected["TrainingJobName"]]
    made = json.loads(json.dumps(job.request))
    environment = {key: value for key, value in made.pop("Environment").items() if not key.startswith("TRAINSPEC_")}
    assert environment == expected.pop("Environment", {})
    assert made == expected
    (task_id,) = re.findall(r"^  (\w+):$", SPECS[dag_id].read_text().partition("\njobs:")[2], re.MULTILINE)
    task = airflow.task(dag_id, task_id)
    assert task.state == "success"
    assert task.xcoms["return_value"] == expected["TrainingJobName"]
