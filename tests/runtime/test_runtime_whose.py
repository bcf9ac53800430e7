"""Whose a job is: other installations, clears that Airflow hides, names that were freed or changed, tries left over."""

from dataclasses import replace
from typing import Any

import pytest
from runtime_helpers import REQUEST, RUN, SERVERLESS, World
from trainspec.runtime.engine import account
from trainspec.runtime.engine.identity import Label, Relation, Stay, TaskRun
from trainspec.runtime.engine.label import decode
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.sweep import Bounds, Known, Sweep, Verdict
from trainspec.simulator import Fault

HERE, THERE = replace(RUN, installation="prod"), replace(RUN, installation="staging")
DERIVED = replace(RUN, installation="@0123456789ab")
INCREMENT = Policy("increment")


def ends(world: World, name: str, failure: str | None = None) -> None:
    """End the job now."""
    (job,) = (job for job in world.simulator.jobs if job.name == name)
    job.outcome = replace(job.outcome, training=0, starting=0, downloading=0, uploading=0, failure=failure)


@pytest.mark.parametrize("request_", [REQUEST, SERVERLESS], ids=["environment", "tags"])
def test_another_installation_with_the_same_runs_is_another(world: World, request_: dict[str, Any]) -> None:
    world.training(run=HERE, request=request_).start()
    with pytest.raises(TrainingProblem, match="of another Airflow, the installation prod") as raised:
        world.training(run=THERE, try_number=2, request=request_).start()
    assert raised.value.kind is Kind.FATAL
    theirs = world.training(INCREMENT, run=THERE, try_number=2, request=request_)
    assert theirs.start().name == "churn-1"
    assert theirs.abandon(world.calls())
    assert world.live() == ["churn", "churn-1"]
    assert world.statuses()["churn"] == "InProgress"


def test_fail_holds_although_the_other_airflow_has_cleared_less_often(world: World) -> None:
    world.training(run=HERE).start()
    with pytest.raises(TrainingProblem, match="action_if_job_exists='fail'"):
        world.training(run=replace(THERE, generation=2, clears=1), try_number=3).start()


@pytest.mark.parametrize("where", [HERE, DERIVED], ids=["named", "derived"])
def test_a_clear_that_leaves_max_tries_alone_is_counted(world: World, where: TaskRun) -> None:
    world.training(run=where).start()
    again = world.training(run=replace(where, clears=1), try_number=2).start()
    assert again.name == "churn-1"
    assert world.statuses() == {"churn": "Stopped", "churn-1": "InProgress"}


@pytest.mark.parametrize(
    ("after", "try_number", "counts_clears", "name"),
    [
        (0, 3, False, "churn-1"),  # 2 tries and no retries: a clear of the second leaves max_tries at 2
        (1, 2, False, "churn-1"),
        (0, 2, False, "churn"),  # before try 3, no clear can have done that
        (0, 3, True, "churn"),  # here Airflow would have counted it
        (3, 3, False, "churn"),  # with more retries, a clear changes max_tries
    ],
)
def test_fewer_retries_and_a_clear_that_nothing_shows(
    world: World, after: int, try_number: int, counts_clears: bool, name: str
) -> None:
    """`max_tries` is 2 before and after: if clears are not counted, a job of before the clear is never reused."""
    world.training(run=replace(HERE, retries=2)).start()
    now = replace(HERE, generation=2 - after, retries=after)
    assert world.training(run=now, try_number=try_number, counts_clears=counts_clears).start().name == name
    assert world.live() == [name]


def test_the_clear_of_another_task_changes_nothing_for_the_try_that_runs(world: World) -> None:
    world.training(run=HERE).start()
    label = Label.of(replace(HERE, clears=1), 1)
    assert label.relation(Label.of(HERE, 1)) is Relation.SAME


@pytest.mark.parametrize("named", [True, False])
def test_the_clear_of_a_finished_run_stops_a_job_that_was_left(world: World, named: bool) -> None:
    where = HERE if named else DERIVED
    world.training(run=where).start()
    cleared = replace(where, started=where.started + 1, generation=1, clears=1)
    assert world.training(run=cleared, try_number=2).start().name == "churn-1"
    assert world.statuses()["churn"] == ("Stopped" if named else "InProgress")
    assert ("name this airflow" in " ".join(world.log).lower()) is not named


