"""The Airflow operator: one task run is one SageMaker training job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, ClassVar, NoReturn, get_args

from airflow.providers.common.compat.sdk import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    BaseOperator,
    conf,
)
from trainspec.runtime.calls import BackOff, Calls
from trainspec.runtime.clients import Clients
from trainspec.runtime.console import job_url, last_log_lines, logs_url
from trainspec.runtime.engine import IfExists, OnTimeout, Policy, Training, failure
from trainspec.runtime.identity import Label, TaskRun
from trainspec.runtime.job import OVERDUE, Job
from trainspec.runtime.links import LINKS, link_values
from trainspec.runtime.problems import Kind, TrainingProblem
from trainspec.runtime.rendering import render_text, text_environment
from trainspec.runtime.typed import typed

# Airflow 3 gives on_kill five seconds; with the quick client's timeouts this stays below.
_KILL_BACK_OFF = BackOff(first=0.1, ceiling=0.5, patience=2.0)

_EXCEPTIONS = {Kind.FATAL: AirflowFailException, Kind.RETRY: AirflowException, Kind.SKIP: AirflowSkipException}


class TaskKilledError(BaseException):
    """The task was told to end. Not an Exception: nothing on the way may take it for a fault and go on."""


class TrainingJobOperator(BaseOperator):
    """Run a SageMaker training job, and exactly one for each run of the task.

    The job carries the identity of its task run. A retry after a lost worker, or a create whose answer was lost,
    finds the job and attaches to it; a retry after the job itself failed starts a new one under a name with a suffix.

    :param config: the CreateTrainingJob request. Templated, always to text; members that the API types as integer or
        boolean are cast. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    :param aws_conn_id: the Airflow connection with credentials, region and endpoint; None for boto's own defaults.
        https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html
    :param region_name: the AWS region, if not the connection's.
    :param wait_for_completion: False to succeed as soon as the job is created.
    :param check_interval: seconds (or a timedelta) between two looks at the job.
    :param max_attempts: `max_attempts * check_interval` is the longest wait, in every mode, counted from the job's
        creation; None waits until SageMaker's StoppingCondition ends the job.
    :param action_if_job_exists: what to do where the name is another's: "fail" (without retry), "increment" (`-1`,
    `-2`, …
        within 63 characters), "skip" the task, "timestamp" (a suffix of when the DAG run started, in UTC).
    :param on_timeout: what becomes of the job when the longest wait is over: "stop" or "leave". The task fails.
    :param deferrable: wait in the triggerer. Default: Airflow's `[operators] default_deferrable`.

    XCom: the job's name as `return_value`; `arn`, `output` (S3 path), `model` (S3 path), `billable_seconds` and
    `metrics` (name to value) beside it.

    Raises AirflowFailException for what another try cannot mend (the request is invalid, access is denied, the name
    is taken, the job failed with ClientError), AirflowException for what it may (quota, algorithm error, capacity,
    timeout).
    """

    template_fields: Sequence[str] = ("config", "aws_conn_id", "region_name")
    template_fields_renderers: ClassVar[dict[str, str]] = {"config": "json"}
    operator_extra_links = LINKS
    ui_color = "#dceafd"

    def __init__(
        self,
        *,
        config: dict[str, Any],
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        wait_for_completion: bool = True,
        check_interval: float | timedelta = 30,
        max_attempts: int | None = 60,
        action_if_job_exists: IfExists = "fail",
        on_timeout: OnTimeout = "stop",
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.wait_for_completion = wait_for_completion
        self.check_interval = (
            check_interval.total_seconds() if isinstance(check_interval, timedelta) else check_interval
        )
        self.max_attempts = max_attempts
        self.action_if_job_exists = action_if_job_exists
        self.on_timeout = on_timeout
        self.deferrable = deferrable
        self._training: Training | None = None
        self._clients: Clients | None = None
        self._executing = False
        self._check_arguments()

    def execute(self, context: Any) -> str:
        """Start the job, or find it, and wait for its end as the arguments say. Returns the job's name."""
        with self._killable(context), _airflow_errors():
            training = self._training = self._new_training(context, typed(self._request()))
            job = training.start()
            self._push(context, {"arn": job.arn, "output": self._output(), **link_values(job.arn)})
            if not self.wait_for_completion:
                return job.name
            deadline = training.deadline(job)
            job = training.wait(job, 0 if self.deferrable else deadline)
            if job.ended or not self.deferrable:
                return self._finish(context, training, job)
        return self._wait_in_triggerer(job.name, deadline)

    def execute_complete(self, context: Any, event: Mapping[str, Any]) -> str:
        """Go on where the triggerer left off. The job's state decides; the event only says that it is worth a look."""
        with self._killable(context), _airflow_errors():
            training = self._training = self._new_training(context, {})
            job = training.resume(event["job_name"])
            if job.ended or event["why"] == OVERDUE:
                return self._finish(context, training, job)
        self.log.info("Training job %s goes on; the triggerer said: %s", job.name, event["why"])
        return self._wait_in_triggerer(job.name, event["deadline"])

    def on_kill(self) -> None:
        """Stop the job: somebody cleared the task, set its state, or its time is over.

        Runs in a signal handler, in the middle of whatever the task was doing, with five seconds to live on Airflow
        3: so it uses a client that was built before, and asks Airflow for nothing. In `execute` it ends by raising
        `TaskKilledError`, because Airflow 3 would let `execute` go on.
        """
        self._stop_job("its task was told to end")
        if self._executing:
            raise TaskKilledError

    def render_template(self, content: Any, context: Any, jinja_env: Any = None, seen_oids: Any = None) -> Any:
        """Render to text, also in a DAG that renders templates to native objects."""
        environment = text_environment(jinja_env or self.get_template_env(), self.get_dag())
        if isinstance(content, str):
            return render_text(content, context, environment)
        return super().render_template(content, context, environment, seen_oids)

    def _new_training(self, context: Any, request: Mapping[str, Any]) -> Training:
        self._clients = Clients(self.aws_conn_id, self.region_name)
        calls = Calls(self._clients.sagemaker, log=self.log.warning, request=request)
        policy = Policy(self.action_if_job_exists, self.check_interval, self.max_attempts, self.on_timeout)
        return Training(calls, request, _label(context, self.retries), policy, self.log.info)

    def _request(self) -> dict[str, Any]:
        if not isinstance(self.config, Mapping) or not self.config.get("TrainingJobName"):
            raise TrainingProblem(Kind.FATAL, "config must be a CreateTrainingJob request with a TrainingJobName")
        return dict(self.config)

    def _finish(self, context: Any, training: Training, job: Job) -> str:
        """Return what to say about `job` at the end of the wait: its name and XComs, or the problem."""
        training.release()
        if not job.ended:
            raise training.overdue(job)
        if not job.completed:
            raise failure(job, self._last_log_lines(job.name), job_url(job.arn), logs_url(job.arn))
        results = {"model": job.model, "billable_seconds": job.billable_seconds, "metrics": job.metrics}
        self._push(context, {**results, "output": job.output})
        self.log.info("Model artifact: %s", job.model)
        return job.name

    def _last_log_lines(self, name: str) -> list[str]:
        try:
            return last_log_lines(self._clients.logs, name) if self._clients else []
        except Exception as error:  # the job's failure is the news, not that its log cannot be read
            return [f"(not to be had: {type(error).__name__})"]

    def _wait_in_triggerer(self, name: str, deadline: float | None) -> NoReturn:
        from trainspec.runtime.trigger import TrainingJobTrigger

        region = self._clients.hook.region_name if self._clients else self.region_name
        self.defer(
            trigger=TrainingJobTrigger(name, self.aws_conn_id, region, self.check_interval, deadline),
            method_name="execute_complete",  # all that it needs is in the event: `dags test` hands on nothing else
        )
        raise AssertionError("defer raises")

    def _push(self, context: Any, values: Mapping[str, Any]) -> None:
        if self.do_xcom_push:
            for key, value in values.items():
                if value is not None:
                    context["ti"].xcom_push(key=key, value=value)

    def _output(self) -> str | None:
        path = (self.config.get("OutputDataConfig") or {}).get("S3OutputPath")
        return None if path is None else str(path)

    @contextmanager
    def _killable(self, context: Any) -> Iterator[None]:
        """Let `on_kill` stop the job and end `execute`; after a timeout, too, but not after any other end.

        A job that is still running when the last try fails is stopped; before that, the next try attaches to it.
        """
        self._executing = True
        try:
            yield
        except Exception as error:
            if isinstance(error, AirflowFailException) or context["ti"].try_number > context["ti"].max_tries:
                self._stop_job("its task failed for good")
            self._training = None
            raise
        else:
            self._training = None
        finally:
            self._executing = False

    def _stop_job(self, why: str) -> None:
        training, clients = self._training, self._clients
        if training is None or clients is None or training.name is None:
            return
        name = training.name
        try:
            calls = Calls(clients.sagemaker_quick, back_off=_KILL_BACK_OFF)
            stopped = training.abandon(calls)
        except Exception as error:
            self._say(
                self.log.error,
                f"Training job {name} could not be stopped ({error}). It may be running still: see to it, for "
                f"example with aws sagemaker stop-training-job --training-job-name {name}",
            )
        else:
            if stopped:
                self._say(self.log.warning, f"Stopping training job {name}: {why}")

    def _say(self, log: Callable[[str], None], text: str) -> None:
        with suppress(Exception):  # a signal may come in the middle of another log line, which cannot be re-entered
            log(text)

    def _check_arguments(self) -> None:
        """Raise ValueError where an argument can be seen to be wrong when the DAG is parsed."""
        checks = {
            "config": (not isinstance(self.config, str), "a CreateTrainingJob request (a dict)"),
            "check_interval": (_is_number(self.check_interval) and self.check_interval > 0, "more than 0 seconds"),
            "max_attempts": (
                self.max_attempts is None or (type(self.max_attempts) is int and self.max_attempts > 0),
                "an integer above 0, or None",
            ),
            "action_if_job_exists": (self.action_if_job_exists in get_args(IfExists), _one_of(IfExists)),
            "on_timeout": (self.on_timeout in get_args(OnTimeout), _one_of(OnTimeout)),
        }
        for name, (good, wanted) in checks.items():
            if not good:
                raise ValueError(f"{self.task_id}: {name} must be {wanted}, not {getattr(self, name)!r}")


@contextmanager
def _airflow_errors() -> Iterator[None]:
    try:
        yield
    except TrainingProblem as problem:
        raise _EXCEPTIONS[problem.kind](problem.text) from None


def _label(context: Any, retries: int | None) -> Label:
    """Return the identity of the running task, from Airflow's context."""
    ti, started = context["ti"], context["dag_run"].start_date
    task_run = TaskRun(
        dag_id=ti.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        map_index=-1 if ti.map_index is None else ti.map_index,
        generation=ti.max_tries - (retries or 0),
        started=round(started.timestamp() * 1_000_000) if started else 0,
    )
    return Label.of(task_run, ti.try_number)


def _one_of(choices: Any) -> str:
    return "one of " + ", ".join(map(repr, get_args(choices)))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
