"""One task run is one training job: what start() does with a name that is free, taken, or taken by ourselves."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from runtime_helpers import OTHER_RUN, REQUEST, RUN, SERVERLESS, CrashError, DyingClient, World
from trainspec.runtime.engine.calls import Calls
from trainspec.runtime.engine.choices import IfExists
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.label import TAG, VARIABLE, encode
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.training import Training
from trainspec.simulator import Fault, Outcome

from helpers import sampled

ACTIONS: list[IfExists] = ["fail", "increment", "skip", "timestamp"]
LONG = "n" * 63


@pytest.mark.parametrize(
    ("action", "taken", "name"),
    [
        ("fail", [], "churn"),
        ("increment", ["churn"], "churn-1"),
        ("increment", ["churn", "churn-1", "churn-2"], "churn-3"),
        ("increment", [LONG], "n" * 61 + "-1"),
        ("increment", [LONG, "n" * 61 + "-1"], "n" * 61 + "-2"),
        ("timestamp", ["churn"], "churn-20250409000000"),
        ("timestamp", [LONG], "n" * 48 + "-20250409000000"),
        ("timestamp", ["churn", "churn-20250409000000"], "churn-20250409000000-1"),
    ],
)
def test_name(world: World, action: IfExists, taken: list[str], name: str) -> None:
    for other in taken:
        world.others_job(other)
    request = {**REQUEST, "TrainingJobName": taken[0] if taken else "churn"}
    job = world.training(Policy(action), request=request).start()
    assert job.name == name
    assert list(world.statuses()) == [*taken, name]


@pytest.mark.parametrize(
    ("told", "now"),
    [("churn", "churn-1"), ('"churn"', '"churn-1"'), ("churned", "churned"), ("", "")],
)
def test_the_script_is_told_the_name_that_its_job_got(world: World, told: str, now: str) -> None:
    world.others_job("churn")
    values = {"sagemaker_program": "train.py", "sagemaker_job_name": told}
    request = {**REQUEST, "TrainingJobName": "churn", "HyperParameters": values}
    job = world.training(Policy("increment"), request=request).start()
    (sent,) = (each.request["HyperParameters"] for each in world.simulator.jobs if each.name == job.name)
    assert (job.name, sent) == ("churn-1", {"sagemaker_program": "train.py", "sagemaker_job_name": now})


@pytest.mark.parametrize(
    ("action", "owner", "kind", "text"),
    [
        ("fail", OTHER_RUN, Kind.FATAL, "It belongs to DAG other_dag, run manual__1, task train, try 1."),
        (
            "fail",
            None,
            Kind.FATAL,
            "It was created by something other than trainspec, or by a later release: arn:aws:sagemaker:us-east-1:",
        ),
        ("fail", replace(RUN, map_index=3), Kind.FATAL, "task train, map index 3, try 1."),
        ("fail", replace(RUN, started=5), Kind.FATAL, "It belongs to DAG my_dag"),  # another Airflow, or a deleted run
        ("skip", OTHER_RUN, Kind.SKIP, "It belongs to DAG other_dag"),
    ],
)
def test_refusal_says_whose_the_job_is(
    world: World, action: IfExists, owner: TaskRun | None, kind: Kind, text: str
) -> None:
    world.others_job(run=owner)
    with pytest.raises(TrainingProblem) as raised:
        world.training(Policy(action)).start()
    assert raised.value.kind is kind
    assert text in raised.value.text
    assert "sup3r-secret" not in raised.value.text
    assert list(world.statuses()) == ["churn"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", ["InProgress", "Completed"])
@pytest.mark.parametrize("request_", [REQUEST, SERVERLESS], ids=["environment", "tags"])
def test_a_retry_attaches(world: World, action: IfExists, status: str, request_: dict[str, Any]) -> None:
    made = world.training(Policy(action), request=request_).start()
    if status == "Completed":
        world.finish()
    found = world.training(Policy(action), request=request_, try_number=2).start()
    assert found.name == made.name
    assert found.status == status
    assert len(world.simulator.jobs) == 1


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("how", ["failed", "stopped", "stopping"])
def test_a_retry_after_the_job_failed_makes_a_new_one(world: World, action: IfExists, how: str) -> None:
    world.simulator.plan = world.simulator.account.choose = lambda name, _: Outcome(
        failure="AlgorithmError: no" if how == "failed" and name != "churn-2" else None
    )
    names = []
    for try_number in (1, 2, 3):
        training = world.training(Policy(action), try_number=try_number)
        names.append(training.start().name)
        assert world.live() == names[-1:]
        if how != "failed":
            training.abandon(world.calls())
        if how != "stopping":
            world.finish()
    assert names == ["churn", "churn-1", "churn-2"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("ended", [True, False])
def test_a_cleared_task_gets_a_new_job_and_the_old_one_is_stopped(world: World, action: IfExists, ended: bool) -> None:
    world.training(Policy(action)).start()
    if ended:
        world.finish()
    cleared = replace(RUN, generation=1)
    assert world.training(Policy(action), run=cleared, try_number=2).start().name == "churn-1"
    assert world.statuses() == {"churn": "Completed" if ended else "Stopped", "churn-1": "InProgress"}
    # The clear of a finished run changes the run's start, too.
    world.finish()
    again = replace(RUN, generation=2, started=RUN.started + 1)
    assert world.training(Policy(action), run=again, try_number=3).start().name == "churn-2"


@pytest.mark.parametrize("status", ["InProgress", "Completed"])
@pytest.mark.parametrize(("before", "after"), [(1, 2), (3, 1), (2, 1), (1, 0)])
def test_a_retry_attaches_although_the_author_has_changed_retries(
    world: World, before: int, after: int, status: str
) -> None:
    """As in a deployment that replaces the DAG file and the workers at once. Airflow keeps `max_tries`."""
    world.training(run=replace(RUN, retries=before)).start()
    retuned = replace(RUN, generation=before - after, retries=after)
    if status == "InProgress":
        assert world.training(run=retuned, try_number=2).start().name == "churn"
        assert world.live() == ["churn"]
        return
    # Fewer retries and a clear give the same numbers. Then creating a job is better than passing on an old model.
    world.finish()
    made = world.training(run=retuned, try_number=2).start().name
    assert made == ("churn" if after > before else "churn-1")


@pytest.mark.parametrize(
    ("before", "name"),
    [("InProgress", "churn"), ("Completed", "churn-1"), ("Failed", "churn-1"), ("Stopped", "churn-1")],
)
def test_a_try_that_is_run_once_more_attaches_to_a_running_job_only(world: World, before: str, name: str) -> None:
    """As with `airflow dags test` on 2.11, where the next run of a date has the identity of the previous one."""
    world.simulator.plan = world.simulator.account.choose = lambda *_: Outcome(
        failure="AlgorithmError: no" if before == "Failed" else None
    )
    training = world.training()
    training.start()
    if before == "Stopped":
        training.abandon(world.calls())
    if before != "InProgress":
        world.finish()
    assert world.training(Policy(reruns=True)).start().name == name


def test_a_clear_counts_although_the_author_has_changed_retries(world: World) -> None:
    world.training(run=replace(RUN, retries=2)).start()
    cleared = replace(RUN, generation=1, retries=3)
    assert world.training(run=cleared, try_number=2).start().name == "churn-1"
    assert world.statuses() == {"churn": "Stopped", "churn-1": "InProgress"}


@pytest.mark.parametrize("request_", [REQUEST, SERVERLESS], ids=["environment", "tags"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_label_of_a_later_release_is_anothers(world: World, action: IfExists, request_: dict[str, Any]) -> None:
    """Even if it says that it is this task run's: neither waited for nor stopped, and not an error."""
    later = "3" + encode(Label.of(RUN, 1), 256)[1:]
    carries = {"Tags": [{"Key": TAG, "Value": later}]} if request_ is SERVERLESS else {"Environment": {VARIABLE: later}}
    world.client.create_training_job(**{**request_, **carries})
    training = world.training(Policy(action), try_number=2, request=request_)
    if action in ("fail", "skip"):
        with pytest.raises(TrainingProblem, match="by something other than trainspec, or by a later release"):
            training.start()
        assert not training.abandon(world.calls())
    else:
        assert training.start().name != "churn"
        assert training.abandon(world.calls())
    assert world.statuses()["churn"] == "InProgress"


