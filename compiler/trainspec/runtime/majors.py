"""The one door where Airflow 2.11 and 3 differ for us; what they share comes from the provider's compat module."""

from typing import Any

from airflow import __version__

AIRFLOW_2 = __version__.startswith("2.")


def render_to_string(template: Any, context: Any) -> str:
    """Render a Jinja template to text as Airflow does, which leaves the context unresolved until it is asked for."""
    if AIRFLOW_2:
        from airflow.utils.helpers import render_template_to_string
    else:
        from airflow.sdk.definitions.context import render_template_to_string
    return str(render_template_to_string(template, context))


def is_awaited(task_instance: Any, trigger_id: int | None) -> bool:
    """Return whether a deferred task still waits for this trigger. Airflow 2 only; reads Airflow's database.

    Airflow 2 has no hook for the kill of a deferred task: the trigger is cancelled, as it is when the triggerer ends,
    and only the task's row tells them apart. When the triggerer ends, the task goes on waiting for the same trigger.
    """
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    names = ("dag_id", "run_id", "task_id", "map_index")
    key = {name: getattr(task_instance, name) for name in names}
    with create_session() as session:
        found = session.query(TaskInstance.trigger_id).filter_by(**key).one_or_none()
    return found is not None and found[0] == trigger_id


def is_users_doing(cancelled: BaseException) -> bool:
    """Return whether a trigger was cancelled because a user acted on its task. Airflow 3 only."""
    try:
        from airflow.jobs.triggerer_job_runner import _USER_ACTION_CANCEL_MSG
    except ImportError:  # before 3.3 nothing tells
        return False
    return cancelled.args[:1] == (_USER_ACTION_CANCEL_MSG,)
