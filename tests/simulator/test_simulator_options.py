"""Plans, clocks and `serve`, as the command line uses them."""

import threading
import time
from typing import Any

import pytest
from simulator_helpers import REQUEST
from trainspec.simulator import ManualClock, Outcome, Plan, ScaledClock, Simulator, plan_from_options, serve

PLANS: list[tuple[str | None, list[str], str, Outcome]] = [
    (None, [], "job", Outcome()),
    ("2", [], "job", Outcome(2, 2, 2, 2)),
    ("1,2,3.5,0", [], "job", Outcome(1, 2, 3.5, 0)),
    (None, ["a-*=out of memory"], "a-1", Outcome(failure="out of memory")),
    (None, ["a-*=out of memory"], "b-1", Outcome()),
    ("1", ["*=first", "a*=second=too"], "abc", Outcome(1, 1, 1, 1, failure="second=too")),
]


@pytest.mark.parametrize(("phase_seconds", "fail", "name", "outcome"), PLANS)
def test_plans_from_options(phase_seconds: str | None, fail: list[str], name: str, outcome: Outcome) -> None:
    assert plan_from_options(phase_seconds, fail)(name, {}) == outcome


@pytest.mark.parametrize(
    ("phase_seconds", "fail"),
    [("soon", []), ("1,2", []), ("-1", []), ("nan", []), ("", []), (None, ["a"]), (None, ["=x"]), (None, ["a="])],
)
def test_options_that_make_no_plan(phase_seconds: str | None, fail: list[str]) -> None:
    with pytest.raises(ValueError, match=r"seconds|failure"):
        plan_from_options(phase_seconds, fail)


def test_a_function_can_choose() -> None:
    def choose(name: str, request: Any) -> Outcome:
        return Outcome(failure=f"{name} has {request['ResourceConfig']['InstanceCount']} instances")

    with Simulator(clock=ManualClock(), plan=choose) as simulator:
        simulator.client().create_training_job(**REQUEST)
        assert simulator.jobs[0].outcome.failure == "churn has 2 instances"


def test_the_clock_runs_at_its_speed() -> None:
    clock, started = ScaledClock(speed=1000), time.monotonic()
    first = clock.now()
    time.sleep(0.02)
    passed, real = clock.now() - first, time.monotonic() - started
    assert 20 <= passed <= real * 1000
    assert abs(first - time.time()) < 60


def test_a_job_lives_its_life_by_itself() -> None:
    with Simulator(speed=2000, plan=Plan(Outcome(10, 10, 10, 10))) as simulator:
        client = simulator.client()
        client.create_training_job(**REQUEST)
        deadline = time.monotonic() + 10
        while client.describe_training_job(TrainingJobName="churn")["TrainingJobStatus"] != "Completed":
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.parametrize("seconds", [-1, -0.001])
def test_no_clock_goes_back(seconds: float) -> None:
    with pytest.raises(ValueError, match="go back"):
        ManualClock().advance(seconds)
    with pytest.raises(ValueError, match="speed"):
        ScaledClock(seconds)


def test_serve_tells_where_and_ends_when_told() -> None:
    urls: list[str] = []
    done = threading.Event()

    def ready(simulator: Simulator) -> None:
        simulator.client().create_training_job(**REQUEST)
        urls.append(simulator.url)
        done.set()

    serve(0, plan=Plan(), ready=ready, until=done)
    assert urls[0].startswith("http://127.0.0.1:")


def test_a_stopped_simulator_can_still_be_read() -> None:
    with Simulator(clock=ManualClock()) as simulator:
        simulator.client().create_training_job(**REQUEST)
    assert [job.name for job in simulator.jobs] == ["churn"]
    assert [call.operation for call in simulator.calls] == ["CreateTrainingJob"]
    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.url
