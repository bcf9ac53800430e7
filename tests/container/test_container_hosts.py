"""Jobs of several hosts on this machine: under torchrun all of them run, otherwise only the first one.

Most tests have a substitute for torch's launcher, which sets what torchrun sets. With a Python that has torch itself,
`TRAINSPEC_TORCH_PYTHON=.../bin/python uv run pytest tests/container/test_container_hosts.py` runs a real all-reduce.
"""

import io
import os
import sys
import tarfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from trainspec.container.hosts import MOST
from trainspec.container.run import Container, Machine
from trainspec.container.store import Store
from trainspec.packing.archive import write_archive
from trainspec.packing.files import list_files
from trainspec.simulator import Simulator

LAUNCHER = """
import argparse, os, runpy, sys
parser = argparse.ArgumentParser()
for name in ("nnodes", "nproc_per_node", "node_rank", "master_addr", "master_port"):
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("script")
given, rest = parser.parse_known_args()
os.environ |= {"RANK": given.node_rank, "WORLD_SIZE": str(int(given.nnodes) * int(given.nproc_per_node)),
               "MASTER_ADDR": given.master_addr, "MASTER_PORT": given.master_port}
sys.argv = [given.script, *rest]
runpy.run_path(given.script, run_name="__main__")
"""
MEET = """
import json, os, socket, sys
from pathlib import Path
rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
at = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
if rank == 0:
    with socket.create_server(at) as server:
        server.settimeout(60)
        said = sorted(server.accept()[0].recv(100).decode() for _ in range(size - 1))
    print(f"sum={len(said) + 1}")
    Path(os.environ["SM_MODEL_DIR"], "said.json").write_text(json.dumps(said))
else:
    for _ in range(600):
        try:
            with socket.create_connection(at) as peer:
                peer.sendall(os.environ["SM_CURRENT_HOST"].encode())
            break
        except ConnectionRefusedError:
            import time; time.sleep(0.1)
Path(os.environ["SM_MODEL_DIR"], f"shard-{rank}").write_text(str(rank))
Path(os.environ["SM_MODEL_DIR"], "shared").write_text(str(rank))
resources = json.loads(Path("../input/config/resourceconfig.json").read_text())
print(resources["current_host"], *sys.argv[1:], len(json.loads(os.environ["SM_HOSTS"])))
"""
SECOND_FAILS = """
import os, subprocess, sys, time
if os.environ["RANK"] == "1":
    subprocess.Popen(["sleep", "300"])  # holds the output open
    sys.exit("no room on the second host")
time.sleep(300)
"""
REDUCE = """
import os, torch, torch.distributed as dist
from pathlib import Path
dist.init_process_group("gloo")
total = torch.ones(1) * (dist.get_rank() + 1)
dist.all_reduce(total)
print(f"sum={int(total.item())}")
if dist.get_rank() == 0:
    Path(os.environ["SM_MODEL_DIR"], "total").write_text(str(total.item()))
dist.destroy_process_group()
"""
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"
SUM = {"Name": "sum", "Regex": "sum=([0-9]+)"}


