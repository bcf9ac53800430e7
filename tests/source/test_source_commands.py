"""push, iam, run --local, metrics and simulate --exec, as a user sees them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_helpers import OWN_IMAGE, SOURCE, write, write_spec
from trainspec.cli.running_here import python_of
from trainspec.packing.archive import pack
from trainspec.packing.files import list_files
from trainspec.simulator import Simulator

from helpers import Run

SCRIPT = """
import argparse, os, pathlib
parser = argparse.ArgumentParser(); parser.add_argument("--epochs", type=int); given = parser.parse_args()
print("auc=0.5"); print(f"auc={0.1 * given.epochs}")
pathlib.Path(os.environ["SM_MODEL_DIR"], "weights").write_text("w")
"""
METRIC = 'metrics: {auc: "auc=([0-9.]+)"}'


@pytest.fixture
def s3(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulator")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with Simulator(objects=tmp_path_factory.mktemp("s3")) as simulator:
        yield simulator


def test_push_uploads_once(trainspec: Run, project: Path, s3: Simulator) -> None:
    write(project, {"src/train.py": SCRIPT})
    write_spec(project)
    digest = pack(list_files(project / "src", project)).digest
    uri = f"s3://my-bucket/code/{digest}/sourcedir.tar.gz"
    assert trainspec("push", "--dry-run").stdout == f"would upload {uri} (1 file, 2 kB)\n"
    assert trainspec("push", "--endpoint-url", s3.url).stdout == f"uploaded {uri} (1 file, 2 kB)\n"
    assert trainspec("push", "--endpoint-url", s3.url).stdout == f"already there: {uri}\n"
    stored = s3.client("s3").get_object(Bucket="my-bucket", Key=f"code/{digest}/sourcedir.tar.gz")["Body"].read()
    assert stored[:2] == b"\x1f\x8b"


def test_push_says_what_s3_says(trainspec: Run, project: Path, s3: Simulator) -> None:
    write(project, {"src/train.py": SCRIPT})
    write_spec(project)
    url = s3.url
    s3.stop()
    ran = trainspec("push", "--endpoint-url", url)
    assert ran.returncode == 1
    assert "Could not connect to the endpoint URL" in ran.stderr
    s3.start()


def test_push_without_sources(trainspec: Run, project: Path) -> None:
    write_spec(project, source="{dir: s3://my-bucket/x.tar.gz, entry: train.py}")
    ran = trainspec("push", "--dry-run")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "there is nothing to push" in ran.stderr


def test_the_policy_of_whoever_pushes(trainspec: Run, project: Path) -> None:
    write(project, {"src/train.py": SCRIPT})
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    write_spec(project, source=SOURCE.replace("}", f", kms_key: {key}}}"))
    statements = json.loads(trainspec("iam", "--for", "deployer").stdout)["Statement"]
    assert [(each["Action"], each["Resource"]) for each in statements] == [
        (["s3:PutObject"], "arn:aws:s3:::my-bucket/code/*"),
        (["kms:Decrypt", "kms:GenerateDataKey"], key),
    ]


def _run(trainspec: Run, *more: str) -> list[dict[str, object]]:
    ran = trainspec("run", "specs/churn.yaml", "--local", *more)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("image", [None, OWN_IMAGE])
def test_run_local_trains(trainspec: Run, project: Path, image: str | None) -> None:
    """With the toolkit's hyperparameters, and with the entrypoint that any other image gets."""
    script = SCRIPT if image is None else "import os\nprint('auc=0.5'); print('auc=0.3')\n"
    write(project, {"src/train.py": script})
    options = {} if image is None else {"image": image}
    write_spec(project, more=f"hyperparameters: {{epochs: 3}}\n{METRIC}", **options)
    (done,) = _run(trainspec, "--keep", "kept")
    assert done["status"] == "Completed"
    assert done["metrics"] == {"auc": pytest.approx(0.3)}
    assert (project / "kept/s3/my-bucket/models" / str(done["name"]) / "output/model.tar.gz").is_file()


def test_run_local_hands_the_model_on_and_closes_the_gate(trainspec: Run, project: Path) -> None:
    second = "import os\nprint(sorted(os.listdir(os.environ['SM_CHANNEL_FIRST'])))\n"
    write(project, {"src/train.py": SCRIPT, "src/second.py": second})
    write_spec(project, more=f"hyperparameters: {{epochs: 3}}\n{METRIC}\nproceed_if: {{metric: auc, at_least: 0.2}}")
    spec = project / "specs/churn.yaml"
    more = """  second:
    name: second-{{ ts_nodash | lower }}
    framework: {name: sklearn, version: "1.2-1"}
    source: {dir: ../src, entry: second.py, upload: s3://my-bucket/code/}
    inputs: {first: "${jobs.train.model}"}
"""
    spec.write_text(spec.read_text() + more)
    ran = trainspec("run", "specs/churn.yaml", "--local")
    assert [json.loads(line)["status"] for line in ran.stdout.splitlines()] == ["Completed", "Completed"]
    assert "['model.tar.gz']" in ran.stderr
    spec.write_text(spec.read_text().replace("at_least: 0.2", "at_least: 0.9"))
    ran = trainspec("run", "specs/churn.yaml", "--local")
    assert ran.returncode == 0
    assert json.loads(ran.stdout.splitlines()[1])["status"] == "Skipped"


