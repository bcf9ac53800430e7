"""The only module that knows how Airflow's versions differ.

The provider's compat module covers what they have in common.
"""

import sys
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

from trainspec.runtime.engine.choices import TASK_ENDED

from airflow import __version__

_AIRFLOW_2 = __version__.startswith("2.")

HAS_DATABASE = _AIRFLOW_2
"""Whether tasks and triggers access Airflow's database. In Airflow 3 they call its API server."""

KILLED_TASK_GOES_ON = not _AIRFLOW_2
"""Whether the code of a task continues after its on_kill, unless that raises.

Airflow 2 raises its own exception, and only if that one ends the task respects the state that a user has set.
"""

COUNTS_CLEARS = not __version__.startswith(("2.", "3.0.", "3.1."))
"""Whether `clears_of` counts every clear of a task. Before 3.2, Airflow counts only those of finished runs."""

DEFERRED_FORGETS_TIMEOUT = not _AIRFLOW_2
"""Whether execution_timeout is forgotten while a task is deferred."""

# The states of a task whose process Airflow asks to end: it has ended, or was cleared while it ran.
ASKED_TO_END = TASK_ENDED | {"restarting"}


def render_to_string(template: Any, context: Any) -> str:
    """Render a Jinja template to a string as Airflow does, which resolves the context only when it is used."""
    try:
        from airflow.sdk.definitions.context import render_template_to_string
    except ImportError:  # before 3.1
        from airflow.utils.helpers import render_template_to_string
    return str(render_template_to_string(template, context))


def delay_next_try(operator: Any, seconds: float) -> bool:
    """Have Airflow wait this long before the next try of the running task; False before 3.3, which cannot."""
    try:
        from airflow.sdk import RetryDecision, RetryPolicy
    except ImportError:
        return False

    class Delay(RetryPolicy):
        """Airflow calls it in this process, after the try has failed."""

        def evaluate(self, *_: Any, **__: Any) -> Any:
            return RetryDecision.retry(timedelta(seconds=seconds))

    operator.retry_policy = Delay()
    return True


def is_awaited(task_instance: Any, trigger_id: int | None) -> bool:
    """Return whether a deferred task still waits for this trigger. Airflow 2 only; reads Airflow's database.

    Airflow 2 has no hook for the kill of a deferred task: the trigger is cancelled, as it is when the triggerer ends,
    and only the task's row shows the difference. When the triggerer ends, the task keeps waiting for the same trigger.
    """
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.query(TaskInstance.trigger_id).filter_by(**_key(task_instance)).one_or_none()
    return found is not None and found[0] == trigger_id


def is_users_doing(cancelled: BaseException) -> bool:
    """Return whether a trigger was cancelled because a user acted on its task, which Airflow 3.3 and later report."""
    try:
        from airflow.jobs.triggerer_job_runner import _USER_ACTION_CANCEL_MSG
    except ImportError:
        return False
    return cancelled.args[:1] == (_USER_ACTION_CANCEL_MSG,)


def has_kill_hook() -> bool:
    """Return whether Airflow calls a trigger's on_kill, as 3.3 and later do."""
    from airflow.triggers.base import BaseTrigger

    return hasattr(BaseTrigger, "on_kill")


async def is_deferred(task_instance: Any) -> bool:
    """Return whether a task is deferred now, or Airflow does not answer. For a trigger on Airflow 3.

    Before 3.3, no hook informs a trigger that a user has ended its task: it is cancelled, as it is when the triggerer
    ends, and only the task's state shows the difference. Must not be cancelled: all triggers share the connection.
    """
    from airflow.sdk.execution_time.comms import GetTaskStates
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS

    key = _key(task_instance)
    asked = GetTaskStates(
        dag_id=key["dag_id"], run_ids=[key["run_id"]], task_ids=[key["task_id"]], map_index=key["map_index"]
    )
    try:
        states = (await SUPERVISOR_COMMS.asend(asked)).task_states
    except Exception:  # the triggerer is ending, and there is no answer any more
        return True
    return bool(_state_in(states, **key) in ("deferred", "running"))


GONE = "removed"
"""State of a task that is no longer in its DAG run, as Airflow names it, and of one whose DAG run no longer exists."""


