"""A job's own log in the task's: complete, in order, each line once, with a limited number of calls."""

from collections import Counter
from typing import Any

import pytest
from runtime_helpers import REQUEST, World
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.logs import CALLS_A_LOOK, CALLS_AT_THE_END, CALLS_FOR_A_TAIL, LINES_OF_A_TAIL, JobLog
from trainspec.runtime.engine.policy import Policy
from trainspec.simulator import Fault, Outcome
from trainspec.simulator.logs import log_lines

LOG_CALLS = ("DescribeLogStreams", "GetLogEvents")


def request(instances: int) -> dict[str, Any]:
    return {**REQUEST, "ResourceConfig": {**REQUEST["ResourceConfig"], "InstanceCount": instances}}


def job_log(world: World, lines: list[str], *, tail: bool = False) -> JobLog:
    return JobLog(world.simulator.client("logs"), "churn", lines.append, tail=tail)


def said(world: World) -> list[str]:
    """What each container has written, once its job has ended."""
    (job,) = world.simulator.jobs
    return [line for _, line in log_lines(job, job.state(world.clock.now()))]


def calls(world: World) -> int:
    return sum(call.operation in LOG_CALLS for call in world.simulator.calls)


def watch(world: World, lines: list[str], instances: int, interval: float = 5) -> list[int]:
    """Wait for a complete job, showing its log; return the number of calls of each poll."""
    training = world.training(Policy(check_interval=interval), request=request(instances))
    log, costs = job_log(world, lines), []

    def look(job: Job) -> None:
        before = calls(world)
        log.show(CALLS_AT_THE_END if job.ended else CALLS_A_LOOK)
        costs.append(calls(world) - before)

    assert training.wait(training.start(), None, look).completed
    return costs


@pytest.mark.parametrize("instances", [1, 3, 12])
def test_every_line_once_and_in_order(world: World, instances: int) -> None:
    lines: list[str] = []
    costs = watch(world, lines, instances)
    containers = Counter(line.partition("] ")[0] for line in lines)
    assert len(containers) == instances
    for container in containers:
        assert [line.partition("] ")[2] for line in lines if line.startswith(f"{container}] ")] == said(world)
    assert max(costs[:-1]) <= CALLS_A_LOOK
    assert costs[-1] <= CALLS_AT_THE_END


def test_lines_come_while_the_job_runs(world: World) -> None:
    lines: list[str] = []
    training, log = world.training(Policy(check_interval=5)), job_log(world, lines)
    known = [0]

    def look(job: Job) -> None:
        log.show()
        known.append(len(lines))

    training.wait(training.start(), None, look)
    assert len(set(known)) > 4


def test_a_retry_goes_on_near_where_the_lost_try_was(world: World) -> None:
    """Not from the beginning: only the last lines of the existing streams, but everything of later ones."""
    many = [f"hyperparameter_{number}" for number in range(99)]
    world.training(request={**REQUEST, "HyperParameters": dict.fromkeys(many, "1")}).start()
    world.clock.advance(11)  # training has begun
    lines: list[str] = []
    log = job_log(world, lines, tail=True)
    log.show()
    assert len(lines) == LINES_OF_A_TAIL
    world.finish()
    log.show(CALLS_AT_THE_END)
    assert [line.partition("] ")[2] for line in lines] == said(world)[-len(lines) :]
    assert len(said(world)) > len(lines) > LINES_OF_A_TAIL


def test_the_tail_of_a_job_that_nobody_watched(world: World) -> None:
    world.run(request=request(12))
    lines: list[str] = []
    before = calls(world)
    job_log(world, lines, tail=True).show(CALLS_FOR_A_TAIL)
    assert calls(world) - before <= CALLS_FOR_A_TAIL
    assert lines[-1].endswith(said(world)[-1])


@pytest.mark.parametrize("kind", ["throttle", "internal", "cut_answer", "expired"])
@pytest.mark.parametrize("operation", LOG_CALLS)
def test_faults_cost_no_line(world: World, kind: Any, operation: str) -> None:
    world.simulator.faults.add(Fault(kind, operation, times=2))
    lines: list[str] = []
    watch(world, lines, 1)
    assert [line.partition("] ")[2] for line in lines] == said(world)


def test_a_log_that_may_not_be_read_is_told_once(world: World) -> None:
    world.simulator.faults.add(Fault("denied", "DescribeLogStreams", times=100))
    lines: list[str] = []
    costs = watch(world, lines, 1)
    assert sum(costs) == 1
    (line,) = lines
    assert line.startswith("The log of churn cannot be read: ")
    assert "AccessDenied" in line


def test_nothing_to_show_costs_one_call(world: World) -> None:
    world.simulator.account.choose = lambda *_: Outcome(starting=100)
    world.training().start()
    lines: list[str] = []
    job_log(world, lines).show()
    assert (lines, calls(world)) == ([], 1)
