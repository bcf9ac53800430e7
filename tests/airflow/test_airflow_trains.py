"""A model that is really trained by a DAG: Airflow, and `simulate --exec` behind the connection."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from environment import REPOSITORY, Airflow

SPEC = REPOSITORY / "specs" / "local" / "train_and_evaluate.yaml"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def url(kept: Path) -> Iterator[str]:
    """The address of a simulated account whose jobs really run."""
    command = [sys.executable, "-m", "trainspec", "simulate", "--port", "0", "--exec", str(SPEC), "--keep", str(kept)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as simulate:
        assert simulate.stdout is not None
        yield simulate.stdout.readline().strip()
        simulate.terminate()


def test_a_dag_trains_a_model(airflow: Airflow, url: str, kept: Path) -> None:
    here = replace(airflow, endpoint_url=url)
    subprocess.run(
        [sys.executable, "-m", "trainspec", "compile", str(SPEC), "-o", str(here.dags), "--airflow", here.version],
        check=True,
        cwd=REPOSITORY,
        capture_output=True,
    )
    here.python(str(Path(__file__).with_name("inside.py")), "test", "2025-04-09", "train_and_evaluate")
    trained, evaluated = (here.task("train_and_evaluate", task) for task in ("train", "evaluate"))
    assert (trained.state, evaluated.state) == ("success", "success")
    assert trained.xcoms["metrics"]["validation:accuracy"] > 0.9
    assert evaluated.xcoms["metrics"]["holdout:accuracy"] > 0.9
    with tarfile.open(kept / "s3" / evaluated.xcoms["model"].removeprefix("s3://")) as model:
        weights = model.extractfile("weights.json")
        assert weights is not None
        assert len(json.load(weights)) == 5
