"""Jobs that really run behind the simulated API: a script's tree, variables, arguments, log, metrics, model and end."""

import io
import json
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from trainspec.container.run import Container, Machine
from trainspec.container.store import Store
from trainspec.packing.archive import write_archive
from trainspec.packing.files import list_files
from trainspec.simulator import Simulator

SHOW = """
import json, os, pathlib, sys
pathlib.Path(os.environ["SM_MODEL_DIR"], "seen.json").write_text(json.dumps(
    {"argv": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd(), "files": sorted(os.listdir())}))
print("auc=0.5"); print("auc=0.75"); print("loss=nan", file=sys.stderr)
"""
COPY = "import os, shutil; shutil.copy(os.environ['SM_CHANNEL_TRAIN'] + '/x.csv', os.environ['SM_MODEL_DIR'])"
UNPACK = """
import os, tarfile
with tarfile.open(os.environ["SM_CHANNEL_MODEL"] + "/model.tar.gz") as archive:
    archive.extractall(os.environ["SM_MODEL_DIR"], filter="data")
"""
COUNT = """
from pathlib import Path
count = Path("../checkpoints/n")
count.write_text(count.read_text() + "x" if count.exists() else "x")
"""
FAILURE_FILE = "import os; open('../output/failure', 'w').write('no rows'); os._exit(1)"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
METRICS = [{"Name": "auc", "Regex": "auc=([0-9.]+)"}, {"Name": "loss", "Regex": "loss=([a-z0-9.]+)"}]


