"""Which point of a matrix is the best."""

from collections.abc import Mapping

import pytest
from trainspec.runtime.engine.choosing import best_of, results_of
from trainspec.runtime.engine.problems import TrainingProblem

POINTS: Mapping[str, Mapping[str, float | None] | None] = {
    "a": {"auc": 0.5},
    "b": {"auc": 0.75},
    "c": {"auc": 0.75},
    "d": {"auc": None},
    "e": None,
    "f": {"loss": 9.0},
}


@pytest.mark.parametrize(("goal", "best"), [("max", "b"), ("min", "a")])
def test_the_first_of_the_best(goal: str, best: str) -> None:
    said: list[str] = []
    assert best_of(POINTS, "auc", goal, said.append) == best
    assert [line for line in said if "cannot be the best" in line] == [
        f"{point} reported no number for auc: it cannot be the best" for point in "def"
    ]
    assert said[-1] == f"{best} is the best: auc is {(POINTS[best] or {})['auc']}"


def test_nobody_reported_the_metric() -> None:
    with pytest.raises(TrainingProblem, match="no point reported a number for the metric 'f1'; metrics: auc, loss"):
        best_of(POINTS, "f1", "max", print)
    with pytest.raises(TrainingProblem, match="none at all"):
        best_of({"a": None}, "f1", "max", print)


def test_what_is_handed_on() -> None:
    point = {"task_id": "sweep.eta-0.1", "hyperparameters": {"eta": "0.1"}}
    made = {"return_value": "job-1", "model": "s3://bucket/model.tar.gz", "arn": None, "metrics": {"auc": 0.5}}
    assert results_of(point, made) == {
        "model": "s3://bucket/model.tar.gz",
        "metrics": {"auc": 0.5},
        "hyperparameters": {"eta": "0.1"},
        "point": "sweep.eta-0.1",
    }
