"""One job of a run from here, from its request to its end: the engine between the command and boto's clients."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from trainspec.local.access import Clients
from trainspec.local.messages import phases, stop_command
from trainspec.local.steps import State
from trainspec.local.view import View
from trainspec.runtime.engine.calls import BackOff, CallAnswer, Calls, Clock
from trainspec.runtime.engine.conditions import compare, unmet
from trainspec.runtime.engine.console import job_url, logs_url
from trainspec.runtime.engine.failure import failure
from trainspec.runtime.engine.identity import Label
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.kinds import TRAINING
from trainspec.runtime.engine.logs import CALLS_A_LOOK, CALLS_AT_THE_END, JobLog, last_log_lines
from trainspec.runtime.engine.of_request import kind_of
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.training import Training

if TYPE_CHECKING:
    from trainspec.local.trials import TrialLogs

START_PATIENCE: Final = BackOff(patience=60.0)
"""Somebody is at the terminal: if a create call gets no response, a minute is enough to see what is wrong."""
HURRY: Final = BackOff(first=0.2, ceiling=2.0, patience=10.0)
STOPPING_PATIENCE: Final = 180.0
"""Seconds to wait for a job that was asked to stop: SageMaker gives its container two minutes, and then uploads."""
_STOPPING_INTERVAL: Final = 2.0


@dataclass(frozen=True)
class Order:
    """The task of running one job; `conditions` are those of its gate."""

    task_id: str
    request: Mapping[str, Any]
    label: Label
    policy: Policy
    wait: bool = True
    print_log: bool = True
    conditions: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Done:
    """The outcome of a job: its status in SageMaker's words or ours, its results, and the reason.

    `state` is for the jobs that wait for it.
    """

    task_id: str
    state: State
    status: str
    made: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None

    @property
    def record(self) -> dict[str, Any]:
        """The same as one line of the command's result, secrets not masked yet."""
        made = dict(self.made)
        name = made.pop("return_value", None)
        event = {"job": self.task_id, "status": self.status, "name": name, **made, "reason": self.reason}
        return {key: value for key, value in event.items() if value is not None}


class StopAskedError(BaseException):
    """The run was asked to end. Not an Exception, so that no code on the way handles it as an error and continues."""


