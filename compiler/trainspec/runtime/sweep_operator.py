"""The sweep as an Airflow task, for a maintenance DAG: it needs no credentials for Airflow's API."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException, BaseOperator

if TYPE_CHECKING:
    from trainspec.runtime.engine.sweep import Sweep


class TrainingJobSweepOperator(BaseOperator):
    """Stop the running training and tuning jobs whose task run in this Airflow has ended without stopping them.

    Only jobs that a TrainingJobOperator or a TuningJobOperator of this Airflow created; see
    `trainspec.runtime.engine.sweep`. It calls AWS for the list of jobs, 100 per call, and once for each running job.

    :param stop: False to log what would be stopped.
    :param older_than: seconds (or a timedelta) since a job's creation; younger jobs are left alone.
    :param name_contains: part of the jobs' names; without it, each of other people's jobs costs a call.
    :param max_jobs: the maximum number of jobs that one run checks, newest first.

    XCom: the names of the stray jobs as `return_value`. Raises AirflowException if one could not be stopped.
    """

    template_fields: Sequence[str] = ("aws_conn_id", "region_name", "name_contains")
    ui_color = "#dceafd"

    def __init__(
        self,
        *,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        stop: bool = True,
        older_than: float | timedelta = 300,
        name_contains: str = "",
        max_jobs: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.stop = stop
        self.older_than = older_than.total_seconds() if isinstance(older_than, timedelta) else older_than
        self.name_contains = name_contains
        self.max_jobs = max_jobs

    def execute(self, context: Any) -> list[str]:
        """Sweep once. Returns the names of the stray jobs."""
        from trainspec.runtime.airflow_inside import ask_airflow
        from trainspec.runtime.clients import Clients
        from trainspec.runtime.engine.calls import Calls
        from trainspec.runtime.engine.kinds import TRAINING
        from trainspec.runtime.engine.sweep import Bounds, Sweep
        from trainspec.runtime.engine.tuning import TUNING
        from trainspec.runtime.installation import installation

        calls = Calls(Clients(self.aws_conn_id, self.region_name).sagemaker, log=self.log.warning)
        bounds = Bounds(self.older_than, self.name_contains, self.max_jobs)
        stray, failed = list[str](), list[str]()
        for kind in (TRAINING, TUNING):
            self._sweep(Sweep(calls, ask_airflow, bounds, installation(), kind), stray, failed)
        if failed:
            raise AirflowException("These jobs could not be stopped:\n" + "\n".join(failed))
        return stray

    def _sweep(self, sweep: "Sweep", stray: list[str], failed: list[str]) -> None:
        from trainspec.runtime.engine.account import RefusedError
        from trainspec.runtime.engine.kinds import TRAINING
        from trainspec.runtime.engine.problems import TrainingProblem
        from trainspec.runtime.engine.sweep import Verdict

        kind = sweep.account.kind
        try:
            for found in sweep.findings():
                self.log.info("%s is %s: %s. %s", found.name, found.verdict.value, found.why, found.label)
                if found.verdict is not Verdict.STRAY:
                    continue
                stray.append(found.name)
                if self.stop:
                    try:
                        sweep.stop(found)
                    except TrainingProblem as problem:
                        failed.append(f"{found.name}: {problem.text}")
        except RefusedError as refused:
            if kind is TRAINING:
                raise
            self.log.warning("Tuning jobs are not checked: %s", refused.text)  # a role from before tuning jobs
        if sweep.exhausted:
            self.log.warning(
                "There are more running %ss than this run may check (max_jobs=%s)", kind.noun, self.max_jobs
            )
