"""`trainspec init`: what it creates is checked and compiled as it is, and none of the user's files are overwritten."""

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import Run

MADE = [
    ".gitattributes",
    ".github/workflows/trainspec.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    ".vscode/trainspec.schema.json",
    "generated_dags/example.py",
    "specs/example.yaml",
    "trainspec.toml",
]


def made(project: Path) -> list[str]:
    return sorted(path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())


def test_what_it_makes_is_compiled_without_findings(project: Path, trainspec: Run) -> None:
    started = trainspec("init")
    assert started.returncode == 0
    assert sorted(line.removeprefix("wrote ") for line in started.stdout.splitlines()) == MADE == made(project)
    linted = trainspec("lint")
    assert (linted.returncode, linted.stdout) == (0, "")
    assert trainspec("compile", "--check").returncode == 0


def test_files_in_a_folder_are_named_from_here(project: Path, trainspec: Run) -> None:
    started = trainspec("init", "churn")
    assert started.returncode == 0
    assert sorted(started.stdout.splitlines()) == sorted(f"wrote churn/{each}" for each in MADE)
    assert " in generated_dags" not in started.stderr


def test_a_misspelt_region(project: Path, trainspec: Run) -> None:
    started = trainspec("init", "--region", "eu-wst-1")
    assert (started.returncode, "no AWS region `eu-wst-1`: did you mean `eu-west-1`?" in started.stderr) == (2, True)
    assert trainspec("init", "--region", "eu-west-9").returncode == 0  # a new one
    (project / "trainspec.toml").write_text('[environments.prod]\nregion = "us-eats-1"\n')
    linted = trainspec("lint")
    assert (linted.returncode, "did you mean `us-east-1`?" in linted.stderr) == (2, True)


@pytest.mark.parametrize("airflow", ["2.11", "3.0", "3"])
@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_what_the_user_says(airflow: str, region: str, project: Path, trainspec: Run) -> None:
    role = "arn:aws-us-gov:iam::210987654321:role/ML" if "gov" in region else "arn:aws:iam::210987654321:role/ML"
    options = ("--region", region, "--role", role, "--bucket", "acme-data", "--airflow", airflow, "--ci", "gitlab")
    assert trainspec("init", *options, "--install", "trainspec @ git+https://git.example.com/t.git@abc").returncode == 0
    assert json.loads(trainspec("lint", "--format", "json").stdout) == []
    generated = (project / "generated_dags" / "example.py").read_text()
    assert "s3://acme-data/models/" in generated
    assert role in generated
    assert f"#   target:  Airflow {airflow if '.' in airflow else '3.'}" in generated
    (job,) = yaml.safe_load((project / ".gitlab-ci.yml").read_text()).values()
    assert 'pip install "trainspec @ git+https://git.example.com/t.git@abc"' in job["script"][0]
    assert "trainspec lint" in job["script"], "the one that fails"
    report = job["artifacts"]["reports"]["codequality"]
    assert f"trainspec lint --format gitlab > {report} || true" in job["script"]
    assert not (project / ".github").exists()


def _steps(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", step.get("uses", "")) for step in job["steps"])


def test_a_pull_request_is_checked_and_gets_a_comment(project: Path, trainspec: Run) -> None:
    assert trainspec("init").returncode == 0
    workflow = yaml.safe_load((project / ".github/workflows/trainspec.yml").read_text())
    assert list(workflow["jobs"]) == ["check"]
    steps = _steps(workflow["jobs"]["check"])
    for command in ("lint", "compile --check", 'diff "$BASE" --format markdown', 'cost --against "$BASE"'):
        assert f"trainspec {command}" in steps
    assert "${{" not in steps  # names that others choose reach no shell
    assert "gh pr comment" in steps


@pytest.mark.parametrize(
    ("deploy", "said"), [("s3", "aws s3 sync"), ("bundle", "git push origin dags"), ("image", "docker push")]
)
def test_what_was_merged_is_deployed(deploy: str, said: str, project: Path, trainspec: Run) -> None:
    assert trainspec("init", "--deploy", deploy, "--region", "eu-west-1", "--airflow", "3.2").returncode == 0
    job = yaml.safe_load((project / ".github/workflows/trainspec.yml").read_text())["jobs"]["deploy"]
    steps = _steps(job)
    assert steps.index("trainspec push") < steps.index("trainspec compile --check") < steps.index(said)
    assert "${{" not in steps
    assert job["needs"] == "check"
    assert (project / "Dockerfile").exists() is (deploy == "image")
    if deploy == "image":
        assert "apache/airflow:3.2." in (project / "Dockerfile").read_text()


@pytest.mark.parametrize("deploy", ["none", "s3", "bundle", "image"])
def test_the_shell_of_the_workflow_is_shell(deploy: str, project: Path, trainspec: Run) -> None:
    assert trainspec("init", "--deploy", deploy).returncode == 0
    workflow = yaml.safe_load((project / ".github/workflows/trainspec.yml").read_text())
    for job in workflow["jobs"].values():
        subprocess.run(["bash", "-n"], input=_steps(job), text=True, check=True, timeout=60)


def test_the_comment_is_what_changes(project: Path, trainspec: Run) -> None:
    """The commands of the workflow, on a branch that changes a spec."""
    assert trainspec("init").returncode == 0
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], cwd=project, check=True, timeout=60)
    spec = project / "specs/example.yaml"
    spec.write_text(spec.read_text().replace("max_runtime: 1h", "max_runtime: 2h"))
    changed = trainspec("diff", "main", "--format", "markdown")
    assert "7200" in changed.stdout
    cost = trainspec("cost", "--against", "main", "--format", "markdown")
    assert (cost.returncode, "example" in cost.stdout) == (0, True)


