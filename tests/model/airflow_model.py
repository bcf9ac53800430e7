"""A small model of Airflow that runs the runtime's own Attempt and trigger against the simulator, over HTTP.

It keeps tries, retries, clears and deferrals as Airflow does, lets a schedule decide what dies when, and then compares
the jobs in the simulated account with what the runtime promises. What Airflow itself does is tested in tests/airflow,
not here.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from math import inf
from types import SimpleNamespace
from typing import Any

from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException, AirflowSkipException
from airflow_answers import RestOf
from oracle import BY_HAND, Maker, Oracle
from processes import CrashError, Process, Stage
from schedules import (
    OUTCOMES,
    Break,
    Callback,
    Clear,
    ClearLost,
    Copy,
    Crash,
    Delete,
    Deploy,
    Edit,
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
    Unheard,
    Wait,
)
from trainspec.runtime import attempt as attempt_module
from trainspec.runtime import failure_callback as leftover_module
from trainspec.runtime import task_run as task_run_module
from trainspec.runtime import trigger as trigger_module
from trainspec.runtime.attempt import Attempt
from trainspec.runtime.engine import training as engine_module
from trainspec.runtime.engine.calls import BackOff, Calls, Clock
from trainspec.runtime.engine.identity import Label
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.label import TAG, VARIABLE, decode
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.engine.sweep import Bounds, Sweep, Verdict
from trainspec.runtime.engine.tuning import TUNING
from trainspec.runtime.failure_callback import stop_left_over
from trainspec.runtime.trigger import TrainingJobTrigger
from trainspec.runtime.tuning_attempt import TuningAttempt
from trainspec.runtime.tuning_trigger import TuningJobTrigger
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
_METRICS = [{"Name": "auc", "Regex": "auc=([0-9.]+)"}]
TUNED = {**PLAIN, "AlgorithmSpecification": {**PLAIN["AlgorithmSpecification"], "MetricDefinitions": _METRICS}}
TUNING_REQUEST = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}]},
    },
    "TrainingJobDefinition": TUNED,
}
FULL = {**TUNED, "Environment": {f"V{number}": "1" for number in range(48)}}
TUNING_BY_TAG = {**TUNING_REQUEST, "TrainingJobDefinition": FULL}
"""The same without room for a variable: its label is in a tag, as for serverless training jobs."""
SERVERLESS = {
    **_REQUEST,
    "ServerlessJobConfig": {
        "JobType": "FineTuning",
        "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0",
        "AcceptEula": True,
    },
}
ENDED = ("success", "failed", "skipped", "removed")
# on_kill has little more than a second; it cannot stop a job that AWS does not show for longer.
SHORT_LAG = 1.0


class UnreachableError(Exception):
    """Airflow's API server is down."""


class Deferred(BaseException):
    def __init__(self, trigger: Any) -> None:
        self.trigger = trigger


@dataclass
class Run:
    """The DAG run of one Airflow; all of them have the same id and, until one is cleared, the same start."""

    place: int
    installation: str
    started: float = 1744156800.0
    clears: int = 0
    moved: bool = False
    """Whether it has finished, and was started again."""


