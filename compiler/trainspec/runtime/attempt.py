"""One try of a task: connects the engine with Airflow's context and boto's clients."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from airflow.providers.common.compat.sdk import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    AirflowTaskTimeout,
)
from trainspec.runtime.airflow_compat import (
    ASKED_TO_END,
    DEFERRED_FORGETS_TIMEOUT,
    KILLED_TASK_GOES_ON,
    delay_next_try,
    task_state,
)
from trainspec.runtime.clients import Clients
from trainspec.runtime.engine.by_kind import asked_for
from trainspec.runtime.engine.calls import BackOff, Calls
from trainspec.runtime.engine.casting import typed
from trainspec.runtime.engine.console import job_url, logs_url
from trainspec.runtime.engine.failure import failure
from trainspec.runtime.engine.identity import Label
from trainspec.runtime.engine.job import OVERDUE, Job
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.label import decode, encode
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.training import Training
from trainspec.runtime.installation import has_shared_start
from trainspec.runtime.job_log import follow, last_lines, show_tail
from trainspec.runtime.links import link_values
from trainspec.runtime.masking import mask_secrets
from trainspec.runtime.task_run import label_of, policy_of

if TYPE_CHECKING:
    from trainspec.runtime.trigger import TrainingJobTrigger

# Airflow 3 gives on_kill five seconds; with these two, the last attempt to stop the job is sent in time.
_ASK_PATIENCE = 2.0
_KILL_BACK_OFF = BackOff(first=0.1, ceiling=0.5, patience=1.2)
# A task that fails by itself has more time; but AWS may be the cause of the failure, and somebody waits for the result.
_FAILED_BACK_OFF = BackOff(patience=60.0)

_EXCEPTIONS = {
    Kind.FATAL: AirflowFailException,
    Kind.RETRY: AirflowException,
    Kind.SKIP: AirflowSkipException,
    Kind.LEFT_OVER: AirflowException,
}
# How long an obsolete try waits for Airflow to end it. What it reports would count as the later try's result.
_LEFT_OVER_WAIT = 60.0


class TaskKilledError(BaseException):
    """The task was asked to end. Not an Exception, so that no code on the way handles it as an error and continues."""


class Attempt:
    """What a TrainingJobOperator does in one try. `operator` has the rendered arguments; `context` is Airflow's."""

    kind: ClassVar[JobKind] = TRAINING

    def __init__(self, operator: Any, context: Any) -> None:
        self.operator = operator
        self.context = context
        self.log = operator.log
        self.job: Job | None = None
        """The job in its last known state."""
        self._training: Training | None = None
        self._clients: Clients | None = None
        self._running = True
        self._timed_out = False
        self.label: Label
        """The label of this try, once it has begun."""

    def start(self) -> str:
        """Start the job, or find it, and wait until it ends. Returns its name, or defers."""
        with self._guard():
            request = typed(self._request(), self.kind.typed_members)
            training = self._prepare(request)
            job = self.job = training.start()
            output = (self.kind.definition(request).get("OutputDataConfig") or {}).get("S3OutputPath")
            self._push({"arn": job.arn, "output": output, **link_values(job.arn, job.name, self.kind)})
            if not self.operator.wait_for_completion:
                return job.name
            deadline = training.deadline(job)
            if self.operator.deferrable and not job.ended:
                self.log.info("Job state: %s", job.state)
                return self._defer(job, deadline)
            return self._finish(training, training.wait(job, deadline, follow(job, self._clients, self.operator)))

    def resume(self, event: Mapping[str, Any]) -> str:
        """Continue after the trigger's `event`, which only means that the job should be checked: its state decides."""
        begun = decode(str(event.get("label", "")))
        if begun and begun.try_number < self.context["ti"].try_number:
            return self.start()  # Airflow 3.0 passes the event of one try to the next one
        with self._guard():
            training = self._prepare({}, str(event.get("label", "")))
            job = self.job = training.resume(event["job_name"])
            self.log.info("Job state: %s", job.state)
            # A triggerer of an earlier release uses its own clock, which may be ahead.
            overdue = event["why"] == OVERDUE and training.calls.aws_now() >= (event["deadline"] or 0) - 1
            if job.ended or overdue:
                show_tail(job, self._clients, self.operator)
                if not job.ended:
                    self._end_at_execution_timeout()
                return self._finish(training, job)
            noun = self.kind.noun.capitalize()
            self.log.info("%s %s continues; the triggerer reported: %s", noun, job.name, event["why"])
            return self._defer(job, event["deadline"])

    def kill(self) -> None:
        """Stop the job if its task is over, and end `start` or `resume` if Airflow 3 would let them continue.

        Runs in a signal handler, whatever the task was doing, and on Airflow 3 with five seconds left: so it uses a
        client that already exists. Only the task's state distinguishes a user, who sets it, from a worker that is shut
        down, for example by a deployment: then the job continues, and the next try attaches to it.
        """
        if self._training and self._goes_on():
            noun = self.kind.noun.capitalize()
            self._say(self.log.warning, f"{noun} {self._training.name} is left to the next try of its task")
        else:
            self._stop_job("its task was ended", _KILL_BACK_OFF)
        if self._running and KILLED_TASK_GOES_ON:
            raise TaskKilledError

    def _goes_on(self) -> bool:
        """Whether the worker is asked to end, and not the task, so that another try will need the job.

        If Airflow does not answer, its API server is down, and it was probably not a user: a next try is more likely
        than none, and `trainspec sweep` stops the job if there is none.
        """
        ti = self.context["ti"]
        if self._timed_out or ti.try_number > ti.max_tries:
            return False
        return task_state(ti, _ASK_PATIENCE) not in ASKED_TO_END

    def _request(self) -> dict[str, Any]:
        config = self.operator.config
        if not isinstance(config, Mapping) or not config.get(self.kind.name):
            raise TrainingProblem(Kind.FATAL, f"config must be a {self.kind.operation} request with a {self.kind.name}")
        return dict(config)

    def _prepare(self, request: Mapping[str, Any], label_text: str = "") -> Training:
        """Create the clients and the engine. `label_text` is the label that this try began with, in another process."""
        arguments = self.operator
        mask_secrets(arguments.config)
        self._clients = Clients(arguments.aws_conn_id, arguments.region_name)
        calls = Calls(self._clients.sagemaker, log=self.log.warning, request=request)
        label, begun = label_of(self.context, arguments), decode(label_text)
        if begun and begun.task_run.installation == label.task_run.installation:
            label = begun
        self.label = label
        reruns = has_shared_start(self.context["dag_run"])  # then the next run of that date is the same run
        policy = replace(policy_of(arguments), reruns=reruns)
        training = Training(calls, request, label, policy, self.log.info, kind=self.kind, wanted=self._is_wanted)
        self._training = training
        return training

    def _is_wanted(self) -> bool:
        """Whether Airflow has not ended the task in the meantime, if it answers."""
        return task_state(self.context["ti"], _ASK_PATIENCE) not in ASKED_TO_END

    def _finish(self, training: Training, job: Job) -> str:
        """Return the name of the ended `job`, and push its results; or raise why it did not complete."""
        self.job = job
        if not job.ended:
            problem = training.overdue(job)  # if the job cannot be stopped, it is not forgotten either
            training.release()
            raise problem
        training.release()
        job = self.job = job.in_full(training.calls)
        if not job.completed:
            links = job_url(job.arn, job.name, self.kind), logs_url(job.arn, job.name, self.kind)
            raise self._as_asked(failure(job, last_lines(job, self._clients), *links), job)
        self._push(job.results)
        self.log.info("Model artifact: %s", job.model)
        return job.name

    def _as_asked(self, problem: TrainingProblem, job: Job) -> TrainingProblem:
        """Return the problem as `on_failure` sets it for this kind of failure, after waiting as long as it sets."""
        asked = asked_for(problem, job, self.operator.on_failure)
        ti = self.context["ti"]
        if asked.retry_after is None or ti.try_number > ti.max_tries:
            return asked.problem
        delay = self.operator.retry_delay
        least = max(asked.retry_after - delay.total_seconds(), 0) if isinstance(delay, timedelta) else asked.retry_after
        if not delay_next_try(self.operator, asked.retry_after) and least:
            self.log.warning("%s\nWaiting %.0f seconds before the next try", asked.problem.text, least)
            time.sleep(least)
        return asked.problem

    def _defer(self, job: Job, deadline: float | None) -> NoReturn:
        arguments = self.operator
        deadline = min((each for each in (deadline, self._execution_deadline()) if each is not None), default=None)
        region = self._clients.hook.region_name if self._clients else arguments.region_name
        created = job.created or (self._training.calls.aws_now() if self._training else time.time())
        arguments.defer(
            trigger=self._trigger()(
                job.name, arguments.aws_conn_id, region, arguments.check_interval, deadline, created, encode(self.label)
            ),
            method_name="execute_complete",  # `dags test` passes on the event only, so it has all
        )
        raise AssertionError("defer raises")

    def _trigger(self) -> "type[TrainingJobTrigger]":
        """Return the trigger that waits in the triggerer."""
        from trainspec.runtime.trigger import TrainingJobTrigger

        return TrainingJobTrigger

    def _execution_deadline(self) -> float | None:
        """When execution_timeout is over, in seconds since the epoch, if Airflow does not enforce it itself."""
        limit = self.operator.execution_timeout
        if limit is None or not DEFERRED_FORGETS_TIMEOUT:
            return None
        return float((self.context["ti"].start_date + limit).timestamp())

    def _end_at_execution_timeout(self) -> None:
        deadline = self._execution_deadline()
        if deadline is not None and time.time() >= deadline:
            self._stop_job("its task's execution_timeout is over", _FAILED_BACK_OFF)
            self._training = None  # Airflow calls on_kill, too
            raise AirflowTaskTimeout(f"Timeout after {self.operator.execution_timeout}")

    def _push(self, values: Mapping[str, Any]) -> None:
        if self.operator.do_xcom_push:
            for key, value in values.items():
                if value is not None:
                    self.context["ti"].xcom_push(key=key, value=value)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn problems into Airflow's exceptions; track whether `kill` has something to end and something to stop.

        After a timeout, and while the task defers, there may still be a job to stop, but not after any other end. A job
        that is still running when the last try fails is stopped; before that, the next try attaches to it.
        """
        ti = self.context["ti"]
        try:
            yield
        except Exception as error:
            kind = error.kind if isinstance(error, TrainingProblem) else None
            if kind is Kind.LEFT_OVER:
                self._wait_to_be_ended(str(error))
            elif kind is Kind.FATAL or ti.try_number > ti.max_tries:
                self._stop_job("its task failed for good", _FAILED_BACK_OFF)
            self._training = None
            if isinstance(error, TrainingProblem):
                raise _EXCEPTIONS[error.kind](error.text) from None
            raise
        except KeyboardInterrupt:  # Ctrl-C in `airflow dags test` or `tasks test`: no try follows
            self._stop_job("it was interrupted", _FAILED_BACK_OFF)
            self._training = None
            raise
        except AirflowTaskTimeout:
            self._timed_out = True  # and Airflow calls on_kill
            raise
        else:
            self._training = None
        finally:
            self._running = False

    def _wait_to_be_ended(self, why: str) -> None:
        """Wait until Airflow ends this try, which it has already replaced."""
        self.log.warning("%s. Waiting to be ended", why)
        training, self._training = self._training, None
        if training:
            training.calls.clock.sleep(_LEFT_OVER_WAIT)

    def _stop_job(self, why: str, back_off: BackOff) -> None:
        training, clients = self._training, self._clients
        if training is None or clients is None or training.name is None:
            return
        name, noun = training.name, self.kind.noun.capitalize()
        try:
            stopped = training.abandon(Calls(clients.sagemaker_quick, back_off=back_off))
        except Exception as error:
            self._say(
                self.log.error,
                f"{noun} {name} could not be stopped ({error}). It may still be running: check it, for "
                f"example with {self.kind.stop_command} {name}",
            )
        else:
            if stopped:
                self._say(self.log.warning, f"Stopping {self.kind.noun} {training.name or name}: {why}")

    def _say(self, log: Callable[[str], None], text: str) -> None:
        with suppress(Exception):  # a signal may interrupt a log call, which is not reentrant
            log(text)
