"""`trainspec diff`: which files of a job's source changed."""

import json
import subprocess
from pathlib import Path

import pytest

from helpers import Run

SPEC = """trainspec: 1
dag: {id: code, schedule: "@daily", start_date: 2026-01-01}
defaults: {role: arn:aws:iam::123456789012:role/SageMakerRole, region: us-east-1}
jobs:
  train:
    name: code-{{ ts_nodash }}
    framework: {name: pytorch, version: "2.3", python: py311}
    source: {dir: ../src, entry: train.py, dependencies: [../common], ignore: ["*.md"], upload: s3://my-bucket/code/}
    inputs: {train: s3://my-bucket/train/}
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 30GB}
    stopping: {max_runtime: 30m}
"""
FILES = {
    "specs/code.yaml": SPEC,
    "src/train.py": "print(1)\n",
    "src/kept.py": "x = 1\n",
    "src/old.py": "y = 1\n",
    "src/notes.md": "notes\n",
    "src/.gitignore": "*.csv\n",
    "common/shared.py": "z = 1\n",
}


@pytest.fixture
def repository(project: Path) -> Path:
    """A project with a source folder, committed."""
    (project / ".git").rmdir()
    for name, text in FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        subprocess.run(["git", *who, *arguments], cwd=project, check=True)
    return project


def test_nothing_changed(repository: Path, trainspec: Run) -> None:
    assert trainspec("diff", "HEAD").stdout == "No differences.\n"


def test_files_that_changed_came_or_went(repository: Path, trainspec: Run) -> None:
    (repository / "src/train.py").write_text("print(2)\n")
    (repository / "src/old.py").unlink()
    (repository / "src/new.py").write_text("a = 1\n")
    (repository / "common/shared.py").write_text("z = 2\n")
    (repository / "src/notes.md").write_text("not packed\n")
    (repository / "src/data.csv").write_text("ignored by git\n")
    shown = trainspec("diff", "HEAD").stdout
    lines = [line.strip() for line in shown.splitlines() if "source file" in line]
    assert sorted(lines) == [
        "+ source file new.py",
        "- source file old.py",
        "~ source file common/shared.py",
        "~ source file train.py",
    ]
    (dag,) = json.loads(trainspec("diff", "HEAD", "--format", "json").stdout)
    (task,) = dag["tasks"]
    assert {change["at"]: change["status"] for change in task["changes"]}["source file train.py"] == "changed"


def test_two_commits(repository: Path, trainspec: Run) -> None:
    (repository / "src/train.py").write_text("print(2)\n")
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a")
    subprocess.run(["git", *who, "commit", "-q", "-a", "-m", "second"], cwd=repository, check=True)
    shown = trainspec("diff", "HEAD~1", "HEAD").stdout
    assert [line.strip() for line in shown.splitlines() if "source file" in line] == ["~ source file train.py"]


def test_two_specs_with_folders_of_their_own(repository: Path, trainspec: Run) -> None:
    (repository / "other").mkdir()
    (repository / "other/train.py").write_text("print(3)\n")
    (repository / "specs/other.yaml").write_text(SPEC.replace("../src", "../other").replace("id: code", "id: other"))
    shown = trainspec("diff", "specs/code.yaml", "specs/other.yaml").stdout
    assert "~ source file train.py" in shown
    assert "- source file kept.py" in shown
    assert "HyperParameters.sagemaker_submit_directory" in shown
