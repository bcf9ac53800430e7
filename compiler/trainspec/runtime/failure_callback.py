"""The failure callback of every TrainingJobOperator: it stops the job of a task that failed without running our code.

Airflow calls it in the worker or, if the worker was lost, in the DAG processor. The cases in which Airflow calls
nothing are left to `trainspec sweep`.
https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any


def with_stop_left_over(callbacks: Any) -> list[Callable[..., Any]]:
    """Return a task's failure callbacks, in any form that Airflow takes, with ours first: theirs may be slow."""
    if not callbacks:
        return [stop_left_over]
    return [stop_left_over, *(callbacks if isinstance(callbacks, (list, tuple)) else [callbacks])]


def stop_left_over(context: Any) -> None:
    """Stop the running job of the failed task in `context`, if it has one.

    A try that ran its code has handled its job itself, and may have left it on purpose. If there is a next try, that
    one needs the job.
    """
    operator = context["task"]
    if operator.has_seen_to_its_job:
        return
    from trainspec.runtime.airflow_compat import is_tried_again

    if is_tried_again(context, operator.retries or 0):
        return
    from trainspec.runtime.engine.training import Training
    from trainspec.runtime.task_run import label_of, policy_of

    log = operator.log
    try:
        label, policy = label_of(context, operator), policy_of(operator)
        next_try = replace(label, try_number=label.try_number + 1)  # searches for what the lost try created
        calls = _calls(operator, context)
        kind = operator.job_kind
        for name in _names(operator, context):
            if Training(calls, {kind.name: name}, next_try, policy, log.info, kind=kind).abandon(calls):
                log.warning("Stopping the %s of %s: its task has failed", kind.noun, label)
                return
    except Exception:
        log.exception(
            "The %s of task %s may still be running: stop it, or let `trainspec sweep` do so",
            operator.job_kind.noun,
            operator.task_id,
        )


def _calls(operator: Any, context: Any) -> Any:
    from trainspec.runtime.clients import Clients
    from trainspec.runtime.engine.calls import BackOff, Calls

    render = operator.render_template  # in the DAG processor, nothing is rendered yet
    clients = Clients(render(operator.aws_conn_id, context), render(operator.region_name, context))
    return Calls(clients.sagemaker, back_off=BackOff(first=0.5, ceiling=5.0, patience=15.0), log=operator.log.warning)


def _names(operator: Any, context: Any) -> Iterator[str]:
    """Yield the names to search for: what the lost try has pushed, then what the task requests."""
    from trainspec.runtime.airflow_compat import has_xcom

    ti = context["ti"]
    arn = ti.xcom_pull(task_ids=ti.task_id, key="arn", map_indexes=ti.map_index) if has_xcom() else None
    if arn:
        yield str(arn).rpartition("/")[2]
    config, member = operator.config, operator.job_kind.name
    if isinstance(config, dict):
        config = {member: config.get(member)}
    yield operator.render_template(config, context)[member]
