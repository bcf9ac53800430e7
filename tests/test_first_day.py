"""What made people give up on their first day, from `trainspec init` on: each as they met it."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from trainspec.cli.starter import PRE_COMMIT
from trainspec.diagnostics.formats import FORMATS

from helpers import ROOT, Run

SPEC = "specs/example.yaml"


@pytest.fixture
def repository(project: Path, trainspec: Run) -> Path:
    """A project as `init` creates it, committed."""
    _git(project, "init", "-q", "-b", "main")
    assert trainspec("init", "--yes").returncode == 0
    _commit(project, "first")
    return project


def _git(project: Path, *arguments: str) -> str:
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a")
    return subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True, text=True).stdout


def _commit(project: Path, message: str) -> None:
    _git(project, "add", "-A")
    _git(project, "commit", "-q", "-m", message)


def _edit(project: Path, old: str, new: str) -> None:
    text = (project / SPEC).read_text()
    assert old in text
    (project / SPEC).write_text(text.replace(old, new, 1))


def test_a_comment_and_fmt_make_nothing_stale(repository: Path, trainspec: Run) -> None:
    text = (repository / SPEC).read_text()
    (repository / SPEC).write_text("# just a comment\n" + text.replace("    output:", "    # and another\n    output:"))
    assert trainspec("compile", "--check").returncode == 0
    assert trainspec("fmt").returncode == 0
    assert trainspec("compile", "--check").returncode == 0


def test_branches_that_change_different_lines_merge(repository: Path, trainspec: Run) -> None:
    for branch, old, new in (("a", "max_runtime: 1h", "max_runtime: 2h"), ("b", "2025-04-01", "2025-05-01")):
        _git(repository, "checkout", "-q", "main")
        _git(repository, "checkout", "-q", "-b", branch)
        _edit(repository, old, new)
        assert trainspec("compile").returncode == 0
        _commit(repository, branch)
    _git(repository, "merge", "-q", "--no-edit", "a")
    assert trainspec("compile", "--check").returncode == 0


def test_nothing_of_a_file_outside_is_shown(
    repository: Path, trainspec: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "credentials"
    outside.write_text("aws_secret_access_key = SECRETVALUE\n")
    (repository / "specs" / "leak.yaml").symlink_to(outside)
    for form in FORMATS:
        ran = trainspec("lint", "--format", form)
        assert ran.returncode == 1
        assert "SECRETVALUE" not in ran.stdout + ran.stderr
        assert "leaves the project" in ran.stdout


def test_a_picture_is_never_text(repository: Path, trainspec: Run) -> None:
    refused = trainspec("graph", SPEC, "-o", "picture.png")
    assert refused.returncode == 2
    assert "picture.svg" in refused.stderr
    assert not (repository / "picture.png").exists()


def test_hooks_start_wherever_the_specs_are(repository: Path) -> None:
    own = yaml.safe_load(PRE_COMMIT)["repos"][0]["hooks"]
    shared = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for hook in (*own, *shared):
        assert re.search(hook["files"], "pipelines/team/churn.yaml"), hook["id"]
        assert hook["pass_filenames"] is False, hook["id"]


def test_a_project_of_another_folder_is_checked(repository: Path, trainspec: Run) -> None:
    (repository / "specs").rename(repository / "pipelines")
    settings = repository / "trainspec.toml"
    settings.write_text(settings.read_text().replace('"specs"', '"pipelines"'))
    spec = repository / "pipelines" / "example.yaml"
    spec.write_text(spec.read_text().replace("ml.m5.large", "ml.m5.lrage"))
    linted = trainspec("lint")
    assert linted.returncode == 1
    assert "pipelines/example.yaml:" in linted.stdout


def test_a_failed_simulated_job_has_no_model(repository: Path, trainspec: Run) -> None:
    ran = trainspec("run", SPEC, "--simulate", "--phase-seconds", "0.05", "--fail", "*=AlgorithmError: out of memory")
    assert ran.returncode == 1
    assert '"model"' not in ran.stdout
    assert "is Failed: AlgorithmError: out of memory" in ran.stderr


def test_a_timeout_names_the_numbers_of_the_spec(repository: Path, trainspec: Run) -> None:
    _edit(repository, "    stopping", "    operator: {max_attempts: 2, check_interval: 1s}\n    stopping")
    ran = trainspec("run", SPEC, "--simulate", "--phase-seconds", "30")
    assert ran.returncode == 1
    assert "within 2 seconds (max_attempts=2 x check_interval=1)" in ran.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"@daily"', "every day at 5", "write `0 5 * * *`"),
        ('"@daily"', "daily at 5:30 pm", "write `30 17 * * *`"),
        ('"@daily"', "every hour", 'write `"@hourly"`'),
        ("2025-04-01", "21/02/2026", "write 2026-02-21"),
        ("2025-04-01", "02/21/2026", "write 2026-02-21"),
        ("2025-04-01", "01/02/2026", "write 2026-MM-DD"),
        ("arn:aws:iam::123456789012:role/SageMakerRole", "SageMakerRole", '`account: "123456789012"`'),
    ],
)
def test_what_is_meant(repository: Path, trainspec: Run, old: str, new: str, said: str) -> None:
    _edit(repository, old, new)
    assert said in trainspec("lint").stdout


def test_an_aws_member_is_one_finding(repository: Path, trainspec: Run) -> None:
    _edit(repository, "    image: ", "    AlgorithmSpecification: {TrainingImage: x}\n    # image: ")
    found = [line for line in trainspec("lint", "--format", "concise").stdout.splitlines() if "TS" in line]
    assert len(found) == 1, found
    assert "TS101" in found[0]
