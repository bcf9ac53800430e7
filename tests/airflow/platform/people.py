"""A DAG that asks people, and one that is late, in the platform's complete Airflow."""

from pathlib import Path

SPEC = """\
trainspec: 1
dag:
  id: people
  start_date: 2025-04-01
  schedule: null
  default_args: {retries: 2}
  deadline:
    after: queued
    within: 1s
    call: {path: alarm.told, arguments: {what: is late}}
approvals:
  start: {subject: "Train for {{ run_id }}?", timeout: 30m, params: {reason: {type: string, default: ""}}}
  release: {depends_on: train, subject: "Release ${jobs.train.name}?", timeout: 30m, on_reject: fail}
  unanswered: {subject: Anybody there?, timeout: 5s, default: reject}
jobs:
  train:
    depends_on: start
    name: people-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-output-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    operator: {check_interval: 1s}
    environment: {REASON: "{{ ti.xcom_pull(task_ids='start')['params_input']['reason'] }}"}
tasks:
  announce:
    depends_on: release
    operator: airflow.providers.standard.operators.empty.EmptyOperator
  nobody:
    depends_on: unanswered
    operator: airflow.providers.standard.operators.empty.EmptyOperator
"""
ALARM = """\
import os
from pathlib import Path


async def told(what, context):
    with Path(os.environ["AIRFLOW_HOME"], "late").open("a") as file:
        file.write(f"{context['dag_run']['dag_run_id']} {what}\\n")
"""
RUNS = ("approved", "rejected", "refused")
"""What happens in each run: yes to both questions; no to the second; no to the first."""


def alarm(home: Path) -> Path:
    """The folder of the module that a missed deadline calls, for PYTHONPATH."""
    folder = home / "lib"
    folder.mkdir(parents=True)
    (folder / "alarm.py").write_text(ALARM)
    return folder


def said(home: Path) -> list[str]:
    """What the missed deadlines have written."""
    path = home / "late"
    return path.read_text().splitlines() if path.exists() else []
