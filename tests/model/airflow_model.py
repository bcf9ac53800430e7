"""A small model of Airflow that runs the runtime's own Attempt and trigger against the simulator, over HTTP.

It keeps tries, retries, clears and deferrals as Airflow does, lets a schedule say when what dies, and then holds the
jobs in the simulated account against what the runtime promises. What Airflow itself does is not shown here but in
tests/airflow.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import pairwise
from math import inf
from types import SimpleNamespace
from typing import Any

from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException, AirflowSkipException
from processes import CrashError, Process, Stage
from schedules import (
    OUTCOMES,
    Break,
    Callback,
    Clear,
    Crash,
    Deploy,
    Foreign,
    Go,
    GoOrphan,
    Kill,
    Limit,
    Orphan,
    Retune,
    Schedule,
    Step,
    StopOutside,
    SweepUp,
    TaskSpec,
    Wait,
)
from trainspec.runtime import attempt as attempt_module
from trainspec.runtime import failure_callback as leftover_module
from trainspec.runtime import trigger as trigger_module
from trainspec.runtime.attempt import Attempt
from trainspec.runtime.engine.calls import BackOff, Calls, Clock
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.label import TAG, VARIABLE, decode
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.engine.sweep import Bounds, Known, Sweep, Verdict
from trainspec.runtime.failure_callback import stop_left_over
from trainspec.runtime.trigger import TrainingJobTrigger
from trainspec.simulator import Fault, ManualClock, Outcome, Rate, Simulator
from trainspec.simulator.errors import ApiError

_REQUEST: dict[str, Any] = {
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://models/"},
}
PLAIN = {
    **_REQUEST,
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}
SERVERLESS = {
    **_REQUEST,
    "ServerlessJobConfig": {
        "JobType": "FineTuning",
        "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0",
        "AcceptEula": True,
    },
}
INSTALLATION = "@model"
ENDED = ("success", "failed", "skipped")
# on_kill has little more than a second; a job that AWS does not show for longer cannot be stopped by it.
SHORT_LAG = 1.0


class Deferred(BaseException):
    def __init__(self, trigger: Any) -> None:
        self.trigger = trigger


@dataclass
class Task:
    """A task instance."""

    spec: TaskSpec
    task_id: str
    max_tries: int
    state: str = "queued"
    try_number: int = 1
    started: float = 1744156800.0
    process: Process | None = None
    """The worker's, or where the task is deferred the triggerer's."""
    trigger: Any = None
    event: dict[str, Any] | None = None
    """What the trigger has said, for the worker that goes on."""
    orphans: list[Process] = field(default_factory=list)
    late: list[Any] = field(default_factory=list)
    """Triggers that have not heard yet that they were killed."""
    lost: bool = False
    """Whether the last try was lost, so that Airflow may run the failure callback."""
    silent: bool = False
    """Whether Airflow does not answer when it is asked for the task's state."""
    clears: int = 0
    """The run's `clear_number`."""

    @property
    def label(self) -> Label:
        retries = self.spec.retries
        generation, started = self.max_tries - retries, round(self.started * 1e6)
        run = TaskRun("dag", "run", self.task_id, -1, generation, started, retries, self.clears, INSTALLATION)
        return Label.of(run, self.try_number)

    def context(self) -> dict[str, Any]:
        names = {"dag_id": "dag", "run_id": "run", "task_id": self.task_id, "map_index": -1}
        numbers = {"try_number": self.try_number, "max_tries": self.max_tries}
        started = datetime.fromtimestamp(self.started, timezone.utc)
        xcoms = {"xcom_push": lambda **_: None, "xcom_pull": lambda **_: None}
        ti = SimpleNamespace(**names, **numbers, **xcoms, start_date=started, task=self)
        return {"ti": ti, "dag_run": SimpleNamespace(start_date=started, clear_number=self.clears)}


