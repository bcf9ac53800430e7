"""The poller that all deferred tasks of a triggerer share: its cost, its delay, the faults that it survives.

Jobs and poller use one manual clock, so nothing here depends on the machine's speed.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from botocore.config import Config
from runtime_helpers import REQUEST
from stepped_loop import run_stepped
from trainspec.runtime.engine import poller as poller_module
from trainspec.runtime.engine.poller import Poller, shared
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.simulator import Fault, ManualClock, Outcome, Plan, Simulator
from trainspec.simulator.jobs import Job

INTERVAL = 0.5
RUNNING = Outcome(0, 0, 10_000, 0)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(plan=Plan(RUNNING), clock=ManualClock()) as simulator:
        yield simulator


def clock_of(simulator: Simulator) -> ManualClock:
    assert isinstance(simulator.clock, ManualClock)
    return simulator.clock


def make(simulator: Simulator, *names: str, training: float = 10_000) -> list[Job]:
    """Jobs, oldest first, that train for that many seconds."""
    jobs = []
    for name in names:
        clock_of(simulator).advance(1e-5)  # no two jobs have the same age
        simulator.account.choose = lambda *_: Outcome(0, 0, training, 0)
        jobs.append(simulator.account.create("us-east-1", {**REQUEST, "TrainingJobName": name}))
    return jobs


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{number}" for number in range(count)]


def in_poller(simulator: Simulator, work: Callable[[Poller], Awaitable[Any]]) -> Any:
    """Run `work` on its own event loop, and check that the poller leaves nothing behind."""
    client = simulator.client(config=Config(retries={"total_max_attempts": 1}))

    async def connect() -> Any:
        return client

    async def main() -> Any:
        async with shared("key", connect) as poller:
            result = await work(poller)
        assert not list(poller_module._POLLERS.values())[-1]
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    result = run_stepped(clock_of(simulator), main())
    for thread in threading.enumerate():
        if thread.name.startswith("trainspec-poller"):
            thread.join(60)
            assert not thread.is_alive(), "a thread is left"
    return result


async def watch(poller: Poller, jobs: Sequence[Job], seconds: float, interval: float = INTERVAL) -> None:
    """Wait for jobs that do not end, and give up after a while."""
    waits = [asyncio.create_task(poller.ended(job.name, interval, job.created)) for job in jobs]
    _, pending = await asyncio.wait(waits, timeout=seconds)
    assert len(pending) == len(jobs)
    for wait in waits:
        wait.cancel()
    await asyncio.wait(waits)


def calls(simulator: Simulator) -> Counter[str]:
    return Counter(call.operation for call in simulator.calls)


def test_many_jobs_cost_calls_by_the_page(simulator: Simulator) -> None:
    jobs = make(simulator, *numbered("ours", 250))
    in_poller(simulator, lambda poller: watch(poller, jobs, 4.2 * INTERVAL))
    made = calls(simulator)
    assert made["DescribeTrainingJob"] == 0
    assert 2 * 3 <= made["ListTrainingJobs"] <= 4 * 3


@pytest.mark.parametrize(
    ("layout", "most"),
    [
        # The symbols are jobs, newest first: o is ours, a digit d is 10**d jobs of others.
        ("o", 8),  # alone: described
        ("oo", 8),  # on one page: listed
        ("2oo2", 18),  # a page before two: as expensive as describing
        pytest.param("o2o2o2o2o2o", 56, marks=pytest.mark.slow),  # one on each page: as expensive as describing
        pytest.param("oooo3o", 20, marks=pytest.mark.slow),  # one far behind four: four listed, one described
        pytest.param("3ooo", 28, marks=pytest.mark.slow),  # behind ten pages of others: described
        pytest.param("3" + "o" * 60, 100, marks=pytest.mark.slow),  # ten pages of others cost less than sixty calls
    ],
)
def test_what_a_round_costs(simulator: Simulator, layout: str, most: int) -> None:
    """Eight rounds cost no more than by the better way in each, plus the cost of finding out which that is."""
    ours: list[Job] = []
    for place, letter in enumerate(reversed(layout)):
        if letter == "o":
            ours += make(simulator, f"ours-{place}")
        else:
            make(simulator, *numbered(f"other-{place}", 10 ** int(letter)))
    in_poller(simulator, lambda poller: watch(poller, ours, 8.5 * INTERVAL))
    assert sum(calls(simulator).values()) <= most, calls(simulator)


@pytest.mark.slow
def test_ends_are_noticed_within_an_interval(simulator: Simulator) -> None:
    """Ends of jobs that the list shows, of one far behind others, and with different intervals."""
    far = make(simulator, "far", training=2.0)
    make(simulator, *numbered("other", 1500))
    near = [job for n in range(150) for job in make(simulator, f"near-{n}", training=0.5 + 2.5 * n / 150)]

    async def wait(poller: Poller, job: Job, interval: float) -> float:
        await poller.ended(job.name, interval, job.created)
        now = simulator.clock.now()
        end = job.state(now).end
        assert end is not None
        return (now - end) / interval

    async def work(poller: Poller) -> list[float]:
        intervals = [INTERVAL, 0.9, 1.7]
        return await asyncio.gather(
            *(wait(poller, job, intervals[n % 3]) for n, job in enumerate([*far, *near])),
        )

    late = in_poller(simulator, work)
    assert max(late) < 1.7
    assert calls(simulator)["DescribeTrainingJob"] < 20


def test_a_job_that_is_stopping_goes_on(simulator: Simulator) -> None:
    jobs = make(simulator, "a", "b")
    jobs[0].outcome = Outcome(0, 0, 10_000, 0, stopping=1.0)
    simulator.account.stop("us-east-1", "a")
    started = simulator.clock.now()
    in_poller(simulator, lambda poller: asyncio.wait_for(_first(poller, jobs, 0.2), 10))
    assert 0.9 < simulator.clock.now() - started < 1.5


async def _first(poller: Poller, jobs: Sequence[Job], interval: float) -> None:
    waits = [asyncio.create_task(poller.ended(job.name, interval, job.created)) for job in jobs]
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    await asyncio.wait(waits)
    for wait in done:
        await wait


def test_jobs_that_aws_does_not_show_yet(simulator: Simulator) -> None:
    simulator.limits.lag = 1.0
    jobs = make(simulator, "a", "b", "c", training=0.1)

    async def work(poller: Poller) -> None:
        await asyncio.gather(*(poller.ended(job.name, 0.2, job.created) for job in jobs))

    in_poller(simulator, work)


def test_a_job_whose_age_is_not_known(simulator: Simulator) -> None:
    """As for another task's job: it is described once, to learn its age."""
    make(simulator, *numbered("other", 200))
    jobs = make(simulator, "a", "b", training=1.0)

    async def work(poller: Poller) -> None:
        await asyncio.gather(*(poller.ended(job.name, 0.2) for job in jobs))

    in_poller(simulator, work)
    assert calls(simulator)["DescribeTrainingJob"] == 2