def test_deploying_needs_a_ci_that_does(project: Path, trainspec: Run) -> None:
    refused = trainspec("init", "--ci", "gitlab", "--deploy", "s3")
    assert refused.returncode == 2
    assert "--deploy is for --ci github" in refused.stderr
    assert made(project) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--region", "Frankfurt"), "--region takes an AWS region such as eu-west-1"),
        (("--role", "MyRole"), "--role takes the ARN of a role"),
        (("--bucket", "s3://x"), "--bucket takes the name of a bucket"),
        (("--airflow", "1.10"), "--airflow takes a version such as"),
        (("--install", 'a" && b'), "--install takes what pip installs"),
    ],
)
def test_what_cannot_be(options: tuple[str, str], said: str, project: Path, trainspec: Run) -> None:
    refused = trainspec("init", *options)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert made(project) == []


def test_the_modeline_and_the_settings_name_the_schema(project: Path, trainspec: Run) -> None:
    trainspec("init")
    spec = project / "specs" / "example.yaml"
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", spec.read_text())
    assert modeline is not None
    (setting,) = json.loads((project / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    for path in (spec.parent / modeline[1], project / setting):
        assert json.loads(path.read_text())["title"] == "trainspec"
    assert ".vscode/trainspec.schema.json" in (project / ".gitignore").read_text().splitlines()
    (project / ".vscode" / "trainspec.schema.json").write_text("{}")
    trainspec("init")
    assert "title" in json.loads((project / ".vscode" / "trainspec.schema.json").read_text()), "the newest one"


def test_what_is_there_stays_and_what_it_lacks_is_shown(project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text("# mine\n")
    (project / ".gitignore").write_text("__pycache__/\n")
    (project / ".pre-commit-config.yaml").symlink_to("nowhere")
    again = trainspec("init")
    assert again.returncode == 0
    for name in ("trainspec.toml", ".gitignore", ".pre-commit-config.yaml"):
        assert f"kept {name}: it already exists" in again.stdout
        assert f"Add to {name}, if it is not there yet:" in again.stdout
    assert "    .vscode/trainspec.schema.json\n" in again.stdout
    assert (project / "trainspec.toml").read_text() == "# mine\n"
    assert not (project / "nowhere").exists()


def test_settings_go_where_the_project_has_its_own(project: Path, trainspec: Run) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    started = trainspec("init")
    assert "Add to pyproject.toml, if it is not there yet:\n\n    [tool.trainspec]\n" in started.stdout
    assert not (project / "trainspec.toml").exists()


def _on_a_terminal(project: Path, answers: str, *options: str) -> str:
    """What a terminal shows if `init` runs on it and the answers are typed."""
    command = [sys.executable, "-m", "trainspec", "init", *options]
    leader, follower = pty.openpty()
    with subprocess.Popen(command, cwd=project, stdin=follower, stdout=follower, stderr=follower) as running:
        os.close(follower)
        os.write(leader, answers.encode())
        shown = b""
        with suppress(OSError):  # the other end is closed
            while part := os.read(leader, 4096):
                shown += part
        running.wait(30)
    os.close(leader)
    return shown.decode()


def test_a_terminal_is_asked(project: Path, trainspec: Run) -> None:
    shown = _on_a_terminal(project, "Frankfurt\neu-west-1\n\nacme-data\n\n", "--ci", "none")
    assert "AWS region of the jobs [us-east-1]: " in shown
    assert "this takes an AWS region such as eu-west-1; try again" in shown
    assert "CI: " not in shown
    text = (project / "specs" / "example.yaml").read_text()
    assert "region: eu-west-1" in text
    assert "bucket: acme-data" in text
    assert trainspec("compile", "--check").returncode == 0


def test_a_terminal_is_not_asked_with_yes(project: Path) -> None:
    assert "[us-east-1]" not in _on_a_terminal(project, "", "--yes")
    assert "region: us-east-1" in (project / "specs" / "example.yaml").read_text()


def test_another_folder(project: Path, trainspec: Run) -> None:
    assert trainspec("init", "new/one").returncode == 0
    assert made(project / "new" / "one") == MADE
    (project / "file").write_text("")
    refused = trainspec("init", "file")
    assert refused.returncode == 2
    assert "cannot write file" in refused.stderr


def test_an_empty_project_names_init(project: Path, trainspec: Run) -> None:
    refused = trainspec("lint")
    assert refused.returncode == 2
    assert "`trainspec init` creates a first one" in refused.stderr
