"""The platform's specs, run for two days in a complete Airflow with the simulator."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deployment import Deployment, deployed
from environment import REPOSITORY
from object_store import object_store
from people import SPEC as PEOPLE
from people import alarm
from services import wait_until
from trainspec.simulator import Outcome, Plan, Simulator

GOOD, POOR = "2025-04-09", "2025-04-10"
SHORT = Outcome(0.5, 0.5, 0.5, 0.5)
LANES = """\
trainspec: 1
dag: {id: lanes, start_date: 2025-04-01, schedule: null}
jobs:
  sweep:
    name: lanes-${matrix.x}-{{ ds_nodash }}
    matrix: {x: [1, 2, 3, 4, 5, 6], max_parallel: 2}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-output-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    operator: {check_interval: 1s, max_attempts: null}
"""


@dataclass(frozen=True)
class Platform:
    """A complete Airflow in which the pipeline has run twice: once with a good model, and once with a poor one."""

    deployment: Deployment
    simulator: Simulator


@contextmanager
def ran(home: Path) -> Iterator[Platform]:
    """Airflow 3.3 with its home in `home`, after both runs; gone afterwards."""
    good = Outcome(0.5, 0.5, 0.5, 0.5, metrics={"validation:auc": 0.91})
    poor = Outcome(0.5, 0.5, 0.5, 0.5, metrics={"validation:auc": 0.55})
    days = {GOOD: good, POOR: poor}
    plan = Plan(SHORT, {f"churn-choose-dev-{day.replace('-', '')}*": outcome for day, outcome in days.items()})
    markers = [f"company-data-dev/churn/{day}/_SUCCESS" for day in days]
    with Simulator(plan=plan) as simulator, object_store(*markers) as store:
        services = {"s3": {"endpoint_url": store}, "sagemaker": {"endpoint_url": simulator.url}}
        extra = {"region_name": "us-east-1", "endpoint_url": simulator.url, "service_config": services}
        aws = {"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "simulator", "extra": extra}
        variables = {"AIRFLOW_CONN_AWS_DEFAULT": json.dumps(aws), "PYTHONPATH": str(alarm(home))}
        with deployed("3.3", home, simulator.url, variables=variables) as deployment:
            platform = Platform(deployment, simulator)
            _run(platform)
            yield platform


def _run(platform: Platform) -> None:
    rest, folder = platform.deployment.rest, platform.deployment.airflow.dags
    compile_ = [sys.executable, "-m", "trainspec", "compile", "-o", str(folder)]
    subprocess.run([*compile_, "specs/platform", "--env", "dev"], check=True, cwd=REPOSITORY)
    for name, text in {"lanes": LANES, "people": PEOPLE}.items():
        spec = folder.parent / f"{name}.yaml"
        spec.write_text(text)
        subprocess.run([*compile_, str(spec)], check=True, cwd=REPOSITORY)
    platform.deployment.wait_dags({"churn_pipeline", "churn_drift", "fraud_pipeline", "lanes", "people"})
    for dag_id in ("churn_pipeline", "churn_drift", "lanes"):
        rest.unpause(dag_id)
    rest.trigger("lanes", GOOD, f"{GOOD}T00:00:00Z")
    for day in (GOOD, POOR):
        rest.trigger("churn_pipeline", day, f"{day}T00:00:00Z")
    for dag_id, count in {"churn_pipeline": 2, "churn_drift": 1, "lanes": 1}.items():
        wait_until(f"{dag_id} has run", partial(_ended, platform, dag_id, count), 600, 1)


def _ended(platform: Platform, dag_id: str, count: int) -> bool:
    states = platform.deployment.rest.runs(dag_id).values()
    return sum(state in ("success", "failed") for state in states) >= count
