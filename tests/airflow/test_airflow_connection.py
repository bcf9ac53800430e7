"""The connection decides for every client, of the operator, its trigger and the sensor: region, TLS, role, settings."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from environment import Airflow
from front import ROLE_KEY, Seen, front
from trainspec.simulator import Simulator

ROLE = "arn:aws:iam::123456789012:role/Trainer"
MAKE_CERTIFICATE = """
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
certificate = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    .not_valid_after(now + datetime.timedelta(days=1)).add_extension(host, critical=False)
    .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
)
open(sys.argv[1], "wb").write(certificate.public_bytes(serialization.Encoding.PEM))
open(sys.argv[2], "wb").write(key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
"""
DAG = """
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator, TrainingJobSensor

config = {{
    "TrainingJobName": "{job}",
    "AlgorithmSpecification": {{"TrainingImage": "image", "TrainingInputMode": "File"}},
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {{"S3OutputPath": "s3://models/"}},
    "ResourceConfig": {{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}},
    "StoppingCondition": {{"MaxRuntimeInSeconds": 3600}},
}}
common = {{"aws_conn_id": "trainer", "region_name": {region!r}, "deferrable": {deferrable}}}
with DAG(dag_id="{dag_id}", schedule="@daily", catchup=False, start_date=pendulum.datetime(2025, 4, 1, tz="UTC")):
    train = TrainingJobOperator(task_id="train", config=config, check_interval=0.3, **common)
    train >> TrainingJobSensor(task_id="wait", job_name="{job}", poke_interval=0.3, **common)
"""


@dataclass(frozen=True)
class Case:
    region: str | None
    deferrable: bool
    expected: str


CASES = {
    "connection_sync": Case(None, deferrable=False, expected="eu-west-1"),
    "connection_deferred": Case(None, deferrable=True, expected="eu-west-1"),
    "connection_region": Case("ap-south-1", deferrable=True, expected="ap-south-1"),
}


@pytest.fixture(scope="module")
def seen(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Seen]]:
    """The requests of all cases, with a connection that has a role, its own TLS certificate and botocore settings."""
    folder, requests = tmp_path_factory.mktemp("tls"), list[Seen]()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    airflow.python("-c", MAKE_CERTIFICATE, str(certificate), str(key))
    with ExitStack() as stack:
        tls = stack.enter_context(front(simulator.url, requests, certificate, key))
        plain = stack.enter_context(front(simulator.url, requests))
        extra = {
            "region_name": "eu-west-1",
            "endpoint_url": tls,
            "verify": str(certificate),
            "config_kwargs": {"user_agent_extra": "from-the-connection"},
            "role_arn": ROLE,
            "service_config": {"sts": {"endpoint_url": plain}},
        }
        connection = {"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "simulator", "extra": extra}
        for dag_id, case in CASES.items():
            text = DAG.format(dag_id=dag_id, job=_job(airflow, dag_id), region=case.region, deferrable=case.deferrable)
            (airflow.dags / f"{dag_id}.py").write_text(text)
        inside = str(Path(__file__).with_name("inside.py"))
        airflow.run(
            *("env", f"AIRFLOW_CONN_TRAINER={json.dumps(connection)}"),
            *(str(airflow.venv / "bin" / "python"), inside, "test", "2025-04-09", *CASES),
        )
        yield requests


def _job(airflow: Airflow, dag_id: str) -> str:
    return f"{dag_id}{airflow.version}".replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("dag_id", CASES)
def test_the_tasks_succeed(airflow: Airflow, seen: list[Seen], dag_id: str) -> None:
    assert airflow.task(dag_id, "train").state == "success"
    assert airflow.task(dag_id, "wait").state == "success"


def test_every_call_is_the_connections(seen: list[Seen]) -> None:
    assert {call.role for call in seen if call.operation == "AssumeRole"} == {ROLE}
    calls = [call for call in seen if call.operation != "AssumeRole"]
    assert {call.operation for call in calls} >= {"CreateTrainingJob", "DescribeTrainingJob", "DescribeLogStreams"}
    for call in calls:
        assert (call.key, call.tls) == (ROLE_KEY, True), call
        assert "from-the-connection" in call.agent, call


@pytest.mark.parametrize("dag_id", CASES)
def test_the_operators_region_goes_before_the_connections(
    airflow: Airflow, simulator: Simulator, seen: list[Seen], dag_id: str
) -> None:
    (job,) = [job for job in simulator.jobs if job.name == _job(airflow, dag_id)]
    assert job.arn.split(":")[3] == CASES[dag_id].expected
    assert {call.region for call in seen if call.operation != "AssumeRole"} == {"eu-west-1", "ap-south-1"}
