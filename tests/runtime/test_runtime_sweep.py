"""Sweeping: which running jobs are stopped, which are left alone, and how Airflow is queried."""

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from airflow_stub import AirflowStub, serving
from runtime_helpers import OTHER_RUN, REQUEST, RUN, SERVERLESS, World
from trainspec.runtime.engine import airflow_rest
from trainspec.runtime.engine.airflow_rest import AirflowRest, Credentials
from trainspec.runtime.engine.identity import Label, Stay, TaskRun
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.sweep import AskError, Bounds, Finding, Known, Sweep, Verdict, judge
from trainspec.runtime.engine.training import Training

STRAY, WANTED, UNKNOWN = Verdict.STRAY, Verdict.WANTED, Verdict.UNKNOWN
ENDS, STAYS, LEFT_AFTER_AN_HOUR = Stay(), Stay(after_success=True), Stay(seconds=3600)
FAILED = Known(RUN.started, run_ended=False, state="failed")
ALL = Bounds(older_than=0)


@pytest.mark.parametrize(
    ("known", "stay", "age", "verdict"),
    [
        (None, ENDS, 0, UNKNOWN),
        (replace(FAILED, started=RUN.started + 1), ENDS, 0, UNKNOWN),
        (replace(FAILED, started=0), ENDS, 0, UNKNOWN),
        *((replace(FAILED, state=state), ENDS, 0, WANTED) for state in ("running", "deferred", "queued", "restarting")),
        *((replace(FAILED, state=state), ENDS, 0, WANTED) for state in ("up_for_retry", "scheduled", None)),
        *((replace(FAILED, state=state), ENDS, 0, STRAY) for state in ("failed", "success", "skipped", "removed")),
        (Known(RUN.started, run_ended=True, state=None), ENDS, 0, STRAY),
        (replace(FAILED, state="success"), STAYS, 1e9, WANTED),
        (FAILED, STAYS, 0, STRAY),
        (FAILED, LEFT_AFTER_AN_HOUR, 3599, STRAY),
        (FAILED, LEFT_AFTER_AN_HOUR, 3600, WANTED),
        (replace(FAILED, state="running"), LEFT_AFTER_AN_HOUR, 0, WANTED),
    ],
)
def test_verdict(known: Known | None, stay: Stay, age: float, verdict: Verdict) -> None:
    assert judge(Label.of(RUN, 1, stay), age, known)[0] is verdict


@pytest.mark.parametrize(
    ("policy", "wait", "stay"),
    [
        (Policy(), True, ENDS),
        (Policy(), False, STAYS),
        (Policy(on_timeout="leave", max_attempts=120), True, LEFT_AFTER_AN_HOUR),
        (Policy(on_timeout="leave", max_attempts=None), True, ENDS),
        (Policy(on_timeout="leave"), False, STAYS),
    ],
)
def test_what_the_label_says_of_the_policy(policy: Policy, wait: bool, stay: Stay) -> None:
    assert policy.stay(wait=wait) == stay
    assert Stay.read(str(stay)) == stay


def _sweep(world: World, known: dict[TaskRun, Known], bounds: Bounds = ALL) -> tuple[Sweep, list[Finding]]:
    sweep = Sweep(world.calls(), known.get, bounds)
    return sweep, list(sweep.findings())


def test_only_the_stray_job_is_stopped(world: World) -> None:
    world.others_job("by-hand", None)
    for name, run in (("stray", RUN), ("running", OTHER_RUN)):
        world.others_job(name, run)
    known = {RUN: FAILED, OTHER_RUN: Known(OTHER_RUN.started, run_ended=False, state="running")}
    sweep, found = _sweep(world, known)
    assert {each.name: each.verdict for each in found} == {"stray": STRAY, "running": WANTED}
    assert sweep.looked_at == 3
    for each in found:
        if each.verdict is STRAY:
            sweep.stop(each)
    assert world.statuses() == {"by-hand": "InProgress", "stray": "Stopping", "running": "InProgress"}
    assert "stray" not in {each.name for each in _sweep(world, known)[1]}


def test_a_label_in_a_tag_counts(world: World) -> None:
    world.training(request=SERVERLESS).start()
    (found,) = _sweep(world, {RUN: FAILED})[1]
    assert found.verdict is STRAY


def test_cut_ids_are_not_guessed_at(world: World) -> None:
    world.training(run=TaskRun("d" * 250, "r" * 250, "t" * 250, started=1)).start()
    (found,) = _sweep(world, {})[1]
    assert found.verdict is UNKNOWN
    assert "no room" in found.why


def test_airflow_that_does_not_answer_stops_nothing(world: World) -> None:
    def ask(_: TaskRun) -> Known | None:
        raise AskError("Airflow is away")

    world.others_job("churn", RUN)
    (found,) = Sweep(world.calls(), ask, ALL).findings()
    assert (found.verdict, found.why) == (UNKNOWN, "Airflow is away")


def test_bounds(world: World) -> None:
    for number in range(5):
        world.others_job(f"churn-{number}", replace(RUN, map_index=number))
    world.others_job("other", OTHER_RUN)
    world.clock.advance(10)
    world.others_job("young", replace(RUN, map_index=9))
    before = len(world.simulator.calls)
    sweep, found = _sweep(world, {}, Bounds(older_than=5, name_contains="churn", max_jobs=3))
    assert sweep.exhausted
    assert [each.name for each in found] == ["churn-4", "churn-3", "churn-2"]
    operations = [call.operation for call in world.simulator.calls[before:]]
    assert operations == ["ListTrainingJobs", *["DescribeTrainingJob"] * 3]
    sweep, found = _sweep(world, {}, Bounds(older_than=5))
    assert not sweep.exhausted
    assert len(found) == 6