class Lab:
    """A simulated account whose jobs run with a Python of the test."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder, self.python, self.store = folder, python, Store(folder / "s3")
        self.made: dict[str, Container] = {}
        self.simulator = Simulator(executor=self._execute).start()
        self.client = self.simulator.client()

    def _execute(self, request: Mapping[str, Any], region: str, arn: str) -> Container:
        machine = Machine(self.folder / "jobs", self.store, self.python)
        self.made[request["TrainingJobName"]] = Container(request, machine, region, arn)
        return self.made[request["TrainingJobName"]]

    def run(self, script: str, hosts: int, resources: dict[str, Any] | None = None, **values: str) -> dict[str, Any]:
        """The description of a job that has ended."""
        source = self.folder / "src"
        source.mkdir()
        (source / "train.py").write_text(script)
        archive = io.BytesIO()
        write_archive(list_files(source, self.folder), archive)
        target = self.store.path("s3://my-code/sourcedir.tar.gz")
        target.parent.mkdir(parents=True)
        target.write_bytes(archive.getvalue())
        toolkit = {"program": "train.py", "submit_directory": "s3://my-code/sourcedir.tar.gz"}
        self.client.create_training_job(
            TrainingJobName="job",
            RoleArn="arn:aws:iam::123456789012:role/Role",
            AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File", "MetricDefinitions": [SUM]},
            OutputDataConfig={"S3OutputPath": "s3://out/models/"},
            ResourceConfig=resources or {"InstanceType": "ml.m5.large", "InstanceCount": hosts, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 600},
            HyperParameters={f"sagemaker_{key}": value for key, value in (toolkit | values).items()} | {"lr": "0.5"},
        )
        for _ in range(2400):
            job: dict[str, Any] = self.client.describe_training_job(TrainingJobName="job")
            if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped"):
                return job
            time.sleep(0.1)
        raise AssertionError("it did not end")

    @property
    def log(self) -> list[str]:
        """The lines of all streams, as CloudWatch Logs returns them."""
        logs, group = self.simulator.client("logs"), "/aws/sagemaker/TrainingJobs"
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="job/")["logStreams"]
        events = [
            logs.get_log_events(logGroupName=group, logStreamName=each["logStreamName"], startFromHead=True)["events"]
            for each in streams
        ]
        return [event["message"] for each in events for event in each]

    def archive(self, name: str = "model") -> dict[str, str]:
        """The files of model.tar.gz or output.tar.gz."""
        with tarfile.open(self.store.path(f"s3://out/models/job/output/{name}.tar.gz")) as tar:
            files = {each.name: tar.extractfile(each) for each in tar.getmembers() if each.isfile()}
            return {key: file.read().decode() for key, file in files.items() if file}


@pytest.fixture
def launcher(tmp_path: Path) -> str:
    """A Python whose torch is the substitute."""
    package = tmp_path / "site" / "torch" / "distributed"
    package.mkdir(parents=True)
    for each in (package.parent, package):
        (each / "__init__.py").touch()
    main = textwrap.indent(LAUNCHER, "    ")
    (package / "run.py").write_text(f'if __name__ == "__main__":\n{main}')
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / "site"} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return str(python)


@pytest.fixture
def lab(tmp_path: Path, launcher: str) -> Iterator[Lab]:
    lab = Lab(tmp_path, launcher)
    yield lab
    lab.simulator.stop()


def test_all_hosts_meet(lab: Lab) -> None:
    job = lab.run(MEET, 3, torch_distributed_enabled="true")
    assert job["TrainingJobStatus"] == "Completed", lab.log
    assert lab.log[0] == "Running all 3 hosts here: torchrun connects them"
    assert [each["Value"] for each in job["FinalMetricDataList"]] == [3.0]
    for host in ("algo-1", "algo-2", "algo-3"):
        assert lab.log.count(f"[{host}] {host} --lr 0.5 3") == 1
    model = {"said.json": '["algo-2", "algo-3"]', "shard-0": "0", "shard-1": "1", "shard-2": "2", "shared": "0"}
    assert lab.archive() == model


def test_one_host_under_torchrun(lab: Lab) -> None:
    job = lab.run(MEET, 1, torch_distributed_enabled="true")
    assert job["TrainingJobStatus"] == "Completed", lab.log
    assert lab.log[0] == "Running one process on each host: SageMaker runs one for each GPU"
    assert lab.log[1:] == ["sum=1", "algo-1 --lr 0.5 1"]


PROCESSES = "mpi_num_of_processes_per_host"


@pytest.mark.parametrize(
    ("hosts", "asked", "run", "notes"),
    [(1, "4", 4, 0), (1, "20", 8, 1), (2, "4", 4, 1), (2, "5", 4, 2), (3, "4", 2, 2)],
)
def test_processes_are_bounded(lab: Lab, hosts: int, asked: str, run: int, notes: int) -> None:
    script = "import os\nprint('sum=' + os.environ['WORLD_SIZE'])"
    job = lab.run(script, hosts, None, torch_distributed_enabled="true", **{PROCESSES: asked})
    assert job["FinalMetricDataList"][0]["Value"] == hosts * run
    assert len(lab.log) == notes + hosts
    assert (f"Running {run} of {asked} processes on each host: at most 8 run on one machine" in lab.log) == (
        run != int(asked)
    )


def test_a_host_that_fails_ends_the_job(lab: Lab) -> None:
    before = time.monotonic()
    job = lab.run(SECOND_FAILS, 2, torch_distributed_enabled="true")
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: [algo-2] no room on the second host, exit code: 1"
    assert time.monotonic() - before < 200  # the first one would sleep for 300


GROUPS = {
    "InstanceGroups": [
        {"InstanceGroupName": name, "InstanceType": "ml.m5.large", "InstanceCount": 1} for name in ("one", "two")
    ],
    "VolumeSizeInGB": 1,
}


@pytest.mark.parametrize(
    ("hosts", "resources", "values", "why"),
    [
        (2, None, {}, "Running the first of 2 hosts: the others have no machine here"),
        (2, GROUPS, {"torch_distributed_enabled": "true"}, "Running the first of 2 hosts: groups of instances are not"),
        (9, None, {"torch_distributed_enabled": "true"}, f"Running the first of 9 hosts: at most {MOST} hosts run on"),
    ],
)
def test_else_the_first_runs_alone(
    lab: Lab, hosts: int, resources: dict[str, Any] | None, values: dict[str, str], why: str
) -> None:
    job = lab.run("print('sum=1')", hosts, resources, **values)
    assert job["TrainingJobStatus"] == "Completed", lab.log
    assert lab.log[0].startswith(why)
    assert lab.log[1:] == ["sum=1"]


@pytest.mark.parametrize(
    ("hosts", "note"),
    [(1, "has no torch: the script runs without torchrun"), (2, "has no torch, which would connect the others")],
)
def test_without_torch(tmp_path: Path, hosts: int, note: str) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')  # without installed packages
    bare.chmod(0o755)
    lab = Lab(tmp_path, str(bare))
    try:
        job = lab.run("print('sum=1')", hosts, torch_distributed_enabled="true")
        log = lab.log
    finally:
        lab.simulator.stop()
    assert job["TrainingJobStatus"] == "Completed", log
    assert note in log[0]
    assert log[1:] == ["sum=1"]


@pytest.mark.skipif("TRAINSPEC_TORCH_PYTHON" not in os.environ, reason="needs a Python with torch (see above)")
@pytest.mark.parametrize("hosts", [1, 2, 3])
def test_an_all_reduce_of_torch_itself(tmp_path: Path, hosts: int) -> None:
    lab = Lab(tmp_path, os.environ["TRAINSPEC_TORCH_PYTHON"])
    try:
        job = lab.run(REDUCE, hosts, torch_distributed_enabled="true")
    finally:
        lab.simulator.stop()
    assert job["TrainingJobStatus"] == "Completed", lab.made["job"].lines
    assert {each["Value"] for each in job["FinalMetricDataList"]} == {hosts * (hosts + 1) / 2}
