"""Asking the Airflow in which we run about a task run: from within a task, without credentials for its REST API."""

from trainspec.runtime.airflow_compat import AIRFLOW_2, GONE, task_state_3
from trainspec.runtime.engine.choices import RUN_ENDED
from trainspec.runtime.engine.identity import TaskRun, microseconds
from trainspec.runtime.engine.sweep import AskError, Known


def ask_airflow(task_run: TaskRun) -> Known | None:
    """Return what this Airflow knows of `task_run`, from within a running task. Raises AskError.

    Airflow 2 is asked in its database, Airflow 3 through the task's supervisor, which needs 3.1 or newer.
    """
    try:
        return _ask_2(task_run) if AIRFLOW_2 else _ask_3(task_run)
    except Exception as error:
        raise AskError(f"Airflow could not be asked: {type(error).__name__}: {error}") from error


def _ask_2(task_run: TaskRun) -> Known | None:
    from airflow.models import DagRun, TaskInstance
    from airflow.utils.session import create_session

    run_key = {"dag_id": task_run.dag_id, "run_id": task_run.run_id}
    task_key = {**run_key, "task_id": task_run.task_id, "map_index": task_run.map_index}
    with create_session() as session:
        run = session.query(DagRun.start_date, DagRun.state, DagRun.execution_date).filter_by(**run_key).one_or_none()
        task = session.query(TaskInstance.state).filter_by(**task_key).one_or_none()
    if run is None:
        return None
    return Known(microseconds(run[0]), run[1] in RUN_ENDED, task[0] if task else GONE, run[0] == run[2])


def _ask_3(task_run: TaskRun) -> Known | None:
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time.comms import GetDagRun
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS

    try:
        run = SUPERVISOR_COMMS.send(GetDagRun(dag_id=task_run.dag_id, run_id=task_run.run_id))
    except AirflowRuntimeError as error:
        if (error.error.detail or {}).get("status_code") == 404:
            return None
        raise
    state = task_state_3(task_run.dag_id, task_run.run_id, task_run.task_id, task_run.map_index)
    return Known(microseconds(run.start_date), run.state in RUN_ENDED, state)