class Lab:
    """A simulated account whose jobs run on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "s3")
        self.inputs: dict[str, Path] = {}
        self.simulator = Simulator(executor=self._execute).start()
        self.client = self.simulator.client()

    def _execute(self, request: Mapping[str, Any], region: str, arn: str) -> Container:
        machine = Machine(self.folder / "jobs", self.store, sys.executable, self.inputs)
        return Container(request, machine, region, arn)

    def upload(self, files: Mapping[str, str]) -> str:
        folder = self.folder / "src"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        archive = io.BytesIO()
        write_archive(list_files(folder, self.folder), archive)
        target = self.store.path("s3://my-code/sourcedir.tar.gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.getvalue())
        return "s3://my-code/sourcedir.tar.gz"

    def create(self, name: str = "job", entry: str = "train.py", **more: Any) -> None:
        own = more.pop("HyperParameters", {})
        request: dict[str, Any] = {
            "TrainingJobName": name,
            "RoleArn": "arn:aws:iam::123456789012:role/Role",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1",
                "TrainingInputMode": "File",
                "MetricDefinitions": METRICS,
            },
            "OutputDataConfig": {"S3OutputPath": "s3://out/models/"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "HyperParameters": {
                "sagemaker_program": entry,
                "sagemaker_submit_directory": "s3://my-code/sourcedir.tar.gz",
                **own,
            },
        }
        self.client.create_training_job(**{**request, **more})

    def end(self, name: str = "job") -> dict[str, Any]:
        for _ in range(600):
            job: dict[str, Any] = self.client.describe_training_job(TrainingJobName=name)
            if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped"):
                return job
            time.sleep(0.05)
        raise AssertionError(f"{name} did not end")

    def model(self, name: str = "job") -> dict[str, bytes]:
        path = self.store.path(f"s3://out/models/{name}/output/model.tar.gz")
        with tarfile.open(path) as tar:
            files = {member.name: tar.extractfile(member) for member in tar.getmembers() if member.isfile()}
            return {key: file.read() for key, file in files.items() if file}

    def log(self, name: str = "job") -> list[str]:
        logs = self.simulator.client("logs")
        (stream,) = logs.describe_log_streams(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/"
        )["logStreams"]
        events = logs.get_log_events(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream["logStreamName"], startFromHead=True
        )["events"]
        return [event["message"] for event in events]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.simulator.stop()


def test_a_script_gets_what_the_toolkit_gives_it(lab: Lab) -> None:
    lab.upload({"train.py": SHOW, "lib/x.py": ""})
    given = {
        "epochs": "10",
        "lr": "0.50",
        "k": "5",
        "flag": "true",
        "name": "abc",
        "quoted": '"abc"',
        "m": '{"b":1,"a":2}',
    }
    lab.create(HyperParameters=given, Environment={"STAGE": "dev"})
    job = lab.end()
    assert job["TrainingJobStatus"] == "Completed", job
    assert job["FinalMetricDataList"][0] | {"Timestamp": None} == {
        "MetricName": "auc",
        "Value": 0.75,
        "Timestamp": None,
    }
    seen = json.loads(lab.model()["seen.json"])
    assert seen["argv"] == [
        *("--epochs", "10", "--flag", "True", "-k", "5", "--lr", "0.5", "-m", "a=2,b=1"),
        *("--name", "abc", "--quoted", "abc"),
    ]
    env = seen["env"]
    assert seen["files"] == ["lib", "train.py"]
    assert (env["SM_HP_EPOCHS"], env["SM_HP_LR"], env["SM_HP_FLAG"], env["SM_HP_NAME"]) == ("10", "0.5", "true", "abc")
    assert json.loads(env["SM_HPS"]) == {
        "epochs": 10,
        "lr": 0.5,
        "k": 5,
        "flag": True,
        "name": "abc",
        "quoted": "abc",
        "m": {"b": 1, "a": 2},
    }
    assert (env["SM_CURRENT_HOST"], json.loads(env["SM_HOSTS"]), env["SM_NUM_GPUS"]) == ("algo-1", ["algo-1"], "0")
    assert (env["SM_USER_ENTRY_POINT"], env["SM_MODULE_NAME"]) == ("train.py", "train")
    assert (env["STAGE"], env["TRAINING_JOB_NAME"], env["SM_CURRENT_INSTANCE_TYPE"]) == ("dev", "job", "ml.m5.large")
    config = lab.folder / "jobs/job/input/config"
    assert json.loads((config / "hyperparameters.json").read_text())["lr"] == "0.50"
    assert json.loads((config / "resourceconfig.json").read_text())["hosts"] == ["algo-1"]


def test_data_comes_from_a_local_folder_and_a_model_from_the_job_before(lab: Lab) -> None:
    (lab.folder / "data").mkdir()
    (lab.folder / "data/x.csv").write_text("1\n")
    lab.inputs["train"] = lab.folder / "data"
    lab.upload({"train.py": COPY})
    channel = {
        "ChannelName": "train",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/t/"}},
    }
    lab.create("first", InputDataConfig=[channel])
    first = lab.end("first")
    assert first["ModelArtifacts"]["S3ModelArtifacts"] == "s3://out/models/first/output/model.tar.gz"
    lab.upload({"train.py": UNPACK})
    uri = {"S3DataType": "S3Prefix", "S3Uri": first["ModelArtifacts"]["S3ModelArtifacts"]}
    lab.create("second", InputDataConfig=[{"ChannelName": "model", "DataSource": {"S3DataSource": uri}}])
    assert lab.end("second")["TrainingJobStatus"] == "Completed"
    assert lab.model("second") == {"x.csv": b"1\n"}


def test_a_channel_without_data_fails_before_the_script(lab: Lab) -> None:
    lab.upload({"train.py": SHOW})
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/t/"}
    lab.create(InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}}])
    said = "no data for the channel train: s3://bucket/t/ is not on this machine"
    assert lab.end()["FailureReason"] == f"ClientError: {said}; pass it with --input train=PATH"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('so it goes'); raise SystemExit(3)", "AlgorithmError: so it goes, exit code: 3"),
        (
            "import os;open('../output/failure','w').write('no rows');os._exit(1)",
            "AlgorithmError: no rows, exit code: 1",
        ),
        ("import os,signal;os.kill(os.getpid(),signal.SIGKILL)", "AlgorithmError: , signal 9"),
    ],
)
def test_a_failure_says_why(lab: Lab, script: str, reason: str) -> None:
    lab.upload({"train.py": script})
    lab.create()
    job = lab.end()
    assert (job["TrainingJobStatus"], job["SecondaryStatus"], job["FailureReason"]) == ("Failed", "Failed", reason)


def test_an_entry_that_is_not_in_the_archive(lab: Lab) -> None:
    lab.upload({"train.py": SHOW})
    lab.create(entry="other.py")
    assert lab.end()["FailureReason"] == "ClientError: other.py is not in the source archive"


def test_a_shell_script_runs_with_the_same_arguments(lab: Lab) -> None:
    lab.upload({"run.sh": '#!/bin/sh\necho "$@" > "$SM_MODEL_DIR/args"\n'})
    lab.create(entry="run.sh", HyperParameters={"a b": "x y", "epochs": "1"})
    assert lab.end()["TrainingJobStatus"] == "Completed"
    assert lab.model() == {"args": b"--a b x y --epochs 1\n"}


def test_stop_ends_the_script_and_what_it_started(lab: Lab) -> None:
    lab.upload(
        {
            "train.py": "import subprocess,sys,time\n"
            "child=subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)'])\n"
            "print('child',child.pid);time.sleep(60)"
        }
    )
    lab.create()
    while not (started := [line for line in lab.log() if line.startswith("child")]) if _is_training(lab) else True:
        time.sleep(0.05)
    lab.client.stop_training_job(TrainingJobName="job")
    job = lab.end()
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    _wait_until(lambda: not _is_alive(int(started[0].split()[1])))


def test_max_runtime_ends_the_script(lab: Lab) -> None:
    lab.upload({"train.py": "import time;time.sleep(60)"})
    lab.create(StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert lab.end()["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_checkpoints_come_back_to_the_next_job(lab: Lab) -> None:
    lab.upload({"train.py": COUNT})
    for name in ("one", "two"):
        lab.create(name, CheckpointConfig={"S3Uri": "s3://out/checkpoints/"})
        assert lab.end(name)["TrainingJobStatus"] == "Completed"
    assert lab.store.path("s3://out/checkpoints/n").read_text() == "xx"


def test_nothing_of_aws_reaches_the_script(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    lab.upload({"train.py": SHOW})
    lab.create()
    lab.end()
    assert "AWS_SECRET_ACCESS_KEY" not in json.loads(lab.model()["seen.json"])["env"]


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def _is_training(lab: Lab) -> bool:
    status: str = lab.client.describe_training_job(TrainingJobName="job")["SecondaryStatus"]
    return status == "Training"


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_script_may_remove_its_folders(lab: Lab) -> None:
    remove = "import os, shutil; shutil.rmtree(os.environ['SM_OUTPUT_DATA_DIR']); shutil.rmtree('../checkpoints')"
    lab.upload({"train.py": remove})
    lab.create(CheckpointConfig={"S3Uri": "s3://out/checkpoints/"})
    assert lab.end()["TrainingJobStatus"] == "Completed"


def test_what_cannot_be_kept_fails_the_job(lab: Lab) -> None:
    lab.upload({"train.py": ""})
    lab.store.path("s3://out/models").parent.mkdir(parents=True)
    lab.store.path("s3://out/models").write_text("a file where a folder should be")
    lab.create()
    job = lab.end()
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: what the job has written cannot be kept: ")