@dataclass
class Task:
    """A task instance."""

    spec: TaskSpec
    task_id: str
    max_tries: int
    run: Run
    state: str = "queued"
    try_number: int = 1
    rounds: int = 0
    """How often the task itself was cleared."""
    renamed: bool = False
    """Whether the author has changed the name of its job."""
    slept: bool = False
    """Whether Airflow ever continued without a process of it."""
    process: Process | None = None
    """The worker's or, if the task is deferred, the triggerer's."""
    trigger: Any = None
    event: dict[str, Any] | None = None
    """What the trigger has reported, for the worker that continues."""
    orphans: list[Process] = field(default_factory=list)
    late: list[Any] = field(default_factory=list)
    """Triggers that do not know yet that they were killed."""
    lost: bool = False
    """Whether the last try was lost, so that Airflow may run the failure callback."""
    lost_tries: list[dict[str, Any]] = field(default_factory=list)
    """The contexts of lost tries with later tries: Airflow 3.0 to 3.2 calls the failure callback for them, too."""
    xcoms: dict[str, Any] = field(default_factory=dict)
    unheard: bool = False
    """Whether Airflow will not learn how its process ends."""
    mute: bool = False
    """Whether the next XCom cannot be written."""
    silent: bool = False
    """Whether Airflow does not respond when it is asked for the task's state."""

    @property
    def maker(self) -> Maker:
        """The identity of this task at this moment, for the oracle."""
        strict = self.spec.action == "fail"
        spec, run = self.spec, self.run
        return Maker(self, self.rounds, self.try_number, run.place, spec.name, run.clears, spec.retries, strict)

    def _push(self, key: str, value: Any) -> None:
        if self.mute:
            self.mute = False
            raise UnreachableError
        self.xcoms[key] = value

    def context(self) -> dict[str, Any]:
        names = {"dag_id": "dag", "run_id": "run", "task_id": self.task_id, "map_index": -1}
        numbers = {"try_number": self.try_number, "max_tries": self.max_tries}
        started = datetime.fromtimestamp(self.run.started, timezone.utc)
        xcoms = {"xcom_push": self._push, "xcom_pull": lambda key, **_: self.xcoms.get(key)}
        ti = SimpleNamespace(**names, **numbers, **xcoms, start_date=started, task=self)
        dag_run = SimpleNamespace(start_date=started, clear_number=self.run.clears, where=self.run.installation)
        return {"ti": ti, "dag_run": dag_run}