def task_state(task_instance: Any, patience: float) -> str | None:
    """Return the state of `task_instance` in Airflow now: `GONE` if Airflow no longer has such a task instance.

    None if there is no answer within `patience` seconds, or if it has no state.

    Safe in a signal handler: it runs in a separate thread, because the signal may interrupt a conversation with
    Airflow, whose lock is then held until the handler returns.
    """
    answer: list[str | None] = []

    def ask() -> None:
        with suppress(Exception):
            answer.append(_task_state_2(task_instance) if HAS_DATABASE else _task_state_3(**_key(task_instance)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience)
    return answer[0] if answer else None


def _task_state_2(task_instance: Any) -> Any:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.query(TaskInstance.state).filter_by(**_key(task_instance)).one_or_none()
    return found[0] if found else GONE


def _task_state_3(dag_id: str, run_id: str, task_id: str, map_index: int) -> Any:
    """Return the state of a task instance, as a running task or trigger of Airflow 3 may request it.

    None if it has none, and `GONE` if there is no such task instance.
    """
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    states = RuntimeTaskInstance.get_task_states(dag_id, run_ids=[run_id], task_ids=[task_id], map_index=map_index)
    return _state_in(states, dag_id, run_id, task_id, map_index)


def _state_in(states: Any, dag_id: str, run_id: str, task_id: str, map_index: int) -> Any:
    return states.get(run_id, {}).get(task_id if map_index < 0 else f"{task_id}_{map_index}", GONE)


def run_seen(dag_id: str, run_id: str, task_id: str, map_index: int) -> tuple[Any, str, Any, bool] | None:
    """Return what this Airflow knows about a task run, from within a running task; None if it has no such DAG run.

    That is the start of the DAG run, its state, the state of the task, and whether the run starts at its logical date,
    as with `airflow dags test` of Airflow 2.

    It queries Airflow 2's database or, in Airflow 3, the task's supervisor, which needs 3.1 or later.
    """
    ask = _in_database if HAS_DATABASE else _from_supervisor
    return ask(dag_id, run_id, task_id, map_index)


def _in_database(dag_id: str, run_id: str, task_id: str, map_index: int) -> tuple[Any, str, Any, bool] | None:
    from airflow.models import DagRun, TaskInstance
    from airflow.utils.session import create_session

    run_key = {"dag_id": dag_id, "run_id": run_id}
    task_key = {**run_key, "task_id": task_id, "map_index": map_index}
    with create_session() as session:
        run = session.query(DagRun.start_date, DagRun.state, DagRun.execution_date).filter_by(**run_key).one_or_none()
        task = session.query(TaskInstance.state).filter_by(**task_key).one_or_none()
    if run is None:
        return None
    return run[0], run[1], task[0] if task else GONE, run[0] == run[2]


def _from_supervisor(dag_id: str, run_id: str, task_id: str, map_index: int) -> tuple[Any, str, Any, bool] | None:
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time.comms import GetDagRun
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS

    try:
        run = SUPERVISOR_COMMS.send(GetDagRun(dag_id=dag_id, run_id=run_id))
    except AirflowRuntimeError as error:
        if (error.error.detail or {}).get("status_code") == 404:
            return None
        raise
    state = _task_state_3(dag_id, run_id, task_id, map_index)
    return run.start_date, run.state, state, False


def max_tries_of(task_instance: Any) -> int:
    """Return Airflow's number of the last try, which every clear increases and no retry.

    Airflow 3 does not change it when a running task is cleared, but lets the next try begin even after the last one: no
    retry follows the last try, so the number must have been increased.
    """
    last = int(task_instance.max_tries)
    return last if _AIRFLOW_2 else max(last, task_instance.try_number - 1)


def is_tried_again(context: Any, retries: int) -> bool:
    """Return whether a failure callback was called although the failed task gets another try.

    Before 3.3, Airflow 3's DAG processor calls it for every try whose worker was lost. A worker calls it only if the
    task has finally failed, and passes on the exception.
    """
    if _AIRFLOW_2 or isinstance(context.get("exception"), BaseException):
        return False
    ti = context["ti"]
    return retries > 0 and bool(ti.try_number <= ti.max_tries)


def has_xcom() -> bool:
    """Return whether XComs can be read here: in the DAG processor of 3.0, a request for one never returns."""
    processor = sys.modules.get("airflow.dag_processing.processor")
    return _AIRFLOW_2 or processor is None or hasattr(processor, "GetXCom")


def clears_of(context: Any) -> int:
    """Return how many clears that may concern the task in `context` Airflow counts; no retry changes the number.

    Airflow 3.2 and later count every clear of a DAG run, whatever it clears; earlier versions count the clears of a
    finished run. They miss the clear of a running task, which does not change `max_tries`, either. In Airflow 2, that
    clear leaves a trace in the database: see `_cleared_while_running`.
    """
    counted = int(getattr(context["dag_run"], "clear_number", None) or 0)
    return counted + (_cleared_while_running(context["ti"]) if HAS_DATABASE else 0)


def _cleared_while_running(task_instance: Any) -> int:
    """Return how many earlier tries of a task were ended by a clear while they ran. For Airflow 2: reads its database.

    Whatever ends a running try, Airflow records it in the try's history with the time. A clear is recorded at once, and
    again as a failure when the process has ended; a retry records the failure and the try at the same moment.
    """
    from airflow.models.taskfail import TaskFail
    from airflow.models.taskinstancehistory import TaskInstanceHistory
    from airflow.utils.session import create_session

    with create_session() as session:
        history = session.query(TaskInstanceHistory).filter_by(**_key(task_instance)).all()
        failures = session.query(TaskFail.start_date, TaskFail.end_date).filter_by(**_key(task_instance)).all()
        tries = [(each.try_number, each.state, each.start_date, each.end_date) for each in history]
    failed = dict(failures)
    count = 0
    for number, state, start, end in tries:
        if number < task_instance.try_number and state == "failed" and start in failed and end and failed[start]:
            count += abs((failed[start] - end).total_seconds()) > _SAME_MOMENT
    return count


_SAME_MOMENT = 0.5
"""Seconds between two records of the same event in Airflow; a clear and the end of its process are further apart."""


def _key(task_instance: Any) -> dict[str, Any]:
    key = {name: getattr(task_instance, name) for name in ("dag_id", "run_id", "task_id", "map_index")}
    return {**key, "map_index": -1 if key["map_index"] is None else key["map_index"]}