@pytest.mark.slow
def test_pages(world: World) -> None:
    for number in range(230):
        world.client.create_training_job(**{**REQUEST, "TrainingJobName": f"by-hand-{number}"})
    world.others_job("stray", RUN)
    world.clock.advance(1)
    for number in range(120):
        world.client.create_training_job(**{**REQUEST, "TrainingJobName": f"later-{number}"})
    sweep, found = _sweep(world, {RUN: FAILED})
    assert [each.name for each in found] == ["stray"]
    assert sweep.looked_at == 351
    assert [each.name for each in _sweep(world, {RUN: FAILED}, Bounds(older_than=0, max_pages=1))[1]] == []


def _airflow(run: TaskRun = RUN, state: str | None = "failed", **more: Any) -> AirflowStub:
    started = datetime.fromtimestamp(run.started / 1e6, timezone.utc).isoformat().replace("+00:00", "Z")
    task = (run.dag_id, run.run_id, run.task_id, *([] if run.map_index < 0 else [str(run.map_index)]))
    runs: dict[Any, Any] = {(run.dag_id, run.run_id): {"start_date": started, "state": "running"}}
    return AirflowStub(runs=runs, states={task: state}, **more)


@pytest.mark.parametrize("api", ["api/v1", "api/v2"])
@pytest.mark.parametrize("login", [None, ("admin", "pass:word")])
@pytest.mark.parametrize(
    "run", [RUN, replace(RUN, map_index=3), replace(RUN, run_id="a b/ü+&?#", started=1744156800123457)]
)
def test_rest(api: str, login: tuple[str, str] | None, run: TaskRun) -> None:
    with serving(_airflow(run, api=api, login=login)) as stub:
        airflow = AirflowRest(stub.url, Credentials("", *(login or ("", ""))))
        assert airflow.ask(run) == Known(run.started, run_ended=False, state="failed")
        assert airflow.ask(replace(run, task_id="other")) == Known(run.started, run_ended=False, state=None)
        assert airflow.ask(replace(run, dag_id="other")) is None
        runs_asked = [path for path in stub.asked if "taskInstances" not in path and "version" not in path]
        assert len(set(runs_asked)) == len(runs_asked)  # one call for each DAG run


@pytest.mark.parametrize(
    ("url", "login", "broken", "said"),
    [
        ("file:///etc", None, [], "not an http or https address"),
        ("http://127.0.0.1:9", None, [], "Airflow cannot be reached"),
        ("", ("admin", "other"), [], "requires credentials"),
        ("", None, [302], "responded with a redirect"),
        ("", None, [503] * 4, "responded with 503"),
    ],
)
def test_rest_that_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch, url: str, login: tuple[str, str] | None, broken: list[int], said: str
) -> None:
    monkeypatch.setattr(airflow_rest, "_WAITS", (0.0, 0.0, 0.0))
    with serving(_airflow(login=("admin", "password"), broken=list(broken))) as stub:
        with pytest.raises(AskError, match=said) as raised:
            AirflowRest(url or stub.url, Credentials("", *(login or ("", "")))).ask(RUN)
        assert "password" not in str(raised.value)


def test_rest_rides_out_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow_rest, "_WAITS", (0.0, 0.0, 0.0))
    with serving(_airflow(broken=[503, 502, 500])) as stub:
        assert AirflowRest(stub.url, Credentials()).ask(RUN) == FAILED


@pytest.mark.parametrize("path", ["/dagRuns/", "/taskInstances/"])
@pytest.mark.parametrize(
    ("status", "body", "length"),
    [
        (200, b"<html>Log in</html>", None),
        (200, b'{"state": "succ', None),
        (200, b'{"state": "failed"', 900),
        (200, b"", None),
        (200, b"[]", None),
        (200, b'"Unauthorized"', None),
        (200, b"{}", None),
        (200, b'{"state": "fine"}', None),
        (200, b'{"state": "failed", "dag_id": "another"}', None),
        (200, b'{"state": "failed", "start_date": "yesterday"}', None),
        (404, b"<html>not found</html>", None),
        (404, b'{"detail": "Not Found"}', None),
        (404, b'{"detail": "Task instance is mapped", "title": "Task instance not found"}', None),
        (404, b"{}", None),
    ],
)
def test_what_is_not_an_answer_of_airflow_leads_to_no_verdict(
    monkeypatch: pytest.MonkeyPatch, path: str, status: int, body: bytes, length: int | None
) -> None:
    monkeypatch.setattr(airflow_rest, "_WAITS", ())
    if "start_date" in body.decode() and path == "/taskInstances/":
        return  # a task's start is not requested
    with serving(_airflow()) as stub:
        stub.damaged = {path: (status, body, length)}
        with pytest.raises(AskError):
            AirflowRest(stub.url, Credentials()).ask(RUN)


def test_credentials_are_not_shown() -> None:
    assert "s3cret" not in repr(Credentials("s3cret", "admin", "s3cret"))


def test_training_is_still_what_it_was(world: World) -> None:
    """A retry attaches although its label differs in whether the job may stay: the author changed the spec."""
    world.training().start()
    label = Label.of(RUN, 2, STAYS)
    job = Training(world.calls(), REQUEST, label, Policy(), world.log.append).start()
    assert job.name == "churn"
    assert len(world.simulator.jobs) == 1
