"""What Airflow's context and an operator's arguments say about the task run: its identity, and its choices."""

from typing import Any

from trainspec.runtime.airflow_compat import COUNTS_CLEARS, clears_of, max_tries_of
from trainspec.runtime.engine.identity import Label, TaskRun, microseconds
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.installation import installation_of


def policy_of(operator: Any) -> Policy:
    """Return the choices in the arguments of a TrainingJobOperator."""
    return Policy(operator.action_if_job_exists, operator.check_interval, operator.max_attempts, operator.on_timeout)


def label_of(context: Any, operator: Any) -> Label:
    """Return the identity of the task run in Airflow's `context`. Raises `TrainingProblem`."""
    ti, retries, run = context["ti"], operator.retries or 0, context["dag_run"]
    try:
        where = installation_of(run)
    except ValueError as error:
        raise TrainingProblem(Kind.FATAL, str(error)) from None
    task_run = TaskRun(
        dag_id=ti.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        map_index=-1 if ti.map_index is None else ti.map_index,
        generation=max_tries_of(ti) - retries,
        started=microseconds(run.start_date),
        retries=retries,
        clears=clears_of(context),
        installation=where,
    )
    stay = policy_of(operator).stay(wait=operator.wait_for_completion)
    return Label.of(task_run, ti.try_number, stay, counts_clears=COUNTS_CLEARS)