def test_a_worker_that_was_left_over_gives_way_to_the_task_cleared_since(world: World) -> None:
    world.training(run=replace(RUN, generation=1), try_number=2).start()
    left_over = world.training()
    with pytest.raises(TrainingProblem, match="task was cleared"):
        left_over.start()
    assert not left_over.abandon(world.calls())
    assert world.live() == ["churn"]


@pytest.mark.parametrize("kind", ["reset", "lost_answer", "cut_answer", "throttle", "unavailable"])
@pytest.mark.parametrize("operation", ["CreateTrainingJob", "DescribeTrainingJob"])
@pytest.mark.parametrize("foreign", [False, True])
def test_faults_make_no_second_job(world: World, kind: Any, operation: str, foreign: bool) -> None:
    if foreign:
        world.others_job()
    world.simulator.faults.add(Fault(kind, operation, times=5))
    assert world.run(Policy("increment")).completed
    assert list(world.statuses()) == (["churn", "churn-1"] if foreign else ["churn"])


# At which call the worker is lost, and whether the call takes effect. With a poll every 5 seconds a job takes 9 calls.
CRASHES = [(at, after) for at in range(1, 9) for after in (False, True)]


@pytest.mark.parametrize("action", ["increment", pytest.param("timestamp", marks=pytest.mark.slow)])
@pytest.mark.parametrize("taken", [0, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("request_", [REQUEST, SERVERLESS], ids=["environment", "tags"])
def test_a_crash_at_any_call_makes_no_second_job(
    world: World, action: IfExists, taken: int, request_: dict[str, Any]
) -> None:
    crashes = 0
    for number, (at, after) in enumerate(CRASHES):
        name, run = f"job{number}", replace(RUN, run_id=f"run{number}")
        request = {**request_, "TrainingJobName": name}
        for other in [name, f"{name}-1", f"{name}-20250409000000"][:taken]:
            world.others_job(other)
        before = len(world.simulator.jobs)
        client = DyingClient(world.client, at, after=after)
        try:
            world.run(Policy(action, 5), run=run, request=request, client=client)
        except CrashError:
            crashes += 1
        job = world.run(Policy(action), run=run, request=request, try_number=2)
        assert job.completed
        assert [made.name for made in world.simulator.jobs[before:]] == [job.name]
    assert crashes == len(CRASHES)


@pytest.mark.parametrize(("taken", "made"), [(0, 15), (2, 7)])
def test_a_kill_at_any_call_leaves_nothing_running(world: World, taken: int, made: int) -> None:
    stopped = 0
    for number, (at, after) in enumerate(CRASHES):
        name = f"job{number}"
        for other in [name, f"{name}-1"][:taken]:
            world.others_job(other)
        others = world.live()  # which must still be running afterwards
        client = DyingClient(world.client, at, after=after)
        training = world.training(Policy("increment", 5), request={**REQUEST, "TrainingJobName": name}, client=client)
        with pytest.raises(CrashError):
            training.wait(training.start(), None)
        with suppress(TrainingProblem):  # killed before the create call: there is no job to find
            stopped += training.abandon(world.calls(patience=2))
        assert [name for name, status in world.statuses().items() if status == "InProgress"] == others
        world.finish()
    assert stopped == made  # at the other points of CRASHES, there was no job yet


def test_twenty_racing_tasks_get_twenty_names(world: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def race(number: int) -> str:
        label = Label.of(replace(RUN, map_index=number), 1)
        return Training(Calls(world.client), REQUEST, label, Policy("increment"), lambda _: None).start().name

    with ThreadPoolExecutor(20) as pool:
        names = list(pool.map(race, range(20)))
    assert sorted(names) == sorted(["churn", *(f"churn-{number}" for number in range(1, 20))])
    assert sorted(names) == sorted(world.statuses())


@pytest.mark.parametrize(
    ("request_", "kind", "text"),
    [
        ({**REQUEST, "RoleArn": "nobody-in-particular"}, Kind.FATAL, "nobody-in-particular"),
        ({**REQUEST, "HyperParameters": {"token": "hush\nhush"}}, Kind.FATAL, "***"),
        ({**REQUEST, "HyperParameters": {"token": 123456}}, Kind.FATAL, "***"),  # rejected by botocore itself
    ],
)
def test_an_invalid_request_fails_for_good_and_keeps_secrets(
    world: World, request_: dict[str, Any], kind: Kind, text: str
) -> None:
    training = world.training(request=request_)
    with pytest.raises(TrainingProblem) as raised:
        training.start()
    assert raised.value.kind is kind
    assert text in raised.value.text
    assert not [secret for secret in ("hush", "123456", "sup3r-secret") if secret in raised.value.text + str(world.log)]
    calls = len(world.simulator.calls)
    assert not training.abandon(world.calls())  # there is nothing to stop, and no call
    assert len(world.simulator.calls) == calls


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("denied", Kind.FATAL, "create_training_job: An error occurred (AccessDeniedException)"),
        ("expired", Kind.RETRY, "create_training_job: An error occurred (ExpiredTokenException)"),
        ("quota", Kind.RETRY, "An AWS quota is exhausted: An error occurred (ResourceLimitExceeded)"),
    ],
)
def test_a_refusal_is_fatal_or_left_to_airflow(world: World, fault: str, kind: Kind, text: str, taken: bool) -> None:
    if taken:
        world.others_job()
    if fault == "quota":
        world.simulator.limits.quotas = {"ml.m5.large": int(taken)}
    else:
        world.simulator.faults.add(Fault(fault, "CreateTrainingJob"))  # type: ignore[arg-type]
    training = world.training(Policy("increment"))
    with pytest.raises(TrainingProblem, match=re.escape(text)) as raised:
        training.start()
    assert raised.value.kind is kind
    assert fault != "quota" or f"'ml.m5.large for training job usage' is {int(taken)} Instances" in raised.value.text
    assert not training.abandon(world.calls())
    assert world.live() == ["churn"] * taken


def test_what_does_not_pass_is_given_up(world: World) -> None:
    world.simulator.faults.add(Fault("unavailable", times=1000))
    started = world.clock.now()
    with pytest.raises(TrainingProblem) as raised:
        world.training().start()
    assert raised.value.kind is Kind.RETRY
    assert world.clock.now() - started < 1000


@pytest.mark.parametrize("operation", ["CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "ListTags", "*"])
@pytest.mark.parametrize("kind", sampled(["throttle", "internal", "unavailable", "reset"], 4))
def test_ten_minutes_of_trouble_at_any_call_are_ridden_out(world: World, kind: Any, operation: str) -> None:
    request, earlier = {**SERVERLESS, "StoppingCondition": {"MaxRuntimeInSeconds": 900}}, replace(RUN, generation=-1)
    world.training(run=earlier, request=request).start()  # it must be stopped first, so that there is a stop call
    started = world.clock.now()
    world.simulator.faults.add(Fault(kind, operation, times=40))
    job = world.run(request=request)
    assert (job.name, job.completed) == ("churn-1", True)
    assert world.clock.now() - started > 600
    assert world.simulator.faults.pending() == []
    assert list(world.statuses()) == ["churn", "churn-1"]


def test_a_request_without_room_for_the_identity_is_refused(world: World) -> None:
    tags = [{"Key": str(number), "Value": ""} for number in range(50)]
    with pytest.raises(TrainingProblem, match="no room for the identity"):
        world.training(request={**SERVERLESS, "Tags": tags})