class World:
    """The account, the tasks, and what has happened so far."""

    def __init__(self, simulator: Simulator, client: Any, schedule: Schedule) -> None:
        assert isinstance(simulator.clock, ManualClock)
        self.simulator = simulator
        self.stage = Stage(simulator.clock, client)
        self.history: list[str] = []
        self.successes: dict[int, str] = {}
        self.failures = set[int]()
        self.weather = Limit()
        self.lagged = False
        self.named, self.hook, self.counts = schedule.named, schedule.hook, schedule.counts
        self.kind = TUNING if schedule.tuning else TRAINING
        self.store: Any = simulator.account.tuning if schedule.tuning else simulator.account
        self.fates = list(schedule.fates)
        self.runs = [Run(place, self._called(place)) for place in range(3)]
        self.tasks: list[Task] = []
        for each in schedule.tasks:
            spec = replace(each, name=self._name(each.name))
            here = sum(task.spec.place == spec.place for task in self.tasks)
            self.tasks.append(Task(spec, f"task{here}", spec.retries, self.runs[spec.place]))
        self.acting = BY_HAND
        self.skew = 0.0
        """Seconds by which a sweep's clock is ahead."""
        simulator.reset()
        simulator.account.choose = self._choose
        self.oracle = Oracle(simulator, self.kind)
        self.stage.observe, self.stage.skew = self._observe, self._skew
        self._lend_clock_and_clients()

    def _called(self, place: int) -> str:
        return f"place{place}" if self.named else f"@{place}"

    def _who(self) -> Maker:
        return self.stage.current.owner if self.stage.current else self.acting

    def _skew(self) -> float:
        task = self._who().task
        return task.spec.skew if task else self.skew

    def _observe(self, operation: str, arguments: dict[str, Any], call: Any) -> Any:
        self.oracle.acting = self._who()
        return self.oracle.calling(operation, arguments, call)

    async def _is_deferred(self, _: Any) -> bool:
        task = self._who().task
        return task is not None and task.state in ("deferred", "running")

    @property
    def of_tuning(self) -> bool:
        return self.kind is TUNING

    @property
    def trigger(self) -> type[TrainingJobTrigger]:
        return TuningJobTrigger if self.of_tuning else TrainingJobTrigger

    def _name(self, name: str) -> str:
        """The name that a task requests: a tuning job's has at most 32 characters."""
        return name[: self.kind.max_name]

    def _task(self, number: int) -> Task:
        return self.tasks[number % len(self.tasks)]

    def _choose(self, name: str, _: Any) -> Outcome:
        return OUTCOMES[self.fates.pop(0)] if self.fates else Outcome()

    def _lend_clock_and_clients(self) -> None:
        """Give Attempt and trigger our clock and our clients, instead of those that they would create."""
        clock, client = self.stage.engine_clock(), self.stage.boundary_client()
        clients = SimpleNamespace(
            hook=SimpleNamespace(region_name="us-east-1"), sagemaker=client, sagemaker_quick=client, logs=None
        )
        patches: dict[Any, dict[str, Any]] = {
            attempt_module: {
                "Clients": lambda *_: clients,
                "Calls": lambda client, **more: Calls(client, clock, **more),
                "task_state": lambda ti, _: None if ti.task.silent else ti.task.state,
                "has_shared_start": lambda _: False,
            },
            task_run_module: {"installation_of": lambda run: run.where, "COUNTS_CLEARS": self.counts},
            leftover_module: {"_calls": lambda operator, _: Calls(client, clock, log=operator.log.warning)},
            engine_module: {"_STALE": -1.0},
            trigger_module: {
                "is_deferred": self._is_deferred,
                "is_here": lambda other: other == self.runs[self._who().place].installation,
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
            TrainingJobTrigger: {
                "_poller": lambda _: _LonePoller(client, clock, self.kind),
                "log": self._log("triggerer"),
                "task_instance": None,
            },
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
                self._go(self._task(number), boundaries)
            case GoOrphan(number, boundaries):
                self._go_orphan(self._task(number), boundaries)
            case Crash(number):
                self._crash(self._task(number))
            case Orphan(number):
                self._orphan(self._task(number))
            case Deploy(number, silent):
                self._deploy(self._task(number), silent)
            case Callback(number):
                self._callback(self._task(number))
            case Unheard(number, xcom):
                task = self._task(number)
                task.unheard, task.mute = not xcom, xcom
            case SweepUp(garbage, skew):
                for run in self.runs:
                    self._sweep(run, garbage, skew)
            case Kill(number, unheard, state):
                self._kill(self._task(number), unheard, state)
            case Clear(number, moves, late):
                self._clear(self._task(number), moves, late)
            case ClearLost(number):
                self._clear_lost(self._task(number))
            case Copy(number):
                self._copy(self._task(number))
            case Retune(number, retries):
                task = self._task(number)
                task.spec = replace(task.spec, retries=retries)
            case Edit(number, name, action):
                task = self._task(number)
                task.renamed = task.renamed or name not in (None, task.spec.name)
                task.spec = replace(task.spec, name=name or task.spec.name, action=action or task.spec.action)
            case Delete(index, remade):
                self._delete(index, remade)
            case Break(kind, operation, times):
                named = operation.replace("TrainingJob", "HyperParameterTuningJob") if self.of_tuning else operation
                simulator.faults.add(Fault(kind, named, times=times))
            case Limit(lag, instances, rate):
                self.weather = step
                self.lagged = self.lagged or lag > 0
                simulator.limits.lag = lag
                simulator.limits.quotas = {} if instances is None else {"ml.m5.large": instances}
                simulator.limits.set_rates(*([] if rate is None else [Rate(rate, 2)]))
            case Wait(seconds):
                self.stage.clock.advance(seconds)
            case Foreign(name):
                self._foreign(name)
            case StopOutside():
                for job in self.oracle.now_there[-1:]:
                    with suppress(ApiError):
                        self.store.stop("us-east-1", job.name)

    def drain(self) -> None:
        """End all faults, and let every task end without further accidents."""
        self.history.append("… and then all goes well")
        self.simulator.faults.clear()
        self.do(Limit())
        for task in self.tasks:
            task.unheard = task.mute = False
            for process in task.orphans:
                process.run("crash")
            self.acting = task.maker
            for trigger in task.late:
                self._tell(trigger)
        for _ in range(2000):
            waiting = [task for task in self.tasks if task.state not in ENDED]
            if not waiting:
                self.do(SweepUp())
                return
            for task in waiting:
                self._go(task, 10)
        raise AssertionError(f"tasks do not end: {[task.state for task in self.tasks]}")

    def close(self) -> None:
        """End the processes that remain after a failure."""
        for task in self.tasks:
            for process in [*task.orphans, *([task.process] if task.process else [])]:
                process.run("crash")

    def _go_orphan(self, task: Task, boundaries: int) -> None:
        """Let the oldest process that Airflow has replaced continue. It creates no job for a task that has ended.

        Only a call that was already on its way cannot be taken back.
        """
        for number in range(boundaries):
            for process in task.orphans[:1]:
                made = len(self.oracle.jobs)
                process.run()
                late = len(self.oracle.jobs) > made and number > 0 and task.state in ENDED
                assert not late, f"a try that was left over made {self.oracle.jobs[-1].name} for a task that has ended"

    def _go(self, task: Task, boundaries: int) -> None:
        for _ in range(boundaries):
            if task.state in ENDED:
                return
            process = task.process or self._launch(task)
            process.run()
            if process.ended:
                self._settle(task, process)

    def _launch(self, task: Task) -> Process:
        """Start the worker's process or, for a deferred task, the triggerer's."""
        if task.state == "deferred" and task.event is None:
            trigger = self.trigger(*task.trigger.serialize()[1].values())
            task.trigger = trigger
            wait = lambda: _drive(anext(trigger.run())).payload  # noqa: E731
            task.process = Process(self.stage, wait, lambda: None, task.maker)
            return task.process
        task.state = "running"
        attempt = (TuningAttempt if self.of_tuning else Attempt)(self._operator(task), task.context())
        event = task.event
        if event is None:
            task.xcoms.clear()
        work = attempt.start if event is None else lambda: attempt.resume(event)
        task.process = Process(self.stage, work, attempt.kill, task.maker)
        return task.process

    def _operator(self, task: Task) -> Any:
        def defer(trigger: Any, method_name: str) -> None:
            raise Deferred(trigger)

        spec = task.spec
        plain, by_tag = (TUNING_REQUEST, TUNING_BY_TAG) if self.of_tuning else (PLAIN, SERVERLESS)
        config = {**(by_tag if spec.serverless else plain), self.kind.name: spec.name}
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
            on_failure={},
            retries=spec.retries,
            execution_timeout=None,
            has_seen_to_its_job=False,
            job_kind=self.kind,
            render_template=lambda content, _: content,
            do_xcom_push=True,
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
        event, task.event = task.event, None
        if task.unheard:
            task.unheard, process.error = False, CrashError()
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
            case AirflowException() | CrashError() | UnreachableError():
                if "It is left running" in str(process.error):
                    self.oracle.left.update(id(job) for job in self.oracle.of(task))
                crashed = isinstance(process.error, CrashError)
                self._tried_anew(task, str(process.error))
                self._try_again(task, swept=crashed)
                if task.state == "queued" and not crashed and not self.counts:
                    task.event = event  # as in 3.0: a retry gets the event of the previous try
            case error:
                raise error
        self.history.append(f"    {task.task_id} is {task.state}: {process.error or process.result}")

    def _try_again(self, task: Task, swept: bool) -> None:
        if task.try_number <= task.max_tries:
            if swept:
                task.lost_tries.append({**task.context(), "task": self._operator(task)})
            task.state, task.try_number, task.trigger = "queued", task.try_number + 1, None
            # The retry_delay is longer than AWS's lag. Otherwise, a last try whose create call is rejected (quota,
            # token) could not see the job of a try that was just lost, and would leave it to the sweep.
            self.stage.clock.advance(self.weather.lag)
        else:
            task.state, task.lost = "failed", swept
            if not swept and task.spec.on_timeout == "stop":  # no hook runs after a crash: `trainspec sweep` stops it
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
        if task.state == "running" and task.process and task.try_number <= task.max_tries:
            task.orphans.append(task.process)
            task.slept = True
            task.state, task.process, task.event = "queued", None, None
            task.try_number += 1

    def _deploy(self, task: Task, silent: bool) -> None:
        """Ask the worker's process to end. For the triggerer's, it would be a crash, which runs no code of ours."""
        if task.state != "running" or task.process is None:
            return
        last = task.try_number > task.max_tries
        task.silent = silent
        stopped = [job.name for job in self.oracle.now_there if job.stop_requested is not None]
        task.process.run("kill")
        if not last:
            now = [job.name for job in self.oracle.now_there if job.stop_requested is not None]
            assert now == stopped, f"a deploy stopped {now}, which the next try wants"
        process, task.process, task.event, task.silent = task.process, None, None, False
        process.error = CrashError()
        self._settle(task, process)
        if last and not task.orphans:
            self._none_left(task, "was lost at a deploy with its last try")

    def _callback(self, task: Task) -> None:
        for context in task.lost_tries:
            self.acting = task.maker
            stopped = [job.stop_requested for job in self.simulator.jobs]
            stop_left_over(context)
            now = [job.stop_requested for job in self.simulator.jobs]
            assert now == stopped, "the callback of a lost try stopped the job that the next one wants"
        task.lost_tries.clear()
        if task.state == "failed" and task.lost:
            self.acting = task.maker
            stop_left_over({**task.context(), "task": self._operator(task)})
            if self.weather.lag == 0:
                self._none_left(task, "failed, and its callback ran")

    def _sweep(self, run: Run, garbage: bool, skew: float) -> None:
        """Sweep as from outside: with calls that succeed, or end with an error."""
        self.acting, self.skew = Maker(None, place=run.place), skew
        calls = Calls(self.stage.boundary_client(), self.stage.engine_clock())
        airflow = RestOf(lambda key: self._known(run, key), garbage=garbage)
        sweep = Sweep(
            calls, airflow.ask, Bounds(older_than=-1), run.installation, self.kind
        )  # listed times are rounded
        with suppress(TrainingProblem):
            for found in sweep.findings():
                if found.verdict is Verdict.STRAY:
                    self._judge_sweep(found, garbage)
                    sweep.stop(found)
        self.acting, self.skew = BY_HAND, 0.0

    def _judge_sweep(self, found: Any, garbage: bool) -> None:
        self.history.append(f"    swept: {found.name}: {found.why}")
        task, job = self.oracle.maker(found.name).task, self._jobs()[found.name]
        assert not garbage, f"swept {found.name}, although Airflow gave no answer"
        assert task is not None, f"swept {found.name}, which somebody made by hand"
        assert task.state in ENDED, f"swept, while {task.task_id} is {task.state}"
        assert task.spec.wait or task.state != "success", f"swept, but {found.name} was to run on"
        assert id(job) not in self.oracle.left, f"swept, but {found.name} was left on purpose"

    def _known(self, run: Run, task_id: str) -> tuple[float, bool, str | None]:
        """What Airflow's API returns: the run's start, whether it has ended, and the task's state."""
        here = [task for task in self.tasks if task.run is run]
        states = {task.task_id: task.state for task in here}
        return run.started, all(task.state in ENDED for task in here), states.get(task_id)

    def _clear_lost(self, task: Task) -> None:
        """The worker of a running task is lost silently, and a user clears the task before Airflow notices.

        Airflow does not change `max_tries` then, and calls nothing.
        """
        if task.state == "running" and task.process:
            task.process.run("crash")
            task.process = None
            self._clear(task, moves=False, late=False)

    def _copy(self, task: Task) -> None:
        """The metadata database is copied, and an Airflow with its own id continues with the copy."""
        if len(self.runs) > 5:
            return
        place = len(self.runs)
        run = replace(task.run, place=place, installation=self._called(place))
        self.runs.append(run)
        copy = Task(task.spec, task.task_id, task.max_tries, run, task.state, task.try_number)
        copy.lost, copy.event = task.lost, task.event and dict(task.event)
        if task.trigger:
            copy.trigger = self.trigger(*task.trigger.serialize()[1].values())
        self.tasks.append(copy)
        if copy.state == "running":  # it has no process there
            copy.event = None
            self._try_again(copy, swept=True)

    def _delete(self, index: int, remade: bool) -> None:
        """Somebody deletes a job that has ended, and perhaps creates another one with that name."""
        now = self.stage.clock.now()
        ended = [job for job in self.oracle.now_there if job.state(now).end]
        for job in ended[index % len(ended) :][:1] if ended else []:
            with suppress(ApiError):
                self.store.delete("us-east-1", job.name)
                self.oracle.deleted.add(id(job))
                if remade:
                    self._foreign(job.name)

    def _kill(self, task: Task, unheard: bool, state: str) -> None:
        if task.state in ENDED:
            return
        state = state if task.state == "running" else "failed"
        hooked = task.state in ("running", "deferred") and not (task.state == "deferred" and task.event)
        unheard = unheard and task.state == "deferred"
        if unheard and task.process:
            task.process.run("crash")
            task.process = None
        if not unheard:
            self._kill_process(task, state, late=False)
        task.state, task.trigger, task.event = state, None, None
        if hooked and not unheard and not task.orphans:
            self._none_left(task, "was killed")

    def _kill_process(self, task: Task, state: str, late: bool) -> None:
        """Set the task's state, and so inform the running process, or a deferred task's trigger, that it is over."""
        process, task.process, task.event = task.process, None, None
        deferred, task.state = task.state == "deferred", state
        self.acting = task.maker
        if deferred:
            if process:
                process.run("crash")
            if late:
                task.late.append(task.trigger)
            else:
                self._tell(task.trigger)
        elif process:
            process.run("kill")
        task.trigger = None

    def _tell(self, trigger: Any) -> None:
        """Inform a trigger that a user has acted on its task: Airflow 3.3 calls it, earlier ones only cancel it."""
        _drive(trigger.on_kill() if self.hook else trigger._stop_unless_deferred())

    def _clear(self, task: Task, moves: bool, late: bool) -> None:
        before, run = task.state, task.run
        if before == "removed":
            return
        self._kill_process(task, "restarting", late)
        started = run.started
        if before != "running":  # Airflow does not change max_tries if a running task is cleared
            task.max_tries = task.try_number + task.spec.retries
            if moves and before in ENDED and all(each.state in ENDED or each is task for each in self._with(run)):
                run.started += 1
                run.moved = True
        run.clears += self.counts or run.started != started
        # If Airflow counts only the clears of finished runs, the next try cannot be distinguished from a retry.
        task.rounds += self.counts or before != "running" or task.try_number > task.max_tries
        task.state, task.lost = "queued", False
        task.try_number += 1

    def _with(self, run: Run) -> list[Task]:
        return [task for task in self.tasks if task.run is run]

    def _foreign(self, name: str) -> None:
        with suppress(ApiError):  # the name is taken, or a quota used up
            request = {**(TUNING_REQUEST if self.of_tuning else PLAIN), self.kind.name: self._name(name)}
            self.oracle.by_hand(lambda: self.store.create("us-east-1", request))

    # What must hold

    def _tried_anew(self, task: Task, said: str) -> None:
        """No two tries fail because of the same job: after one has failed, the next one creates its own."""
        name, is_about_job, _ = said.partition(" is Failed: ")
        job = self.oracle.seen.get((id(task), name))
        if is_about_job and job:
            assert id(job) not in self.failures, f"{task.task_id} failed because of {name} again"
            self.failures.add(id(job))

    def _succeeded(self, task: Task, name: str) -> None:
        task.state = "success"
        job = self.oracle.seen.get((id(task), name))
        assert job, f"{task.task_id} succeeded with {name}, which it never saw"
        maker = self.oracle.makers[id(job)]
        assert maker.task is task, f"{task.task_id} succeeded with a job that is not its own: {name}"
        assert maker.round == task.rounds, f"{task.task_id} succeeded with {name}, of before it was cleared"
        assert id(job) not in self.successes, f"{task.task_id} and {self.successes[id(job)]} both succeeded with {name}"
        self.successes[id(job)] = f"{task.task_id} round {maker.round}"
        if task.spec.wait:
            status = job.state(self.stage.clock.now()).status
            assert status == "Completed", f"{task.task_id} succeeded, but {name} is {status}"

    def _none_left(self, task: Task, why: str) -> None:
        """No job of the task run continues; or AWS could not be reached in the time of on_kill, and the log says so."""
        if task.orphans:
            return
        now = self.stage.clock.now()
        for job in self.oracle.of(task):
            maker = self.oracle.makers[id(job)]
            # What an earlier try has just created, and AWS does not show yet, is left to the sweep.
            unseen = maker.try_number < task.try_number and job.created + self.weather.lag > now
            if maker.round == task.rounds and not unseen:
                status = job.state(now).status
                assert status != "InProgress" or self._unreachable(task), (
                    f"{task.task_id} {why}, and its job {job.name} runs on"
                )

    def _unreachable(self, task: Task) -> bool:
        """Whether AWS kept on_kill or the failure callback from its work, and the log says so."""
        faults = any(call.fault for call in self.simulator.calls[-20:])
        words = ("could not be stopped", "may still be running")
        said = [line for line in self.history[-40:] if any(each in line for each in words)]
        by_whom = (f"{task.task_id} try {task.try_number}:", "triggerer:")
        return (faults or self.weather.lag > SHORT_LAG) and any(who in line for line in said for who in by_whom)

    def check(self) -> None:
        """Compare all that was created with what is promised: the jobs' whole lives are known."""
        for job in self.oracle.jobs:
            assert len(job.name) <= self.kind.max_name, job.name
        assert not self.oracle.wrong, self.oracle.wrong
        wrong = list(self.oracle.overlaps(may_complete=self._may_overlap))
        assert not wrong, wrong
        for task in self.tasks:
            self._check_swept(task)

    def _may_overlap(self, task: Task) -> bool:
        """Whether two jobs of one task may run at the same time: what the protocol does not promise to prevent.

        A finished run was cleared in an Airflow without a name; AWS does not show or list a job yet; or a try stood
        still, and names were changed or freed meanwhile.
        """
        unseen = (self.lagged or task.slept or self.oracle.unlisted) and (task.renamed or bool(self.oracle.deleted))
        return unseen or (task.run.moved and not self.named)

    def _check_swept(self, task: Task) -> None:
        """After the sweep, no job of the task is running, except those that its author allows to outlive it."""
        now = self.stage.clock.now()
        if task.run.moved and not self.named:
            return
        for job in self.oracle.of(task):
            stays = not task.spec.wait if task.state == "success" else task.spec.on_timeout == "leave"
            assert stays or job.state(now).status != "InProgress", f"{job.name} of {task.task_id} outlives the sweep"

    def _jobs(self) -> dict[str, Any]:
        return {job.name: job for job in self.oracle.now_there}

    def _label(self, job: Any) -> Label | None:
        environment = self.kind.definition(job.request).get("Environment", {})
        return decode(environment.get(VARIABLE) or job.tags.get(TAG, ""))

    def report(self) -> str:
        """What happened, which calls AWS got, and what happened to the jobs."""
        start, now = 1_750_000_000, self.stage.clock.now()
        calls = [
            f"{call.time - start:9.1f} {call.operation} {call.name} {call.error or ''} {call.fault or ''}".rstrip()
            for call in self.simulator.calls[-200:]
        ]
        jobs = [
            f"{job.created - start:9.1f} {job.name}: {job.state(now).status}, {self._label(job) or 'nobody'}"
            for job in self.oracle.jobs
        ]
        return "\n".join(["What happened", *self.history, "Calls", *calls, "Jobs", *jobs])


def run(simulator: Simulator, client: Any, schedule: Schedule) -> World:
    """Play `schedule` and check what must hold. Raises AssertionError with a report if it does not."""
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
    """Waits for one job as the shared poller does, which needs an event loop and has its own tests."""

    def __init__(self, client: Any, clock: Clock, kind: JobKind) -> None:
        self._calls = Calls(client, clock)
        self._clock = clock
        self._kind = kind

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
                kind = self._kind
                found = await self.call(kind.describe, {kind.name: name}, needs=kind.arn)
                if kind.job.described(found).ended:
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
    """Run a coroutine that never yields: what it waits for lets the schedule's other processes run instead."""
    try:
        coroutine.__await__().send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the coroutine waits for something of asyncio's")
