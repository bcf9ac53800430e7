"""What is wrong with a folder of code, at the place that says it; and what the request holds when nothing is."""

import json
import os
from pathlib import Path

import pytest
from source_helpers import FRAMEWORK, OWN_IMAGE, SOURCE, write, write_spec
from trainspec.packing.archive import pack
from trainspec.packing.files import list_files

from helpers import Run

SRC = {"src/train.py": "print('x')\n"}


def _reported(trainspec: Run, *more: str) -> list[tuple[str, str, str]]:
    found = json.loads(trainspec("lint", "--format", "json", "--no-cache", *more).stdout)
    return [(each["code"], each["message"], each["advice"] or "") for each in found]


def _request(trainspec: Run) -> dict[str, object]:
    ran = trainspec("request", "specs/churn.yaml")
    assert ran.returncode == 0, ran.stderr
    request: dict[str, object] = json.loads(ran.stdout)
    return request


def test_the_request_names_the_archive_by_its_content(trainspec: Run, project: Path) -> None:
    write(project, SRC)
    write_spec(project)
    digest = pack(list_files(project / "src", project)).digest
    hyperparameters = _request(trainspec)["HyperParameters"]
    assert hyperparameters == {
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": f"s3://my-bucket/code/{digest}/sourcedir.tar.gz",
        "sagemaker_region": "us-east-1",
        "sagemaker_job_name": "churn-{{ ts_nodash | lower }}",
    }


def test_any_other_image_gets_a_channel_and_an_entrypoint(trainspec: Run, project: Path) -> None:
    write(project, SRC)
    write_spec(project, image=OWN_IMAGE, more="inputs: {train: s3://my-bucket/train/}\narguments: --fast 'a b'")
    request = json.loads(trainspec("request", "specs/churn.yaml").stdout)
    digest = pack(list_files(project / "src", project)).digest
    channel = request["InputDataConfig"][1]
    assert (channel["ChannelName"], channel["InputMode"]) == ("code", "File")
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://my-bucket/code/{digest}/"
    algorithm = request["AlgorithmSpecification"]
    assert algorithm["ContainerEntrypoint"][:2] == ["/bin/sh", "-c"]
    assert max(map(len, algorithm["ContainerEntrypoint"])) <= 256
    assert algorithm["ContainerArguments"] == ["train.py", "--fast", "a b"]
    assert "HyperParameters" not in request


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("entrypoint: python x.py", "`entrypoint` is also set"),
        ("inputs: {code: s3://my-bucket/code/}", "`inputs` also has one of that name"),
    ],
)
def test_what_the_channel_of_code_excludes(trainspec: Run, project: Path, more: str, said: str) -> None:
    write(project, SRC)
    write_spec(project, image=OWN_IMAGE, more=more)
    assert any(code == "TS107" and said in message for code, message, _ in _reported(trainspec))


OUTSIDE = ("is outside the project", "move it below the project's root")


def _also(more: str) -> str:
    return SOURCE.replace("}", f", {more}}}")


@pytest.mark.parametrize(
    ("source", "code", "message", "advice"),
    [
        ("{dir: ../srcs, entry: x}", "TS750", "`../srcs` does not exist, and `source` needs a folder", "did you"),
        ("{dir: ../src/train.py, entry: x}", "TS750", "`../src/train.py` is a file, and `source` needs a folder", ""),
        ("{dir: ../.., entry: x}", "TS750", f"`../..` {OUTSIDE[0]}", OUTSIDE[1]),
        ("{dir: /etc, entry: passwd}", "TS750", f"`/etc` {OUTSIDE[0]}", OUTSIDE[1]),
        (SOURCE.replace("train", "trian"), "TS751", "`trian.py` is not in `../src`", "did you mean `train.py`?"),
        (SOURCE.replace("train.py", "notes.txt"), "TS751", "`notes.txt` is not a script", "use a .py or .sh file"),
        (_also("dependencies: [../commom]"), "TS752", "`../commom` does not exist", "did you mean `common`?"),
        (_also("requirements: pins.txt"), "TS752", "`pins.txt` does not exist", ""),
        ("{dir: ../src, entry: train.py}", "TS754", "`../src` has no upload location", "add `upload: s3://"),
        (SOURCE.replace("train", "broken"), "TS755", "Python cannot parse `broken.py`: ", ""),
        (SOURCE.replace("src", "leaky"), "TS756", "`train.py` seems to contain an AWS access key", "keep it in AWS"),
        (SOURCE.replace("src", "linked"), "TS753", "`../linked/out` is a link that leaves the folder", "copy the file"),
    ],
)
def test_what_is_wrong_with_a_folder(
    trainspec: Run, project: Path, source: str, code: str, message: str, advice: str
) -> None:
    key = "AKIA" + "IOSFODNN7ABCDEFG"
    write(project, {**SRC, "src/notes.txt": "", "src/broken.py": "def f(:\n", "common/a.py": ""})
    write(project, {"leaky/train.py": f"KEY = '{key}'\n", "linked/train.py": ""})
    (project / "linked/out").symlink_to("/etc/hostname")
    write_spec(project, source=source)
    (found, found_advice) = next(each[1:] for each in _reported(trainspec) if each[0] == code)
    assert found[: len(message)] == message
    assert found_advice.startswith(advice)
    assert key not in found + found_advice


