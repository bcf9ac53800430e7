"""The log of a job in the log of its task, with secrets masked as Airflow masks its own."""

from collections.abc import Callable
from typing import Any

from trainspec.runtime.clients import Clients
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.logs import CALLS_A_LOOK, CALLS_AT_THE_END, CALLS_FOR_A_TAIL, JobLog, last_log_lines
from trainspec.runtime.masking import masked


def follow(job: Job, clients: Clients | None, operator: Any) -> Callable[[Job], None]:
    """Return what shows the log of `job` at each poll; if an earlier try watched the job, from here on."""
    if not operator.print_log or clients is None or job.logged_as is None:
        return lambda _: None
    log = JobLog(clients.logs, job.name, _to_log_of(operator), tail=bool(job.description))
    return lambda now: log.show(CALLS_AT_THE_END if now.ended else CALLS_A_LOOK)


def show_tail(job: Job, clients: Clients | None, operator: Any) -> None:
    """Show the last lines of a job that was not watched."""
    if operator.print_log and clients is not None and job.logged_as is not None:
        JobLog(clients.logs, job.name, _to_log_of(operator), tail=True).show(CALLS_FOR_A_TAIL)


def last_lines(job: Job, clients: Clients | None) -> list[str]:
    """Return the last lines of a job's log, or one that says why there are none: the job's failure matters more."""
    if clients is None or job.logged_as is None:
        return []
    try:
        return [masked(line) for line in last_log_lines(clients.logs, job.logged_as)]
    except Exception as error:
        return [f"(not available: {type(error).__name__})"]


def _to_log_of(operator: Any) -> Callable[[str], None]:
    return lambda line: operator.log.info("%s", masked(line))