class LocalAttempt:
    """Runs one `Order`, in a separate thread; `stop` makes it stop its job."""

    def __init__(self, order: Order, clients: Clients, view: View, stop: threading.Event) -> None:
        self.order = order
        self.clients = clients
        self.view = view
        self.stop = stop
        clock = Clock(time.time, self._sleep)
        starting = Calls(clients.sagemaker, clock, START_PATIENCE, self._say, order.request)
        self._waiting = replace(starting, back_off=BackOff())
        self.kind = kind_of(order.request)
        self._training = Training(starting, order.request, order.label, order.policy, self._say, kind=self.kind)
        self._job: Job | None = None
        """The job as it was seen last."""

    @property
    def left(self) -> str | None:
        """The name of the job that may be running, as far as is known now."""
        return self._training.name if self._training.ours else None

    def run(self) -> Done:
        """Start the job, or find it, and wait for its end as the order says."""
        try:
            return self._run()
        except TrainingProblem as problem:
            state = State.SKIPPED if problem.kind is Kind.SKIP else State.FAILED
            return self._ended_early(state, problem.text)
        except StopAskedError:
            return self._ended_early(State.FAILED, "the run was interrupted")
        except Exception:  # even after an internal error, the job must not keep running
            self._stop_job()
            raise
        finally:
            self.view.forget(self.order.task_id)

    def _run(self) -> Done:
        training, order = self._training, self.order
        if self.stop.is_set():
            raise StopAskedError
        job = self._job = training.start()
        training.calls = self._waiting
        if not order.wait:
            training.release()
            output = (self.kind.definition(order.request).get("OutputDataConfig") or {}).get("S3OutputPath")
            return self._done(job, State.SUCCESS, {"arn": job.arn, "output": output})
        deadline = training.deadline(job)
        job = training.wait(job, deadline, self._watch(job))
        if not job.ended:
            problem = training.overdue(job)
            training.release()
            self._say(problem.text)
            return self._done(job, State.FAILED, job.results, problem.text)
        training.release()
        job = self._job = job.in_full(training.calls)
        if self.kind is TRAINING:
            self._say(f"Phases: {phases(job)}")
        else:
            self._say(f"Training jobs: {job.state.partition(' - ')[2]}")
        if not job.completed:
            seen = order.print_log and (self.kind is TRAINING or self.clients.runs_here)
            lines = [] if seen or job.logged_as is None else self._last_lines(job.logged_as)
            pages = (job_url, logs_url) if self.clients.in_console else ()
            problem = failure(job, lines, *(page(job.arn, job.name, self.kind) for page in pages))
            self._say(problem.text)
            return self._done(job, State.FAILED, job.results, job.reason)
        if job.model:
            self._say(f"Model artifact: {job.model}")
        return self._gated(job)

    def _gated(self, job: Job) -> Done:
        """The outcome of a completed job: if it does not pass its gate, what waits for it is skipped."""
        if not self.order.conditions:
            return self._done(job, State.SUCCESS, job.results)
        try:
            _, compared = compare(self.order.conditions, job.metrics)
        except TrainingProblem as problem:
            self._say(problem.text)
            return self._done(job, State.FAILED, job.results, problem.text)
        for each in compared:
            self._say(str(each))
        if why := unmet(compared):
            self._say("The tasks that wait for it are skipped")
        return self._done(job, State.SKIPPED if why else State.SUCCESS, job.results, why or None)

    def _done(self, job: Job, state: State, made: Mapping[str, Any], reason: str | None = None) -> Done:
        kept = {key: value for key, value in made.items() if key != "model" or job.completed}
        return Done(self.order.task_id, state, job.status, {"return_value": job.name, **kept}, reason)

    def _ended_early(self, state: State, text: str) -> Done:
        """The end of what did not get to the job's: whatever of it may be running is stopped."""
        self._say(text)
        if state is State.SKIPPED:
            return Done(self.order.task_id, state, "Skipped", reason=text)
        self._stop_job()
        if self._job is None:
            return Done(self.order.task_id, state, "NotStarted", reason=text)
        return self._done(self._job, state, self._job.results, text)

    def _stop_job(self) -> None:
        """Stop the job, if there may be one, and wait for it no longer than `STOPPING_PATIENCE`."""
        training = self._training
        calm = Calls(self.clients.quick, Clock(), HURRY, request=self.order.request)
        name = training.name
        try:
            if not training.abandon(calm):
                return
            self._say(f"Stopping {self.kind.noun} {training.name}")
            training.calls = calm
            training.policy = replace(training.policy, check_interval=_STOPPING_INTERVAL)
            seen = self._job or self.kind.job(str(training.name), "")
            job = training.wait(seen, time.time() + STOPPING_PATIENCE, self._watch(seen))
        except (TrainingProblem, CallAnswer) as problem:
            self._say(
                f"{self.kind.noun.capitalize()} {name} could not be stopped ({problem}). It may still be running; you "
                f"can stop it with {stop_command(str(name), self.clients.region, self.kind)}"
            )
            return
        if not job.ended:
            self._say(
                f"{job.name} is still {job.status}, and SageMaker is still stopping it; this run does not wait for that"
            )
        training.release()

    def _watch(self, job: Job) -> Callable[[Job], None]:
        """What shows the job at each poll: its state to the view, its log line by line."""
        log: JobLog | None = None
        if self.order.print_log and job.logged_as is not None:
            log = JobLog(self.clients.logs, job.name, self._say, tail=bool(job.description))
        trials = self._trials(job.name) if self.order.print_log and self.clients.runs_here else None

        def watch(now: Job) -> None:
            self._job = now
            self.view.seen(self.order.task_id, now)
            if log:
                log.show(CALLS_AT_THE_END if now.ended else CALLS_A_LOOK)
            if trials:
                trials.show()

        return watch

    def _trials(self, name: str) -> "TrialLogs | None":
        """What shows the training jobs of a tuning job whose scripts run here; in AWS there may be thousands."""
        if self.kind is TRAINING:
            return None
        from trainspec.local.trials import TrialLogs

        return TrialLogs(Calls(self.clients.sagemaker), self.clients.logs, name, self._say)

    def _last_lines(self, name: str) -> list[str]:
        with suppress(Exception):  # the job's failure is the news, not that its log cannot be read
            return last_log_lines(self.clients.logs, name)
        return []

    def _say(self, text: str) -> None:
        self.view.say(text, self.order.task_id)

    def _sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise StopAskedError
