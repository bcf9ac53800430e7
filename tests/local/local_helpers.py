"""Specs, and jobs that take no time."""

import json
from pathlib import Path
from typing import Any

from trainspec.simulator import Outcome

from helpers import Ran, Run

QUICK = Outcome(0.05, 0.05, 0.1, 0.05, stopping=0.3, metrics={"auc": 0.75, "validation:auc": 0.9})
SLOW = Outcome(0.05, 0.05, 600, 0.05, stopping=0.3)

DEFAULTS = """\
trainspec: 1
dag: {id: local}
defaults:
  region: us-east-1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  output: s3://my-output-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 20m}
  metrics: {auc: "auc=([0-9.]+)"}
"""
ONE = (
    DEFAULTS
    + """\
jobs:
  train: {name: "churn-{{ ds }}", hyperparameters: {epochs: 10}}
"""
)
TWO = (
    DEFAULTS
    + """\
jobs:
  finetune:
    name: finetune-{{ ds }}
    inputs: {base: "${jobs.pretrain.model}"}
    hyperparameters: {auc: "${jobs.pretrain.metrics.auc}", parent: "after-${jobs.pretrain.name}"}
  pretrain: {name: "pretrain-{{ ds }}"}
"""
)
AT = ("--at", "2025-04-09", "--check-interval", "0.05")


def write(project: Path, text: str) -> str:
    """Write the spec, and return its name."""
    (project / "specs" / "local.yaml").write_text(text)
    return "specs/local.yaml"


def run_spec(trainspec: Run, project: Path, text: str, *arguments: str) -> Ran:
    """Run a spec for 2025-04-09, with a short polling interval."""
    return trainspec("run", write(project, text), *AT, *arguments)


def results(ran: Ran) -> dict[str, dict[str, Any]]:
    """The lines of the result, by job."""
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len({each["job"] for each in found}) == len(found)
    return {each["job"]: each for each in found}


def aws_settings(url: str) -> dict[str, str]:
    """The environment of somebody who has an account at `url`."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