def test_run_local_takes_a_python_by_a_relative_path(trainspec: Run, project: Path) -> None:
    """The script starts in another folder."""
    write(project, {"src/train.py": "print('trained')\n", "venv/python": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'})
    (project / "venv/python").chmod(0o755)
    (project / "linked").symlink_to("venv")
    write_spec(project)
    (done,) = _run(trainspec, "--python", "linked/python")
    assert done["status"] == "Completed"
    assert python_of("./linked/python") == str(Path.cwd() / "linked/python")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "`jobs.train.inputs.train` is data in AWS: pass its path on this machine with --input train=PATH"),
        (["--input", "trian=src"], "no job that runs has a channel `trian`; did you mean `train`?"),
        (["--input", "train"], "--input takes CHANNEL=PATH, not `train`"),
        (["--input", "train=nowhere"], "--input train=nowhere: no such file or folder"),
        (["--input", "train=src", "--python", "no-such-python"], "--python no-such-python: no such program"),
        (["--simulate"], "--local and --simulate cannot be used together"),
        (["--profile", "x"], "--local cannot be combined with --profile"),
        (["--input", "train=src", "--keep", "src"], "--keep src: the folder is not empty"),
    ],
)
def test_wrong_options_of_run_local(trainspec: Run, project: Path, options: list[str], said: str) -> None:
    write(project, {"src/train.py": SCRIPT})
    write_spec(project, more="inputs: {train: s3://my-bucket/train/}")
    ran = trainspec("run", "specs/churn.yaml", "--local", *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_run_local_gives_data_and_fails_with_the_scripts_reason(trainspec: Run, project: Path) -> None:
    script = "import os\nraise SystemExit(open(os.environ['SM_CHANNEL_TRAIN'] + '/why').read())\n"
    write(project, {"src/train.py": script, "data/why": "no rows"})
    write_spec(project, more="inputs: {train: s3://my-bucket/train/}")
    ran = trainspec("run", "specs/churn.yaml", "--local", "--input", "train=data")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["reason"] == "AlgorithmError: no rows, exit code: 1"


def test_metrics_on_a_log(trainspec: Run, project: Path) -> None:
    write(project, {"src/train.py": SCRIPT, "log": "auc=0.5\nnothing\nauc=0.75\n"})
    write_spec(project, more='metrics: {auc: "auc=([0-9.]+)", loss: "loss=([0-9.]+)"}')
    ran = trainspec("metrics", "specs/churn.yaml", "--log", "log")
    assert ran.returncode == 1
    assert ran.stdout == ("train: auc 2 matches: first 0.5, last 0.75, from 0.5 to 0.75\ntrain: loss matched no line\n")
    found = json.loads(trainspec("metrics", "specs/churn.yaml", "--log", "log", "--format", "json").stdout)
    assert found["train"]["auc"]["last"] == 0.75


@pytest.mark.slow
def test_simulate_exec_trains_behind_the_api(project: Path) -> None:
    write(project, {"src/train.py": SCRIPT})
    write_spec(project, more=f"hyperparameters: {{epochs: 3}}\n{METRIC}")
    request = subprocess.run(
        [sys.executable, "-m", "trainspec", "request", "specs/churn.yaml", "--at", "2025-04-09"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    command = [sys.executable, "-m", "trainspec", "simulate", "--port", "0", "--exec", "specs", "--keep", "kept"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as simulate:
        assert simulate.stdout is not None
        url = simulate.stdout.readline().strip()
        import boto3

        client = boto3.client(
            "sagemaker",
            "us-east-1",
            endpoint_url=url,
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106
        )
        client.create_training_job(**json.loads(request))
        job = {}
        for _ in range(200):
            job = client.describe_training_job(TrainingJobName="churn-20250409t000000")
            if job["TrainingJobStatus"] != "InProgress":
                break
            time.sleep(0.05)
        simulate.terminate()
    assert (job["TrainingJobStatus"], job["FinalMetricDataList"][0]["Value"]) == ("Completed", pytest.approx(0.3))
