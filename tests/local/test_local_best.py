"""The best of a matrix in `trainspec run`."""

from pathlib import Path

from local_helpers import DEFAULTS, results, run_spec
from trainspec.simulator import Outcome, Plan, Simulator

from helpers import Run

SWEEP = (
    DEFAULTS
    + """\
jobs:
  sweep:
    name: sweep-${matrix.id}-{{ ds }}
    matrix: {eta: ["0.1", "0.2", "0.3"]}
    hyperparameters: {eta: "${matrix.eta}", day: "{{ ds }}"}
  final:
    name: final-{{ ds }}
    inputs: {model: "${jobs.sweep.best(auc, min).model}"}
    hyperparameters: ${jobs.sweep.best(auc, min).hyperparameters}
    environment: {PARENT: "${jobs.sweep.best(auc, min).name} of ${jobs.sweep.best(auc, min).metrics.auc}"}
"""
)
CHOICE = "sweep-best-auc-min"


def give(aws: Simulator, **values: float) -> None:
    assert isinstance(aws.plan, Plan)
    for label, value in values.items():
        aws.plan.add(f"sweep-eta-0-{label[1:]}-*", Outcome(0, 0, 0, 0, metrics={"auc": value}))


def test_the_best_goes_on(aws: Simulator, trainspec: Run, project: Path) -> None:
    give(aws, _1=0.5, _2=0.25, _3=0.75)
    ran = run_spec(trainspec, project, SWEEP)
    assert ran.returncode == 0, ran.stderr
    assert "sweep.eta-0.2 is the best: auc is 0.25" in ran.stderr
    chosen = results(ran)[CHOICE]
    assert (chosen["status"], chosen["name"], chosen["point"]) == (
        "Chosen",
        "sweep-eta-0-2-2025-04-09",
        "sweep.eta-0.2",
    )
    (final,) = (job.request for job in aws.jobs if job.name == "final-2025-04-09")
    assert final["HyperParameters"] == {"eta": "0.2", "day": "2025-04-09"}
    assert final["Environment"]["PARENT"] == "sweep-eta-0-2-2025-04-09 of 0.25"
    assert "/sweep-eta-0-2-2025-04-09/" in final["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]


def test_points_that_their_gates_hold_back(aws: Simulator, trainspec: Run, project: Path) -> None:
    give(aws, _1=0.5, _2=0.25, _3=0.75)
    gated = SWEEP.replace("  final:\n", "    proceed_if: {metric: auc, above: 0.3}\n  final:\n")
    ran = run_spec(trainspec, project, gated)
    assert results(ran)[CHOICE]["point"] == "sweep.eta-0.1"


def test_every_point_is_held_back(aws: Simulator, trainspec: Run, project: Path) -> None:
    gated = SWEEP.replace("  final:\n", "    proceed_if: {metric: auc, above: 3}\n  final:\n")
    none = run_spec(trainspec, project, gated)
    assert none.returncode == 0
    assert results(none)[CHOICE]["status"] == results(none)["final"]["status"] == "Skipped"


def test_without_the_points_nothing_can_be_chosen(aws: Simulator, trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, SWEEP, "--job", "final")
    assert ran.returncode == 2
    assert "run that job, too (--job sweep)" in ran.stderr
    assert not aws.jobs
    both = run_spec(trainspec, project, SWEEP, "--job", "final", "--job", "sweep")
    assert both.returncode == 0, both.stderr


def test_simulated_points_differ(trainspec: Run, project: Path) -> None:
    ran = run_spec(trainspec, project, SWEEP, "--simulate", "--phase-seconds", "0.05")
    assert ran.returncode == 0, ran.stderr
    assert results(ran)[CHOICE]["point"] == "sweep.eta-0.3"
