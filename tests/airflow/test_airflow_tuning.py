"""Tuning jobs in real DAG runs, synchronous and deferred: tuned, the best passed on, held back by a gate."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.simulator import Simulator

DATE = "2025-04-09"
SPEC = """
trainspec: 1
dag: {id: DAG, schedule: "@daily", start_date: 2025-04-01, catchup: false}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/MyRole
  output: s3://my-bucket/models/
  region: us-east-1
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
  operator: {check_interval: 1s, deferrable: DEFERRABLE}
  metrics: {"validation:auc": "auc=([0-9.]+)"}
jobs:
  tune:
    name: SHORT-{{ ds_nodash }}
    hyperparameters: {rounds: 10, note: "100% {# kept #}"}
    tuning:
      strategy: Random
      objective: {metric: "validation:auc", goal: Maximize}
      ranges: {eta: {min: 1e-3, max: 0.30, scale: Logarithmic}, depth: {int: [2, 8]}, mode: [a, b]}
      limits: {jobs: 4, parallel: 2}
    proceed_if: {metric: "validation:auc", GATE}
  final:
    name: DAG-final-{{ ds_nodash }}
    hyperparameters: ${jobs.tune.best.hyperparameters}
    inputs: {model: "${jobs.tune.model}"}
    environment: {NAME: "${jobs.tune.best.name}", AUC: "${jobs.tune.best.objective}"}
"""
DAGS = {
    "tuned-sync": ("tus", "false", "above: -1"),
    "tuned-deferred": ("tud", "true", "above: -1"),
    "tuned-gated": ("tug", "false", "above: 2"),
}
EXAMPLE = REPOSITORY / "specs" / "tune_train_register.yaml"


def example(name: str) -> str:
    """The example spec with its own names, and a short polling interval."""
    text = EXAMPLE.read_text()
    for before, after in (
        ("dag:\n", f"dag:\n  id: {name}\n"),
        ("defaults:\n", "defaults:\n  operator: {check_interval: 1s}\n"),
        ("churn-tune-", f"ex{name[7:]}-tune-"),
        ("churn-final-", f"{name}-"),
        ("package_group_name: churn", f"package_group_name: {name}"),
    ):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="session")
def ids(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("tuned")
    mark = airflow.version.replace(".", "-")
    names = {name: f"{name}-{mark}" for name in DAGS}
    for name, (short, deferrable, gate) in DAGS.items():
        text = SPEC.replace("DAG", names[name]).replace("SHORT", f"{short}-{mark}")
        spec = folder / f"{names[name]}.yaml"
        spec.write_text(text.replace("DEFERRABLE", deferrable).replace("GATE", gate))
    names["example"] = f"example-{mark}"
    (folder / f"{names['example']}.yaml").write_text(example(names["example"]))
    for name in names.values():
        spec = folder / f"{name}.yaml"
        command = [sys.executable, "-m", "trainspec", "compile", str(spec), "-o", str(airflow.dags), "--airflow"]
        subprocess.run([*command, airflow.version], check=True, cwd=folder, capture_output=True)
    airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *names.values())
    return names


def tuning_of(simulator: Simulator, prefix: str) -> Any:
    (found,) = [job for job in simulator.account.tuning.jobs() if job.name.startswith(prefix)]
    return found


@pytest.mark.parametrize("name", ["tuned-sync", "tuned-deferred"])
def test_the_best_is_trained_again(ids: dict[str, str], simulator: Simulator, airflow: Airflow, name: str) -> None:
    short = f"{DAGS[name][0]}-{airflow.version.replace('.', '-')}"
    now = simulator.clock.now()
    tuning = tuning_of(simulator, short)
    assert tuning.state(now).status == "Completed"
    best = tuning.best(now)
    final = next(job for job in simulator.jobs if job.name == f"{ids[name]}-final-20250409")
    assert final.request["HyperParameters"] == best.request["HyperParameters"]
    assert final.request["HyperParameters"]["note"] == "100% {# kept #}"
    environment = final.request["Environment"]
    assert environment["NAME"] == best.name
    assert float(environment["AUC"]) == tuning.value(best)
    (channel,) = final.request["InputDataConfig"]
    assert f"/{best.name}/" in channel["DataSource"]["S3DataSource"]["S3Uri"]
    assert final.state(now).status == "Completed"


def test_a_gate_on_the_objective_holds_back(ids: dict[str, str], simulator: Simulator) -> None:
    assert f"{ids['tuned-gated']}-final-20250409" not in {job.name for job in simulator.jobs}


def test_the_example_tunes_trains_and_registers(ids: dict[str, str], simulator: Simulator, airflow: Airflow) -> None:
    name = ids["example"]
    assert airflow.run_state(name) == "success"
    tuning = tuning_of(simulator, f"ex{name[7:]}-tune-")
    best = tuning.best(simulator.clock.now())
    final = next(job for job in simulator.jobs if job.name == f"{name}-20250409")
    assert final.request["HyperParameters"] == best.request["HyperParameters"]
    assert {tag["Key"]: tag["Value"] for tag in final.request["Tags"]}["tuned-by"] == tuning.name
    (package,) = simulator.account.registry.packages("us-east-1", name)
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == f"s3://my-output-bucket/models/{final.name}/output/model.tar.gz"
    assert package["ModelPackageDescription"] == f"Tuned by {tuning.name}, AUC {tuning.value(best)}"