def test_a_job_that_has_ended_long_ago_is_not_waited_for(simulator: Simulator) -> None:
    make(simulator, "a", training=0)
    in_poller(simulator, lambda poller: asyncio.wait_for(poller.ended("a", 60.0), 10))


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        (Fault("throttle", "ListTrainingJobs", times=3), 5.0),
        (Fault("cut_answer", "ListTrainingJobs", times=1), 5.0),
        (Fault("reset", times=2), 5.0),
        (Fault("denied", "ListTrainingJobs", times=100), 3.0),
        (Fault("unavailable", "ListTrainingJobs", times=100), 5.0),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_trouble_with_the_list_is_ridden_out(simulator: Simulator, fault: Fault, most: float) -> None:
    """If the list is not available, the jobs are described one by one."""
    simulator.faults.add(fault)
    jobs = make(simulator, *numbered("ours", 30), training=1.0)

    async def work(poller: Poller) -> None:
        await asyncio.gather(*(poller.ended(job.name, INTERVAL, job.created) for job in jobs))

    started = simulator.clock.now()
    in_poller(simulator, work)
    assert simulator.clock.now() - started < most


def test_who_may_not_ask_is_told_and_the_others_go_on(simulator: Simulator) -> None:
    simulator.faults.add(Fault("denied", "ListTrainingJobs", times=100))
    simulator.faults.add(Fault("denied", "DescribeTrainingJob", name="a", times=100))
    jobs = make(simulator, "a", "b", training=1.0)

    async def work(poller: Poller) -> list[Any]:
        waits = (poller.ended(job.name, INTERVAL, job.created) for job in jobs)
        return await asyncio.gather(*waits, return_exceptions=True)

    refused, ended = in_poller(simulator, work)
    assert isinstance(refused, TrainingProblem)
    assert "AccessDenied" in refused.text
    assert ended is None


