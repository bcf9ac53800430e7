"""`trainspec import --record`: a program runs against the recorder, and what it asked for becomes specs."""

import sys
import tarfile
import textwrap
from pathlib import Path

import pytest
from trainspec.recording.unpack import unpacked

from helpers import Run

HEAD = """
import io, tarfile, boto3
s3, sm = boto3.client("s3"), boto3.client("sagemaker")
def train(name, **more):
    request = {"TrainingJobName": name, "RoleArn": "arn:aws:iam::111122223333:role/R",
        "AlgorithmSpecification": {"TrainingImage": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1",
                                   "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"}, "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}, **more}
    sm.create_training_job(**request)
    sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)
    return sm.describe_training_job(TrainingJobName=name)
"""


def script(project: Path, body: str) -> list[str]:
    (project / "go.py").write_text(HEAD + textwrap.dedent(body))
    return ["--", sys.executable, "go.py"]


@pytest.mark.slow
def test_each_job_becomes_a_spec_with_its_source(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            tar.addfile(tarfile.TarInfo("train.py"))
        s3.put_object(Bucket="code", Key="c/sourcedir.tar.gz", Body=packed.getvalue())
        assert train("churn-2025-04-09-06-00-00-123", HyperParameters={
            "sagemaker_program": "train.py", "epochs": "3",
            "sagemaker_submit_directory": "s3://code/c/sourcedir.tar.gz",
        })["TrainingJobStatus"] == "Completed"
        train("fraud")
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert (ran.returncode, ran.stdout) == (0, "wrote out/churn.yaml\nwrote out/fraud.yaml\n"), ran.stderr
    churn = (project / "out" / "churn.yaml").read_text()
    assert 'name: "churn-{{ ts_nodash }}"' in churn
    assert "source: {entry: train.py, dir: churn-source, upload: s3://code/c/}" in churn
    assert (project / "out" / "churn-source" / "train.py").is_file()
    assert "name: fraud\n" in (project / "out" / "fraud.yaml").read_text()
    again = trainspec("import", "--record", "-o", "out", *command)
    assert again.returncode == 2
    assert "exists; remove it" in again.stderr


@pytest.mark.slow
def test_what_stands_around_a_job_becomes_tasks(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        role = boto3.client("iam").get_role(RoleName="Mine")["Role"]["Arn"]
        assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"
        own = boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com/")  # as the SDK asks
        assert own.get_caller_identity()["Account"] == "000000000000"
        open("large", "wb").write(b"x" * 9_000_000)
        s3.upload_file("large", "acme", "large")
        assert s3.head_object(Bucket="acme", Key="large")["ContentLength"] == 9_000_000
        sm.create_processing_job(ProcessingJobName="prepare", RoleArn=role, AppSpecification={"ImageUri": "i"},
            ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.large",
                                                   "VolumeSizeInGB": 1}})
        sm.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="prepare")
        url = train("churn")["ModelArtifacts"]["S3ModelArtifacts"]
        sm.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": "i", "ModelDataUrl": url})
        raise SystemExit(3)
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 1
    said = ran.stderr.replace(sys.executable, "python")
    assert "python ended with 3" in said
    assert "m: PrimaryContainer.ModelDataUrl names the job of the recording, churn" in said
    assert "prepare: RoleArn holds the recorder's account, 000000000000: write your own" in said
    spec = (project / "out" / "churn.yaml").read_text()
    assert "  churn:\n    depends_on: prepare\n" in spec
    assert (
        "  m:\n    depends_on: churn\n    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMaker" in spec
    )


@pytest.mark.slow
def test_nothing_leads_elsewhere(trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "absent")
    ran = trainspec("import", "--record", "--region", "eu-west-1", *script(project, "train(sm.meta.region_name)"))
    assert ran.returncode == 0, ran.stderr
    assert "region: eu-west-1" in (project / "eu-west-1.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "--record needs a command: trainspec import --record -- python train.py"),
        (["--", "nothing-such"], 2, "there is no program nothing-such"),
        (["--load", "--", "true"], 2, "--load and --job-name have no place beside it"),
        (["--", "true"], 1, "the command made no training job"),
    ],
)
def test_wrong_uses(trainspec: Run, project: Path, arguments: list[str], code: int, said: str) -> None:
    ran = trainspec("import", "--record", *arguments)
    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr


def test_an_archive_stays_in_its_folder(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../out.py"))
    with pytest.raises(ValueError, match="outside"):
        unpacked(tmp_path / "a.tar.gz", tmp_path / "new")
    assert not (tmp_path / "out.py").exists()
    (tmp_path / "b").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="could not be opened"):
        unpacked(tmp_path / "b", tmp_path / "other")
