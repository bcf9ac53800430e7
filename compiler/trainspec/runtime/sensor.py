"""The sensor: waits for a training job that something else started, and handles its states as the operator does."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    BaseSensorOperator,
    PokeReturnValue,
    conf,
)
from trainspec.runtime.engine.job import OVERDUE, Job

if TYPE_CHECKING:
    from trainspec.runtime.engine.kinds import JobKind
    from trainspec.runtime.trigger import TrainingJobWatch


class TrainingJobSensor(BaseSensorOperator):
    """Wait until a training job has completed, such as one that an operator with `wait_for_completion=False` created.

    A job that does not exist yet is waited for, too. The sensor never stops the job.

    :param job_name: the job's name. Templated.
    :param aws_conn_id: the Airflow connection with credentials, region and endpoint; None for boto's own defaults.
    :param region_name: the AWS region, if not the connection's.
    :param deferrable: wait in the triggerer. Default: Airflow's `[operators] default_deferrable`.

    `poke_interval`, `timeout`, `mode`, `soft_fail` and the rest are those of every sensor.

    XCom: the job's name as `return_value`; `arn`, `output`, `model`, `billable_seconds` and `metrics`. Raises
    AirflowFailException if the job failed or was stopped, because another try would find the same job, and
    AirflowSensorTimeout if it has not ended in time. With `soft_fail` the task is skipped instead.
    """

    template_fields: Sequence[str] = ("job_name", "aws_conn_id", "region_name")
    ui_color = "#dceafd"

    def __init__(
        self,
        *,
        job_name: str,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.job_name = job_name
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.deferrable = deferrable
        self._clients: Any = None

    def execute(self, context: Any) -> Any:
        """Wait as configured. Returns the job's name."""
        if not self.deferrable:
            return super().execute(context)
        return self._defer(time.time() + self.timeout)

    def execute_complete(self, context: Any, event: Mapping[str, Any]) -> str:
        """Continue where the triggerer left off.

        If `soft_fail` is set, Airflow turns what this raises into a skip.
        """
        job = self._look(context)
        # For a job that does not exist, the triggerer can only report that, also when the wait is over.
        is_over = event["why"] == OVERDUE or time.time() >= event["deadline"]
        if job is None and is_over:
            raise AirflowSensorTimeout(f"{self.job_name} has not completed within {self.timeout:g} seconds")
        return job.name if job else self._defer(event["deadline"])

    def poke(self, context: Any) -> PokeReturnValue:
        """Check the job once."""
        job = self._look(context)
        return PokeReturnValue(is_done=job is not None, xcom_value=job and job.name)

    @property
    def job_kind(self) -> "JobKind":
        """The kind of job that the sensor waits for."""
        from trainspec.runtime.engine.kinds import TRAINING

        return TRAINING

    def _look(self, context: Any) -> Job | None:
        """Return the job if it has completed, and push its results; None if it has not ended yet."""
        from trainspec.runtime.clients import Clients
        from trainspec.runtime.engine.calls import CallAnswer, Calls
        from trainspec.runtime.engine.console import job_url, logs_url
        from trainspec.runtime.engine.failure import failure
        from trainspec.runtime.engine.logs import last_log_lines
        from trainspec.runtime.engine.problems import Kind, TrainingProblem
        from trainspec.runtime.masking import mask_secrets, masked

        kind = self.job_kind
        clients = self._clients = self._clients or Clients(self.aws_conn_id, self.region_name)
        calls = Calls(clients.sagemaker, log=self.log.warning)
        try:
            job = kind.job.described(calls(kind.describe, {kind.name: self.job_name}, needs=kind.arn))
        except TrainingProblem as problem:
            wrong = AirflowFailException if problem.kind is Kind.FATAL else AirflowException
            raise wrong(problem.text) from None
        except CallAnswer:
            self.log.info("There is no %s %s yet", kind.noun, self.job_name)
            return None
        mask_secrets(job.description)
        self.log.info("Job state: %s", job.state)
        job = job.in_full(calls) if job.ended else job
        if job.ended and not job.completed:
            try:
                name = job.logged_as
                lines = [masked(line) for line in last_log_lines(clients.logs, name)] if name else []
            except Exception as error:  # the job's failure matters more than its unreadable log
                lines = [f"(not available: {type(error).__name__})"]
            raise AirflowFailException(
                failure(job, lines, job_url(job.arn, job.name, kind), logs_url(job.arn, job.name, kind)).text
            )
        if not job.ended:
            return None
        if self.do_xcom_push:
            for key, value in job.results.items():
                context["ti"].xcom_push(key=key, value=value)
        return job

    def _defer(self, deadline: float) -> NoReturn:
        self.defer(
            trigger=self._watch()(self.job_name, self.aws_conn_id, self.region_name, self.poke_interval, deadline),
            method_name="execute_complete",
        )
        raise AssertionError("defer raises")

    def _watch(self) -> "type[TrainingJobWatch]":
        """Return the trigger that waits in the triggerer."""
        from trainspec.runtime.trigger import TrainingJobWatch

        return TrainingJobWatch