def test_a_folder_is_relative_to_the_file_that_says_it(trainspec: Run, project: Path) -> None:
    write(
        project,
        {"team/src/train.py": "", "team/base.yaml": f"defaults: {{source: {SOURCE.replace('../src', 'src')}}}\n"},
    )
    write_spec(project, source="{entry: train.py}")
    spec = project / "specs/churn.yaml"
    spec.write_text(spec.read_text().replace("trainspec: 1", "trainspec: 1\nextends: ../team/base.yaml"))
    assert _reported(trainspec) == []


def test_a_change_of_code_makes_the_dag_stale(trainspec: Run, project: Path) -> None:
    write(project, SRC)
    write_spec(project)
    assert trainspec("compile").returncode == 0
    assert trainspec("compile", "--check").returncode == 0
    before = (project / "src/train.py").stat()
    (project / "src/train.py").write_text("print('y')\n")
    os.utime(project / "src/train.py", ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    ran = trainspec("compile", "--check")
    assert (ran.returncode, "TS701" in ran.stdout + ran.stderr) == (1, True)
    write(project, {**SRC, "src/__pycache__/x.pyc": "noise"})
    assert trainspec("compile", "--check").returncode == 0


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        ("torchrun", {"sagemaker_torch_distributed_enabled": "true", "sagemaker_instance_type": '"ml.g5.12xlarge"'}),
        (
            "{type: torchrun, processes_per_host: 2}",
            {
                "sagemaker_torch_distributed_enabled": "true",
                "sagemaker_mpi_num_of_processes_per_host": "2",
                "sagemaker_instance_type": '"ml.g5.12xlarge"',
            },
        ),
        ("pytorchddp", {"sagemaker_pytorch_ddp_enabled": "true", "sagemaker_instance_type": '"ml.g5.12xlarge"'}),
        ("mpi", {"sagemaker_mpi_enabled": "true", "sagemaker_mpi_custom_mpi_options": '""'}),
        (
            '{type: mpi, processes_per_host: 4, options: "-x NCCL_DEBUG=INFO"}',
            {
                "sagemaker_mpi_enabled": "true",
                "sagemaker_mpi_num_of_processes_per_host": "4",
                "sagemaker_mpi_custom_mpi_options": '"-x NCCL_DEBUG=INFO"',
            },
        ),
        ("xla", {"sagemaker_pytorch_xla_multi_worker_enabled": "true"}),
    ],
)
def test_distribution_is_what_the_sdk_sends(
    trainspec: Run, project: Path, distribution: str, expected: dict[str, str]
) -> None:
    write(project, SRC)
    pytorch = 'framework: {name: pytorch, version: "2.3", python: py311}'
    machine = "resources: {instance_type: ml.g5.12xlarge, instance_count: 2, volume_size: 10GB}"
    write_spec(project, image=pytorch, more=f"distribution: {distribution}\n{machine}")
    found = json.loads(trainspec("request", "specs/churn.yaml").stdout)["HyperParameters"]
    assert {name: value for name, value in found.items() if name in expected or "_enabled" in name} == expected


def test_the_same_words_in_two_fields(trainspec: Run, project: Path) -> None:
    write(project, SRC)
    write_spec(project, image=FRAMEWORK, more="distribution: mpi\nhyperparameters: {sagemaker_mpi_enabled: false}")
    assert any("`distribution` sets the hyperparameter" in message for _, message, _ in _reported(trainspec))
