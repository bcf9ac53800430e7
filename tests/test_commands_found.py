"""What people expect of a command line: help, completion, a working directory, quiet runs, listings."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from trainspec.cli.commands import COMMANDS, EXAMPLES, SYNONYMS

from helpers import Run

SPEC = """\
trainspec: 1
dag: {schedule: "@daily", start_date: 2025-04-01, catchup: false, tags: [nightly]}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 2, volume_size: 10GB}
    stopping: {max_runtime: 90m}
    tags: {team: ml}
"""


@pytest.fixture
def spec(project: Path) -> Path:
    path = project / "specs" / "one.yaml"
    path.write_text(SPEC)
    return path


def test_trainspec_alone_shows_all_commands(trainspec: Run) -> None:
    shown = trainspec()
    assert shown.returncode == 0
    assert shown == trainspec("--help") == trainspec("help")
    assert all(f"  {name} " in shown.stdout for name in COMMANDS)
    assert set(EXAMPLES) == set(COMMANDS)
    assert not set(SYNONYMS) & set(COMMANDS)
    assert set(SYNONYMS.values()) <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(command: str, trainspec: Run) -> None:
    shown = trainspec(command, "--help")
    assert shown == trainspec("help", command)
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"usage: trainspec {command}")
    assert "examples:\n  " in shown.stdout
    assert all(each in shown.stdout for each in EXAMPLES[command])


def test_another_folder_to_work_in(spec: Path, project: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert trainspec("-C", str(project), "compile").stdout == "wrote generated_dags/one.py\n"


def test_quiet(spec: Path, trainspec: Run) -> None:
    spec.write_text(SPEC + "    inputs: {train: s3://my-bucket//train/}\n")
    linted = trainspec("lint", "-q")
    assert (linted.returncode, linted.stdout) == (0, "")
    assert linted.stderr == "1 warning, 1 note; `trainspec lint` shows them.\n"
    done = trainspec("compile", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    spec.write_text(SPEC.replace("ml.m5.large", "ml.m5.lrage"))
    assert "TS104" in trainspec("lint", "-q").stdout


def test_the_list(spec: Path, project: Path, trainspec: Run) -> None:
    (project / "specs" / "two.yaml").write_text(
        SPEC.replace("tags: [nightly]", "id: zwei").replace("team: ml", "team: x")
    )
    rows = trainspec("ls").stdout.splitlines()
    assert rows[0].split() == ["DAG", "SCHEDULE", "JOB", "MACHINE", "LONGEST", "SPEC"]
    assert rows[1].split() == ["one", "@daily", "train", "2", "x", "ml.m5.large", "1h30m", "specs/one.yaml"]
    (one,) = json.loads(trainspec("ls", "--select", "tag:nightly", "--json").stdout)
    assert (one["dag"], one["tags"], one["jobs"][0]["max_runtime_seconds"]) == ("one", ["nightly"], 5400)
    for select, dag in (("tag:team=x", "zwei"), ("specs/two.yaml", "zwei"), ("specs/o*.yaml", "one")):
        assert [each["dag"] for each in json.loads(trainspec("ls", "--json", "--select", select).stdout)] == [dag]
    assert trainspec("ls", "--select", "tag:none").stderr == "Nothing selected.\n"
    refused = trainspec("ls", "--select", "state:new")
    assert (refused.returncode, "state:modified" in refused.stderr) == (2, True)


def test_the_list_of_what_has_changed(spec: Path, project: Path, trainspec: Run) -> None:
    (project / ".git").rmdir()
    (project / "specs" / "two.yaml").write_text(SPEC)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "first")):
        subprocess.run(["git", *words], check=True)
    spec.write_text("# a comment changes no DAG\n" + SPEC)
    assert trainspec("ls", "--select", "state:modified", "--json").stdout == "[]\n"
    spec.write_text(SPEC.replace("90m", "80m"))
    assert [each["dag"] for each in json.loads(trainspec("ls", "--select", "state:modified", "--json").stdout)] == [
        "one"
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_its_shell(shell: str, trainspec: Run, tmp_path: Path) -> None:
    script = trainspec("completion", shell).stdout
    assert all(name in script for name in COMMANDS)
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(script)
        done = subprocess.run([program, "-n", str(tmp_path / "script")], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("trainspec li", "lint"), ("trainspec lint --form", "--format"), ("trainspec lint --format sar", "sarif"),
     ("trainspec -C /tmp comp", "compile")],
)  # fmt: skip
def test_bash_completes(line: str, wanted: str, trainspec: Run) -> None:
    script = trainspec("completion", "bash").stdout
    words = " ".join(f'"{word}"' for word in line.split())
    script += f'COMP_WORDS=({words}); COMP_CWORD={len(line.split()) - 1}; _trainspec; echo "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert wanted in done.stdout.split()


def test_watch_checks_again(spec: Path, project: Path) -> None:
    command = [sys.executable, "-u", "-m", "trainspec", "lint", "--watch", "--format", "concise"]
    environment = {**os.environ, "TRAINSPEC_NO_CACHE": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        try:
            assert run.stdout
            assert any("Watching" in line for line in run.stdout)
            spec.write_text(SPEC.replace("ml.m5.large", "ml.m5.lrage"))
            assert any("TS104" in line for line in run.stdout)
        finally:
            run.kill()


def test_a_picture_in_a_format_that_there_is_not(spec: Path, trainspec: Run, project: Path) -> None:
    refused = trainspec("graph", "specs/one.yaml", "-o", "x.png")
    assert refused.returncode == 2
    assert "not PNG: write to x.svg" in refused.stderr
    assert not (project / "x.png").exists()