@pytest.mark.parametrize("own", [True, False], ids=["own", "another's"])
def test_a_freed_name_does_not_hide_the_running_job(world: World, own: bool) -> None:
    if own:
        world.training(run=HERE).start()
        ends(world, "churn", "AlgorithmError: exit code 1")
        world.training(run=HERE, try_number=2).start()
    else:
        world.others_job()
        ends(world, "churn")
        world.training(INCREMENT, run=HERE).start()
    world.simulator.account.delete("us-east-1", "churn")
    assert world.training(INCREMENT, run=HERE, try_number=3 if own else 2).start().name == "churn-1"
    assert world.live() == ["churn-1"]


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_another_name_or_policy_does_not_hide_the_running_job(world: World, status: str) -> None:
    world.others_job()
    world.training(INCREMENT, run=HERE).start()
    assert world.training(Policy("fail"), run=HERE, try_number=2).start().name == "churn-1"
    renamed = {**REQUEST, "TrainingJobName": "second"}
    if status == "InProgress":
        assert world.training(run=HERE, request=renamed, try_number=2).start().name == "churn-1"
    else:
        again = world.training(run=replace(HERE, generation=1), request=renamed, try_number=2)
        assert again.start().name == "second"
        assert world.statuses() == {"churn": "InProgress", "churn-1": "Stopped", "second": "InProgress"}


RENAMED = {**REQUEST, "TrainingJobName": "second"}


def test_another_name_does_not_hide_the_job_that_completed(world: World) -> None:
    world.training(run=HERE).start()
    ends(world, "churn")
    again = world.training(run=HERE, request=RENAMED, try_number=2)
    assert again.start().name == "churn"
    assert not again.abandon(world.calls())


@pytest.mark.parametrize(
    ("run", "try_number"),
    [(replace(HERE, generation=1), 2), (replace(HERE, clears=1), 2), (replace(HERE, generation=1), 3)],
    ids=["cleared", "cleared as it ran", "cleared and lost"],
)
def test_what_completed_under_another_name_before_a_clear_is_no_result(
    world: World, run: TaskRun, try_number: int
) -> None:
    world.training(run=HERE).start()
    ends(world, "churn")
    assert world.training(run=run, request=RENAMED, try_number=try_number).start().name == "second"


def test_only_a_retry_looks_for_what_completed(world: World) -> None:
    world.training(run=replace(HERE, generation=1), try_number=2).start()
    listed = [call.params.get("StatusEquals") for call in world.simulator.journal.calls("ListTrainingJobs")]
    assert listed == [None, "InProgress", "Stopping"]


def test_the_search_for_what_completed_has_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_MOST_LOOKS", 3)
    for number in range(5):
        world.others_job(f"other-{number}")
        ends(world, f"other-{number}")
    assert world.training(run=HERE, try_number=2).start().name == "churn"
    assert "that completed under another name; not looked for" in " ".join(world.log)
    for number in range(5):
        world.others_job(f"running-{number}")
    with pytest.raises(TrainingProblem, match="too many to check"):
        world.training(run=HERE, request=RENAMED, try_number=2).start()


@pytest.mark.parametrize("how", ["resume", "wait", "abandon"])
def test_a_job_of_the_same_name_is_not_taken_for_ours(world: World, how: str) -> None:
    mine = world.training(run=HERE)
    job = mine.wait(mine.start(), 0)
    ends(world, "churn")
    world.simulator.account.delete("us-east-1", "churn")
    world.clock.advance(5)
    world.others_job()
    if how == "abandon":
        assert not mine.abandon(world.calls())
    else:
        with pytest.raises(TrainingProblem, match="is gone: it was deleted") as raised:
            world.training(run=HERE).resume("churn") if how == "resume" else mine.wait(job, None)
        assert raised.value.kind is Kind.RETRY
    assert world.live() == ["churn"]
    assert world.statuses()["churn"] == "InProgress"


def test_a_deleted_job_fails_the_try(world: World) -> None:
    mine = world.training(run=HERE)
    job = mine.wait(mine.start(), 0)
    ends(world, "churn")
    world.simulator.account.delete("us-east-1", "churn")
    with pytest.raises(TrainingProblem, match="Training job churn of this task is gone"):
        mine.wait(job, None)


def test_where_jobs_may_not_be_listed_names_are_looked_at(world: World) -> None:
    world.others_job()
    world.training(INCREMENT, run=HERE).start()
    world.simulator.faults.add(Fault("denied", "ListTrainingJobs", times=9))
    assert world.training(INCREMENT, run=HERE, try_number=2).start().name == "churn-1"
    assert "Jobs cannot be listed" in " ".join(world.log)