def test_one_who_leaves_disturbs_nobody(simulator: Simulator) -> None:
    jobs = make(simulator, *numbered("ours", 20), training=1.5)

    async def work(poller: Poller) -> None:
        waits = [asyncio.create_task(poller.ended(job.name, INTERVAL, job.created)) for job in jobs]
        for wait in waits[::2]:
            await asyncio.sleep(0.1)
            wait.cancel()
        await asyncio.gather(*waits[1::2])
        assert all(wait.cancelled() for wait in waits[::2])

    in_poller(simulator, work)


def test_two_may_wait_for_the_same_job(simulator: Simulator) -> None:
    (job,) = make(simulator, "a", training=0.3)

    async def work(poller: Poller) -> None:
        await asyncio.gather(*(poller.ended("a", 0.2, job.created) for _ in range(2)))

    in_poller(simulator, work)


def test_a_poller_that_breaks_leaves_nobody_waiting(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = make(simulator, "a", "b", training=1.0)

    async def work(poller: Poller) -> list[Any]:
        with monkeypatch.context() as broken:
            broken.setattr(poller, "_serve", lambda *_: 1 / 0)
            waits = (poller.ended(job.name, 0.2, job.created) for job in jobs)
            problems = await asyncio.wait_for(asyncio.gather(*waits, return_exceptions=True), 5)
        await asyncio.wait_for(poller.ended("a", 0.2), 5)  # and the next waiter is served
        return problems

    for problem in in_poller(simulator, work):
        assert isinstance(problem, TrainingProblem)
        assert "ZeroDivisionError" in problem.text


def test_the_event_loop_is_never_blocked() -> None:
    """Each call of the client waits until the event loop has run: on the loop itself, it would wait forever."""
    jobs, called, went_on = numbered("ours", 30), threading.Event(), threading.Event()

    class Client:
        def __getattr__(self, operation: str) -> Callable[..., Any]:
            return self.call

        def call(self, **_: Any) -> Any:
            called.set()
            assert went_on.wait(20), "the event loop is blocked"
            raise ConnectionError("and that is all that it needs to know")

    async def connect() -> Any:
        return Client()

    async def main() -> None:
        async with shared("key", connect) as poller:
            waits = asyncio.gather(*(poller.ended(name, 0.01, 1.0) for name in jobs), return_exceptions=True)
            while not called.is_set():
                await asyncio.sleep(0.001)
            went_on.set()
            waits.cancel()
            with suppress(asyncio.CancelledError):
                await waits

    asyncio.run(main())


def test_one_client_for_all_and_another_after_a_failure() -> None:
    made: list[int] = []

    async def connect() -> Any:
        made.append(len(made))
        await asyncio.sleep(0.05)
        raise ConnectionError("no such connection")

    async def main() -> None:
        async with shared("key", connect) as poller:
            waits = [poller.ended(f"job-{number}", 1.0) for number in range(50)]
            for problem in await asyncio.gather(*waits, return_exceptions=True):
                assert isinstance(problem, TrainingProblem)
                assert "no such connection" in problem.text
            assert len(made) == 1
            with pytest.raises(TrainingProblem):
                await poller.ended("job", 1.0)
            assert len(made) == 2

    asyncio.run(main())


def test_each_key_and_each_loop_has_a_poller_of_its_own() -> None:
    async def connect() -> Any: ...

    async def main() -> Poller:
        async with shared("a", connect) as a, shared("a", connect) as again, shared("b", connect) as b:
            assert a is again
            assert a is not b
        async with shared("a", connect) as anew:
            assert anew is not a
        return a

    assert asyncio.run(main()) is not asyncio.run(main())
