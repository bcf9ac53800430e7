"""`trainspec import` of state machines and pipelines: which job waits for which, and what is not carried over."""

import json
from typing import Any

import pytest
from trainspec.importers.model import Imported
from trainspec.importers.sources import read_text
from trainspec.importers.wrappings import import_wrapped

from cpu_time import cpu_seconds

REQUEST = {
    "TrainingJobName": "churn",
    "RoleArn": "arn:aws:iam::111122223333:role/R",
    "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"},
}


def task(resource: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", **more}


def job(**more: Any) -> dict[str, Any]:
    return task("sagemaker:createTrainingJob.sync", Parameters=REQUEST, **more)


def parallel(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": [{"States": states} for states in branches], **more}


def read(data: Any) -> Imported:
    (imported,) = read_text(json.dumps(data).encode())
    return imported


def waits(imported: Imported) -> dict[str, Any]:
    return {each.task_id: each.fields["depends_on"] for each in imported.jobs if "depends_on" in each.fields}


def test_states_without_jobs_are_walked_once() -> None:
    """If they were walked for each job, 4,000 states would take half a minute."""
    size = 4000
    states: dict[str, Any] = {f"j{number}": job(Next="p0") for number in range(size)}
    states |= {f"p{number}": {"Type": "Pass", "Next": f"p{number + 1}"} for number in range(size)}
    states[f"p{size}"] = job(End=True)
    with cpu_seconds(at_most=5):
        imported = import_wrapped({"States": states})
    assert imported
    assert waits(imported) == {f"p{size}": [f"j{number}" for number in range(size)]}


def test_a_circle_of_states_ends() -> None:
    states = {
        "A": job(Next="p"),
        "B": job(Next="q"),
        "p": {"Type": "Pass", "Next": "q"},
        "q": {"Type": "Pass", "Next": "p"},
    }
    assert waits(read({"States": states})) == {}


def test_steps_without_jobs_are_not_walked_for_ever() -> None:
    size = 2000
    steps: list[dict[str, Any]] = [
        {"Name": f"c{number}", "Type": "Condition", "DependsOn": [f"c{number + 1}"]} for number in range(size)
    ]
    steps += [
        {"Name": f"j{number}", "Type": "Training", "Arguments": REQUEST, "DependsOn": ["c0"]} for number in range(size)
    ]
    with cpu_seconds(at_most=5):
        imported = import_wrapped({"Steps": steps})
    assert imported
    assert "the order of the step `j0` is not carried over: there are too many dependencies" in imported.notes


def test_too_many_dependencies_are_named() -> None:
    """Written out, 250,000 dependencies would take almost a minute."""

    def jobs(prefix: str, number: int, after: str) -> dict[str, Any]:
        return parallel(*({f"{prefix}{each}": job(End=True)} for each in range(number)), Next=after)

    states = {"A": jobs("a", 500, "B"), "B": jobs("b", 500, "C"), "C": job(End=True)}
    imported = read({"States": states})
    assert waits(imported) == {"C": [f"b{number}" for number in range(500)]}
    assert imported.notes == ("the order of the state `B` is not carried over: there are too many dependencies",)


def test_a_state_that_is_last_leads_nowhere() -> None:
    choice = {"Type": "Choice", "Choices": [], "Default": "A"}
    imported = read({"States": {"A": job(End=True), "": job(End=True), "Good?": choice, "None": job(End=True)}})
    assert waits(imported) == {}


PUBLISH = task("sns:publish", End=True)
LOST = "the state `Tell` (sns:publish) is not carried over"
BRANCHES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "jobs in all": ({"A": job(Next="P"), "P": parallel({"B": job()}, {"C": job()})}, ()),
    "none in one": ({"P": parallel({"B": job()}, {"Tell": PUBLISH})}, (LOST,)),
    "none in any": ({"A": job(Next="P"), "P": parallel({"Tell": PUBLISH})}, (LOST,)),
    "deeper": ({"A": job(Next="P"), "P": parallel({"Q": parallel({"Tell": PUBLISH})})}, (LOST,)),
    "nothing to run": ({"A": job(Next="P"), "P": parallel({"Skip": {"Type": "Pass", "End": True}})}, ()),
    "no map": ({"A": job(Next="L"), "L": [{"States": {"Tell": PUBLISH}}]}, ()),
    "a Map says it for its states": (
        {"A": job(Next="Each"), "Each": {"Type": "Map", "ItemProcessor": {"States": {"Tell": PUBLISH}}}},
        ("the state `Each` (Map) is not carried over",),
    ),
}


@pytest.mark.parametrize("kind", BRANCHES)
def test_states_in_branches_are_reported(kind: str) -> None:
    states, notes = BRANCHES[kind]
    assert read({"States": states}).notes == notes


def test_a_machine_without_jobs_beside_another_is_not_reported() -> None:
    data = [{"States": {"A": job(End=True)}}, {"States": {"P": parallel({"Tell": PUBLISH})}}]
    assert read(data).notes == ()
