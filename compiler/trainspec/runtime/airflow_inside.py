"""Queries the Airflow in which this task runs about a task run, without credentials for its REST API."""

from trainspec.runtime.airflow_compat import run_seen
from trainspec.runtime.engine.choices import RUN_ENDED
from trainspec.runtime.engine.identity import TaskRun, microseconds
from trainspec.runtime.engine.sweep import AskError, Known


def ask_airflow(task_run: TaskRun) -> Known | None:
    """Return what this Airflow knows about `task_run`, from within a running task. Raises AskError."""
    try:
        seen = run_seen(task_run.dag_id, task_run.run_id, task_run.task_id, task_run.map_index)
        if seen is None:
            return None
        started, state, task_state, has_shared_start = seen
        return Known(microseconds(started), state in RUN_ENDED, task_state, has_shared_start)
    except Exception as error:
        raise AskError(f"Airflow could not be queried: {type(error).__name__}: {error}") from error
