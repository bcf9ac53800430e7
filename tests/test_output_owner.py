"""Several projects, one folder of DAGs: nothing of another project is removed, called an orphan or overwritten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import Ran, Run

SPEC = """
trainspec: 1
dag: {{id: {dag_id}}}
jobs:
  train:
    name: t-{{{{ ts_nodash }}}}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
    stopping: {{max_runtime: 30m}}
    operator: {{max_attempts: null}}
"""
Make = Callable[..., Path]
RunIn = Callable[..., Ran]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Creates a project with a name (or none) and a spec for each DAG; returns its root."""

    def make(folder: str, name: str | None, *dag_ids: str) -> Path:
        root = tmp_path / folder
        (root / "specs").mkdir(parents=True)
        (root / "trainspec.toml").write_text(f'project = "{name}"\n' if name else 'paths = ["specs"]\n')
        for dag_id in dag_ids:
            (root / "specs" / f"{dag_id}.yaml").write_text(SPEC.format(dag_id=dag_id))
        return root

    return make


@pytest.fixture
def run_in(trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> RunIn:
    """Runs the command in a folder."""

    def run_in(folder: Path, *arguments: str) -> Ran:
        monkeypatch.chdir(folder)
        return trainspec(*arguments)

    return run_in


def _names(tmp_path: Path) -> list[str]:
    return sorted(path.stem for path in (tmp_path / "dags").glob("*.py"))


@pytest.mark.parametrize("names", [("a", "b"), (None, None), ("a", None), (None, "b")])
def test_what_another_project_made_stays(
    names: tuple[str | None, str | None], make: Make, tmp_path: Path, run_in: RunIn
) -> None:
    roots = [make("one", names[0], "churn"), make("two", names[1], "fraud")]
    for root in (*roots, *roots):
        ran = run_in(root, "compile", "-o", "../dags")
        assert ran.returncode == 0, ran.stderr
        assert "0 removed" in ran.stderr
    assert _names(tmp_path) == ["churn", "fraud"]
    for root in roots:
        assert run_in(root, "compile", "--check", "-o", "../dags").returncode == 0


def test_a_project_of_a_name_removes_what_was_its_own(make: Make, tmp_path: Path, run_in: RunIn) -> None:
    one, two = make("one", "a", "churn", "churn_sweep"), make("two", "b", "fraud")
    for root in (one, two):
        run_in(root, "compile", "-o", "../dags")
    (one / "specs" / "churn_sweep.yaml").unlink()
    check = run_in(one, "compile", "--check", "-o", "../dags")
    assert check.returncode == 1
    assert "churn_sweep.py` is orphaned" in check.stdout + check.stderr
    assert "1 removed" in run_in(one, "compile", "-o", "../dags").stderr
    assert _names(tmp_path) == ["churn", "fraud"]


def test_a_project_without_a_name_removes_nothing_outside_its_root(make: Make, tmp_path: Path, run_in: RunIn) -> None:
    root = make("one", None, "churn", "old")
    run_in(root, "compile", "-o", "../dags")
    run_in(root, "compile", "-o", "dags")
    (root / "specs" / "old.yaml").unlink()
    assert "0 removed" in run_in(root, "compile", "-o", "../dags").stderr
    assert "1 removed" in run_in(root, "compile", "-o", "dags").stderr
    assert _names(tmp_path) == ["churn", "old"]


@pytest.mark.parametrize("names", [("a", "b"), ("a", None), (None, "b")])
def test_two_projects_that_write_one_file(
    names: tuple[str | None, str | None], make: Make, tmp_path: Path, run_in: RunIn
) -> None:
    one, two = make("one", names[0], "churn"), make("two", names[1], "churn")
    (two / "specs" / "churn.yaml").rename(two / "specs" / "customers.yaml")
    run_in(one, "compile", "-o", "../dags")
    before = (tmp_path / "dags" / "churn.py").read_bytes()
    for arguments in (("--check",), ()):
        refused = run_in(two, "compile", *arguments, "-o", "../dags")
        assert refused.returncode == 1
        assert "two projects cannot write one file" in refused.stdout + refused.stderr
    assert (tmp_path / "dags" / "churn.py").read_bytes() == before
    assert run_in(two, "compile", "--force", "-o", "../dags").returncode == 0