def test_a_try_that_was_left_over_makes_no_job(world: World) -> None:
    world.training(run=HERE, try_number=2).start()
    ends(world, "churn", "AlgorithmError: exit code 1")
    left_over = world.training(run=HERE)
    with pytest.raises(TrainingProblem, match="created by a later try") as raised:
        left_over.start()
    assert raised.value.kind is Kind.LEFT_OVER
    assert not left_over.abandon(world.calls())


def test_a_try_that_has_slept_asks_whether_it_is_wanted(world: World) -> None:
    left_over = world.training(run=HERE)
    left_over.wanted = lambda: False
    world.clock.advance(3600)
    with pytest.raises(TrainingProblem, match="its task has ended without it"):
        left_over.start()
    assert world.statuses() == {}


def test_the_first_try_costs_one_call(world: World) -> None:
    world.training(run=HERE).start()
    assert [call.operation for call in world.simulator.calls] == ["CreateTrainingJob"]


def test_labels_of_the_first_release_are_understood(world: World) -> None:
    text = f"1/0/1/1/-1/{RUN.started}/ends/{RUN.digest}/my_dag/scheduled__2025-04-09T00:00:00+00:00/train"
    old = decode(text)
    assert Label.of(replace(HERE, retries=1), 2).relation(old) is Relation.SAME
    assert Label.of(replace(HERE, retries=1, generation=1, clears=1), 2).relation(old) is Relation.EARLIER
    assert Label.of(replace(HERE, retries=1, started=7), 2).relation(old) is Relation.OTHER


def _verdict(world: World, known: Known | None, installation: str) -> tuple[Verdict, str]:
    (found,) = Sweep(world.calls(), lambda _: known, Bounds(older_than=0), installation).findings()
    return found.verdict, found.why


ENDED = Known(RUN.started, run_ended=True, state="failed")


@pytest.mark.parametrize(
    ("run", "installation", "known", "verdict"),
    [
        (HERE, "prod", ENDED, Verdict.STRAY),
        (HERE, "staging", ENDED, Verdict.UNKNOWN),
        (HERE, "", ENDED, Verdict.UNKNOWN),
        (RUN, "prod", ENDED, Verdict.STRAY),  # created by a release without installations
        (RUN, "prod", replace(ENDED, shared_start=True), Verdict.UNKNOWN),
        (HERE, "prod", None, Verdict.STRAY),
        (DERIVED, DERIVED.installation, None, Verdict.UNKNOWN),
        (DERIVED, DERIVED.installation, ENDED, Verdict.STRAY),
        (HERE, "prod", replace(ENDED, started=RUN.started + 1), Verdict.STRAY),
        (DERIVED, DERIVED.installation, replace(ENDED, started=RUN.started + 1), Verdict.UNKNOWN),
    ],
)
def test_a_sweep_stops_what_is_of_its_installation(
    world: World, run: TaskRun, installation: str, known: Known | None, verdict: Verdict
) -> None:
    world.training(run=run).start()
    assert _verdict(world, known, installation)[0] is verdict


def test_a_sweep_leaves_a_job_of_a_deleted_run_that_may_outlive_its_task(world: World) -> None:
    world.client.create_training_job(
        **world.training(run=HERE).request | {"Environment": _environment(Label.of(HERE, 1, Stay(after_success=True)))}
    )
    assert _verdict(world, None, "prod")[0] is Verdict.WANTED


def _environment(label: Label) -> dict[str, str]:
    from trainspec.runtime.engine.label import VARIABLE, encode

    return {VARIABLE: encode(label)}


@pytest.mark.parametrize("skew", [300.0, -300.0])
def test_a_wait_is_measured_by_the_clock_of_aws(world: World, skew: float) -> None:
    """A worker whose clock differs gives up when the job has the age that the label allows."""
    policy = Policy(max_attempts=20, check_interval=30, on_timeout="leave")
    training = world.training(policy, run=HERE)
    clock = training.calls.clock
    training.calls = replace(training.calls, clock=replace(clock, now=lambda: world.clock.now() + skew))
    job = training.start()
    (made,) = world.simulator.jobs
    made.outcome = replace(made.outcome, training=10_000)
    training.wait(job, training.deadline(job))
    assert 595 <= world.clock.now() - made.created <= 640