class World:
    """The account, the tasks, and what has happened so far."""

    def __init__(self, simulator: Simulator, client: Any, schedule: Schedule) -> None:
        assert isinstance(simulator.clock, ManualClock)
        self.simulator = simulator
        self.stage = Stage(simulator.clock, client)
        self.history: list[str] = []
        self.foreign: set[str] = set()
        self.stopped_outside: set[str] = set()
        self.successes: dict[str, str] = {}
        self.weather = Limit()
        self.fates = list(schedule.fates)
        self.tasks = [Task(spec, f"task{n}", spec.retries) for n, spec in enumerate(schedule.tasks)]
        simulator.reset()
        simulator.account.choose = self._choose
        self._lend_clock_and_clients()

    def _choose(self, name: str, _: Any) -> Outcome:
        return OUTCOMES[self.fates.pop(0)] if self.fates else Outcome()

    def _lend_clock_and_clients(self) -> None:
        """Give Attempt and trigger, where they would make their own, our clock and our clients."""
        clock, client = self.stage.engine_clock(), self.stage.boundary_client()
        clients = SimpleNamespace(
            hook=SimpleNamespace(region_name="us-east-1"), sagemaker=client, sagemaker_quick=client, logs=None
        )
        patches: dict[Any, dict[str, Any]] = {
            attempt_module: {
                "Clients": lambda *_: clients,
                "Calls": lambda client, **more: Calls(client, clock, **more),
                "task_state": lambda ti, _: None if ti.task.silent else ti.task.state,
                "installation_of": lambda _: INSTALLATION,
            },
            leftover_module: {"_calls": lambda operator, _: Calls(client, clock, log=operator.log.warning)},
            trigger_module: {
                "time": SimpleNamespace(time=clock.now),
                "asyncio": SimpleNamespace(
                    sleep=_as_async(clock.sleep),
                    wait_for=_wait_for,
                    shield=lambda work: work,
                    CancelledError=KeyboardInterrupt,
                    TimeoutError=TimeoutError,
                ),
                "_apart": lambda work: work,
                "_detached": lambda work: work,
            },
            TrainingJobTrigger: {"_poller": lambda _: _LonePoller(client, clock), "log": self._log("triggerer")},
        }
        for place, names in patches.items():
            for name, value in names.items():
                setattr(place, name, value)

    def _log(self, who: str) -> Any:
        def log(text: str, *arguments: Any) -> None:
            self.history.append(f"    {who}: {text % arguments if arguments else text}")

        return SimpleNamespace(info=log, warning=log, error=log, exception=log)

    # What a schedule does

    def do(self, step: Step) -> None:
        self.history.append(f"{self.stage.clock.now() - 1_750_000_000:9.1f} {step}")
        simulator = self.simulator
        match step:
            case Go(number, boundaries):
                self._go(self.tasks[number], boundaries)
            case GoOrphan(number, boundaries):
                for _ in range(boundaries):
                    for process in self.tasks[number].orphans[:1]:
                        process.run()
            case Crash(number):
                self._crash(self.tasks[number])
            case Orphan(number):
                self._orphan(self.tasks[number])
            case Deploy(number, silent):
                self._deploy(self.tasks[number], silent)
            case Callback(number):
                self._callback(self.tasks[number])
            case SweepUp():
                self._sweep()
            case Kill(number, unheard):
                self._kill(self.tasks[number], unheard)
            case Clear(number, moves, late):
                self._clear(self.tasks[number], moves, late)
            case Retune(number, retries):
                task = self.tasks[number]
                task.spec = replace(task.spec, retries=retries)
            case Break(kind, operation, times):
                simulator.faults.add(Fault(kind, operation, times=times))
            case Limit(lag, instances, rate):
                self.weather = step
                simulator.limits.lag = lag
                simulator.limits.quotas = {} if instances is None else {"ml.m5.large": instances}
                simulator.limits.set_rates(*([] if rate is None else [Rate(rate, 2)]))
            case Wait(seconds):
                self.stage.clock.advance(seconds)
            case Foreign(name):
                self._foreign(name)
            case StopOutside():
                for job in simulator.jobs[-1:]:
                    with suppress(Exception):
                        simulator.account.stop("us-east-1", job.name)
                        self.stopped_outside.add(job.name)

    def drain(self) -> None:
        """Let the weather clear up and every task come to its end, with no more accidents."""
        self.history.append("… and then all goes well")
        self.simulator.faults.clear()
        self.do(Limit())
        for task in self.tasks:
            for process in task.orphans:
                process.run("crash")
            for trigger in task.late:
                _drive(trigger.on_kill())
        for _ in range(2000):
            waiting = [task for task in self.tasks if task.state not in ENDED]
            if not waiting:
                self.do(SweepUp())
                return
            for task in waiting:
                self._go(task, 10)
        raise AssertionError(f"tasks do not end: {[task.state for task in self.tasks]}")

    def close(self) -> None:
        """End the processes that are left after a failure."""
        for task in self.tasks:
            for process in [*task.orphans, *([task.process] if task.process else [])]:
                process.run("crash")

    def _go(self, task: Task, boundaries: int) -> None:
        for _ in range(boundaries):
            if task.state in ENDED:
                return
            process = task.process or self._launch(task)
            process.run()
            if process.ended:
                self._settle(task, process)

    def _launch(self, task: Task) -> Process:
        """Start the worker's process, or in a deferred task the triggerer's."""
        if task.state == "deferred" and task.event is None:
            trigger = TrainingJobTrigger(*task.trigger.serialize()[1].values())
            task.trigger = trigger
            task.process = Process(self.stage, lambda: _drive(anext(trigger.run())).payload, lambda: None)
            return task.process
        task.state = "running"
        attempt = Attempt(self._operator(task), task.context())
        event = task.event
        work = attempt.start if event is None else lambda: attempt.resume(event)
        task.process = Process(self.stage, work, attempt.kill)
        return task.process

    def _operator(self, task: Task) -> Any:
        def defer(trigger: Any, method_name: str) -> None:
            raise Deferred(trigger)

        spec = task.spec
        config = {**(SERVERLESS if spec.serverless else PLAIN), "TrainingJobName": spec.name}
        return SimpleNamespace(
            config=config,
            aws_conn_id=None,
            region_name=None,
            deferrable=spec.deferrable,
            wait_for_completion=spec.wait,
            check_interval=120.0,
            max_attempts=spec.max_attempts,
            action_if_job_exists=spec.action,
            on_timeout=spec.on_timeout,
            print_log=False,
            retries=spec.retries,
            execution_timeout=None,
            has_seen_to_its_job=False,
            render_template=lambda content, _: content,
            do_xcom_push=False,
            defer=defer,
            log=self._log(f"{task.task_id} try {task.try_number}"),
        )

    def _settle(self, task: Task, process: Process) -> None:
        """Do what Airflow does when the task's process has ended by itself."""
        task.process = None
        if task.state == "deferred":
            assert process.error is None, repr(process.error)
            task.event = process.result
            return
        task.event = None
        match process.error:
            case None:
                self._succeeded(task, process.result)
            case Deferred() as deferred:
                task.state, task.trigger = "deferred", deferred.trigger
            case AirflowSkipException():
                task.state = "skipped"
                self._none_left(task, "was skipped")
            case AirflowFailException():
                task.state = "failed"
                self._none_left(task, "failed for good")
            case AirflowException() | CrashError():
                crashed = isinstance(process.error, CrashError)
                self._try_again(task, swept=crashed)
            case error:
                raise error
        self.history.append(f"    {task.task_id} is {task.state}: {process.error or process.result}")

    def _try_again(self, task: Task, swept: bool) -> None:
        if task.try_number <= task.max_tries:
            task.state, task.try_number, task.trigger = "queued", task.try_number + 1, None
            # The retry_delay is longer than AWS lags. Were it not, a last try whose create is refused (quota, token)
            # could not see the job of a try that was lost a moment ago, and would leave it to the sweep.
            self.stage.clock.advance(self.weather.lag)
        else:
            task.state, task.lost = "failed", swept
            if not swept and task.spec.on_timeout == "stop":  # no hook runs after a crash: `trainspec sweep` does it
                self._none_left(task, "failed at its last try")

    def _crash(self, task: Task) -> None:
        if task.process is None:
            return
        task.process.run("crash")
        process, task.process = task.process, None
        if task.state == "running":
            task.event = None
            process.error = CrashError()
            self._settle(task, process)

    def _orphan(self, task: Task) -> None:
        if task.state == "running" and task.process:
            task.orphans.append(task.process)
            task.state, task.process, task.event = "queued", None, None
            task.try_number += 1

    def _deploy(self, task: Task, silent: bool) -> None:
        """Tell the worker's process to end. The triggerer's would be a crash: no code of ours runs at its end."""
        if task.state != "running" or task.process is None:
            return
        last = task.try_number > task.max_tries
        task.silent = silent
        stopped = [job.name for job in self.simulator.jobs if job.stop_requested is not None]
        task.process.run("kill")
        if not last:
            now = [job.name for job in self.simulator.jobs if job.stop_requested is not None]
            assert now == stopped, f"a deploy stopped {now}, which the next try wants"
        process, task.process, task.event, task.silent = task.process, None, None, False
        process.error = CrashError()
        self._settle(task, process)
        if last and not task.orphans:
            self._none_left(task, "was lost at a deploy with its last try")

    def _callback(self, task: Task) -> None:
        if task.state == "failed" and task.lost:
            stop_left_over({**task.context(), "task": self._operator(task)})
            if self.weather.lag == 0:
                self._none_left(task, "failed, and its callback ran")

    def _sweep(self) -> None:
        """Sweep as from outside: with calls that go through, or end it with an error."""
        calls = Calls(self.stage.client, self.stage.engine_clock())
        sweep = Sweep(calls, self._ask, Bounds(older_than=-1), INSTALLATION)  # listed times are rounded
        with suppress(TrainingProblem):
            for found in sweep.findings():
                if found.verdict is Verdict.STRAY:
                    task = next(task for task in self.tasks if task.task_id == found.label.task_run.task_id)
                    assert task.state in ENDED, f"swept, while {task.task_id} is {task.state}"
                    assert task.spec.wait or task.state != "success", f"swept, but {found.name} was to run on"
                    self.history.append(f"    swept: {found.name}: {found.why}")
                    sweep.stop(found)

    def _ask(self, task_run: TaskRun) -> Known | None:
        task = next(task for task in self.tasks if task.task_id == task_run.task_id)
        run_ended = all(each.state in ENDED for each in self.tasks)
        return Known(round(task.started * 1e6), run_ended, task.state)

    def _kill(self, task: Task, unheard: bool) -> None:
        if task.state in ENDED:
            return
        hooked = task.state in ("running", "deferred") and not (task.state == "deferred" and task.event)
        unheard = unheard and task.state == "deferred"
        if unheard and task.process:
            task.process.run("crash")
            task.process = None
        if not unheard:
            self._kill_process(task, "failed", late=False)
        task.state, task.trigger, task.event = "failed", None, None
        if hooked and not unheard and not task.orphans:
            self._none_left(task, "was killed")

    def _kill_process(self, task: Task, state: str, late: bool) -> None:
        """Set the task's state, and so tell the running process, or the trigger of a deferred task, that it is over."""
        process, task.process, task.event = task.process, None, None
        deferred, task.state = task.state == "deferred", state
        if deferred:
            if process:
                process.run("crash")
            if late:
                task.late.append(task.trigger)
            else:
                _drive(task.trigger.on_kill())
        elif process:
            process.run("kill")
        task.trigger = None

    def _clear(self, task: Task, moves: bool, late: bool) -> None:
        before = task.state
        self._kill_process(task, "restarting", late)
        if before != "running":  # Airflow leaves max_tries alone where a running task is cleared
            task.max_tries = task.try_number + task.spec.retries
            if moves and before in ENDED:
                task.started += 1
        task.clears += 1  # as Airflow 3.2 and later
        task.state, task.lost = "queued", False
        task.try_number += 1

    def _foreign(self, name: str) -> None:
        with suppress(ApiError):  # the name is taken, or a quota used up
            self.simulator.account.create("us-east-1", {**PLAIN, "TrainingJobName": name})
            self.foreign.add(name)

    # What must hold

    def _succeeded(self, task: Task, name: str) -> None:
        task.state = "success"
        job = self._jobs()[name]
        found = self._label(job)
        assert found, f"{task.task_id} succeeded with a job that is nobody's: {name}"
        assert task.label.relation(found).value == "same", f"{task.task_id} succeeded with the job of {found}"
        assert name not in self.successes, f"{task.task_id} and {self.successes[name]} both succeeded with {name}"
        self.successes[name] = f"{task.task_id} generation {found.task_run.generation}"
        if task.spec.wait:
            status = job.state(self.stage.clock.now()).status
            assert status == "Completed", f"{task.task_id} succeeded, but {name} is {status}"

    def _none_left(self, task: Task, why: str) -> None:
        """No job of the task run goes on; or AWS could not be reached within the bound of on_kill, and it is said."""
        if task.orphans:
            return
        now = self.stage.clock.now()
        for job in self.simulator.jobs:
            found = self._label(job)
            if found and task.label.relation(found).value == "same":
                status = job.state(now).status
                assert status != "InProgress" or self._unreachable(task), (
                    f"{task.task_id} {why}, and its job {job.name} runs on"
                )

    def _unreachable(self, task: Task) -> bool:
        """Whether AWS kept on_kill or the failure callback from its work, and the log says so."""
        faults = any(call.fault for call in self.simulator.calls[-20:])
        words = ("could not be stopped", "may be running still")
        said = [line for line in self.history[-40:] if any(each in line for each in words)]
        by_whom = (f"{task.task_id} try {task.try_number}:", "triggerer:")
        return (faults or self.weather.lag > SHORT_LAG) and any(who in line for line in said for who in by_whom)

    def check(self) -> None:
        """Hold all that was made against what is promised: the jobs' whole lives are known."""
        runs: dict[Any, list[Any]] = {}
        for job in self.simulator.jobs:
            assert len(job.name) <= 63, job.name
            found = self._label(job)
            if found is None:
                assert job.name in self.foreign, f"{job.name} has no label"
                assert job.stop_requested is None or job.name in self.stopped_outside, f"{job.name} is not ours to stop"
            else:
                run = found.task_run
                runs.setdefault((found.digest, run.generation, run.clears, run.started), []).append(job)
        for jobs in runs.values():
            for earlier, later in pairwise(jobs):
                status = earlier.state(later.created).status
                assert status in ("Failed", "Stopped"), f"{later.name} was made while {earlier.name} was {status}"
        for task in self.tasks:
            self._check_generations(task)
            self._check_swept(task)

    def _check_swept(self, task: Task) -> None:
        """After the sweep no job of the task runs on, but those that its author lets outlive it."""
        now = self.stage.clock.now()
        for job in self.simulator.jobs:
            found = self._label(job)
            if (
                found is None
                or found.digest != task.label.digest
                or found.task_run.started != task.label.task_run.started
            ):
                continue
            stays = not task.spec.wait if task.state == "success" else task.spec.on_timeout == "leave"
            assert stays or job.state(now).status != "InProgress", f"{job.name} of {task.task_id} outlives the sweep"

    def _check_generations(self, task: Task) -> None:
        """A cleared task's new job waits for the end of the one before, and no orphan makes one beside it."""
        if not task.spec.wait or task.spec.on_timeout == "leave":
            return
        labelled = [(job, self._label(job)) for job in self.simulator.jobs]
        jobs = [(job, found) for job, found in labelled if found and found.digest == task.label.digest]
        for (earlier, one), (later, other) in pairwise(jobs):
            if one.task_run.started == other.task_run.started:
                status = earlier.state(later.created).status
                assert status not in ("InProgress", "Stopping"), (
                    f"{later.name} was made while {earlier.name} was {status}"
                )

    def _jobs(self) -> dict[str, Any]:
        return {job.name: job for job in self.simulator.jobs}

    def _label(self, job: Any) -> Label | None:
        return decode(job.request.get("Environment", {}).get(VARIABLE) or job.tags.get(TAG, ""))

    def report(self) -> str:
        """What happened, what was asked of AWS, and what became of the jobs."""
        start, now = 1_750_000_000, self.stage.clock.now()
        calls = [
            f"{call.time - start:9.1f} {call.operation} {call.name} {call.error or ''} {call.fault or ''}".rstrip()
            for call in self.simulator.calls[-200:]
        ]
        jobs = [
            f"{job.created - start:9.1f} {job.name}: {job.state(now).status}, {self._label(job) or 'nobody'}"
            for job in self.simulator.jobs
        ]
        return "\n".join(["What happened", *self.history, "Calls", *calls, "Jobs", *jobs])


