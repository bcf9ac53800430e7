"""The one door where Airflow's versions differ for us; what they share comes from the provider's compat module."""

import threading
from contextlib import suppress
from typing import Any

from trainspec.runtime.engine.choices import TASK_ENDED

from airflow import __version__

AIRFLOW_2 = __version__.startswith("2.")

# The states in which Airflow holds a task whose process it tells to end: it has ended, or was cleared while it ran.
TOLD_TO_END = TASK_ENDED | {"restarting"}


def render_to_string(template: Any, context: Any) -> str:
    """Render a Jinja template to text as Airflow does, which leaves the context unresolved until it is asked for."""
    try:
        from airflow.sdk.definitions.context import render_template_to_string
    except ImportError:  # before 3.1
        from airflow.utils.helpers import render_template_to_string
    return str(render_template_to_string(template, context))


def is_awaited(task_instance: Any, trigger_id: int | None) -> bool:
    """Return whether a deferred task still waits for this trigger. Airflow 2 only; reads Airflow's database.

    Airflow 2 has no hook for the kill of a deferred task: the trigger is cancelled, as it is when the triggerer ends,
    and only the task's row tells them apart. When the triggerer ends, the task goes on waiting for the same trigger.
    """
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.query(TaskInstance.trigger_id).filter_by(**_key(task_instance)).one_or_none()
    return found is not None and found[0] == trigger_id


def is_users_doing(cancelled: BaseException) -> bool:
    """Return whether a trigger was cancelled because a user acted on its task. Airflow 3 only."""
    try:
        from airflow.jobs.triggerer_job_runner import _USER_ACTION_CANCEL_MSG
    except ImportError:  # before 3.3 nothing tells
        return False
    return cancelled.args[:1] == (_USER_ACTION_CANCEL_MSG,)


def task_state(task_instance: Any, patience: float) -> str | None:
    """Return the state of `task_instance` in Airflow now; None where that is not to be had within `patience` seconds.

    Safe in a signal handler: it asks in a thread of its own, because the handler may have come in the middle of a
    conversation with Airflow, whose lock is then held until the handler is done.
    """
    answer: list[str | None] = []

    def ask() -> None:
        with suppress(Exception):
            answer.append(_task_state_2(task_instance) if AIRFLOW_2 else task_state_3(**_key(task_instance)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience)
    return answer[0] if answer else None


def _task_state_2(task_instance: Any) -> Any:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.query(TaskInstance.state).filter_by(**_key(task_instance)).one_or_none()
    return found and found[0]


def task_state_3(dag_id: str, run_id: str, task_id: str, map_index: int) -> Any:
    """Return the state of a task instance, as a running task of Airflow 3 may ask for it; None where there is none."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    states = RuntimeTaskInstance.get_task_states(dag_id, run_ids=[run_id], task_ids=[task_id], map_index=map_index)
    return states.get(run_id, {}).get(task_id if map_index < 0 else f"{task_id}_{map_index}")


def _key(task_instance: Any) -> dict[str, Any]:
    key = {name: getattr(task_instance, name) for name in ("dag_id", "run_id", "task_id", "map_index")}
    return {**key, "map_index": -1 if key["map_index"] is None else key["map_index"]}
