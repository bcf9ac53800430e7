"""Approvals, answered through Airflow's API as its UI does, and a missed deadline."""

import time
from functools import partial
from typing import Any

import pytest
from people import RUNS, said
from running import GOOD, Platform
from services import wait_until
from trainspec.simulator.jobs import Job

DAG_ID = "people"
READING = 10
"""Seconds until an answer: Airflow 3.3.2 fails a task that is answered before its scheduler knows the question."""


@pytest.fixture(scope="module")
def answered(platform: Platform) -> Platform:
    """The platform after three runs of the DAG in which people were asked."""
    rest = platform.deployment.rest
    rest.unpause(DAG_ID)
    for number, run in enumerate(RUNS):
        rest.trigger(DAG_ID, run, f"{GOOD}T0{number}:00:00Z")
    for run in RUNS:
        answer(platform, run, "start", approves=run != "refused", reason=f"it is {run}")
    for run in ("approved", "rejected"):
        answer(platform, run, "release", approves=run == "approved")
    for run in RUNS:
        wait_until(f"{run} has ended", partial(ended, platform, run), 300, 1)
    return platform


def ended(platform: Platform, run: str) -> bool:
    return platform.deployment.rest.run_state(DAG_ID, run) in ("success", "failed")


def answer(platform: Platform, run: str, task: str, *, approves: bool, reason: str = "") -> None:
    rest, path = platform.deployment.rest, f"/dags/{DAG_ID}/dagRuns/{run}/taskInstances/{task}"

    def asks() -> bool:
        return rest.call("GET", path)["state"] in ("deferred", "awaiting_input")

    wait_until(f"{run}: {task} asks", asks, 300, 1)
    time.sleep(READING)
    body: dict[str, Any] = {"chosen_options": ["Approve" if approves else "Reject"]}
    rest.call("PATCH", f"{path}/-1/hitlDetails", {**body, "params_input": {"reason": reason} if reason else {}})


def states(platform: Platform, run: str) -> dict[str, str]:
    found = platform.deployment.rest.task_states(DAG_ID, run)
    return {task: found[task] for task in ("start", "train", "release", "announce")}


def jobs(platform: Platform) -> list[Job]:
    found = [job for job in platform.simulator.jobs if job.name.startswith("people-")]
    return sorted(found, key=lambda job: job.name)


def test_what_is_approved_goes_on(answered: Platform) -> None:
    assert set(states(answered, "approved").values()) == {"success"}


def test_what_is_rejected_fails_as_the_spec_says_and_is_not_asked_again(answered: Platform) -> None:
    done = {"start": "success", "train": "success", "release": "failed", "announce": "upstream_failed"}
    assert states(answered, "rejected") == done
    release = answered.deployment.rest.call("GET", f"/dags/{DAG_ID}/dagRuns/rejected/taskInstances/release")
    assert release["try_number"] == 1


def test_what_is_refused_at_the_start_makes_no_job(answered: Platform) -> None:
    assert states(answered, "refused")["train"] == "skipped"
    assert sorted(job.name for job in jobs(answered)) == ["people-20250409T000000", "people-20250409T010000"]


def test_what_was_typed_reaches_the_job(answered: Platform) -> None:
    assert [job.request["Environment"]["REASON"] for job in jobs(answered)] == ["it is approved", "it is rejected"]


def test_nobodys_answer_is_the_default(answered: Platform) -> None:
    found = answered.deployment.rest.task_states(DAG_ID, "approved")
    assert (found["unanswered"], found["nobody"]) == ("success", "skipped")


def test_a_missed_deadline_calls(answered: Platform) -> None:
    home = answered.deployment.airflow.home
    wait_until("the deadlines have told", lambda: len(said(home)) >= len(RUNS), 120, 1)
    assert sorted(said(home)) == [f"{run} is late" for run in sorted(RUNS)]