def run(simulator: Simulator, client: Any, schedule: Schedule) -> World:
    """Play `schedule` and check what must hold. Raises AssertionError with a report for what does not."""
    world = World(simulator, client, schedule)
    try:
        for step in schedule.steps:
            world.do(step)
        world.drain()
        world.check()
    except AssertionError as error:
        raise AssertionError(f"{error}\n\n{world.report()}") from None
    finally:
        world.close()
    return world


class _LonePoller:
    """Waits for one job as the shared poller does, which needs an event loop and is tested by itself."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self._calls = Calls(client, clock)
        self._clock = clock

    @property
    def ahead(self) -> float:
        return self._calls.ahead

    async def __aenter__(self) -> "_LonePoller":
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def ended(self, name: str, interval: float, _: float | None) -> Any:
        async def look(left: float | None) -> None:
            until = inf if left is None else self._clock.now() + left
            while True:
                self._clock.sleep(min(interval, until - self._clock.now()))
                if self._clock.now() >= until:
                    raise TimeoutError
                found = await self.call("describe_training_job", {"TrainingJobName": name}, needs="TrainingJobArn")
                if Job.described(found).ended:
                    return

        return look

    async def call(
        self, operation: str, arguments: dict[str, Any], *, needs: str = "", back_off: BackOff | None = None
    ) -> Any:
        self._calls.back_off = back_off or BackOff()
        return self._calls(operation, arguments, needs=needs, exists=True)


async def _wait_for(look: Any, left: float | None) -> None:
    await look(left)


def _as_async(function: Any) -> Any:
    async def call(*arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    return call


def _drive(coroutine: Any) -> Any:
    """Run a coroutine that never gives way: what it waits for lets the schedule's other processes run instead."""
    try:
        coroutine.__await__().send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the coroutine waits for something of asyncio's")
