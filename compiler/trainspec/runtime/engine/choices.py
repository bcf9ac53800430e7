"""Constants without imports: Airflow's states, and the values that the author of a task may choose."""

from typing import Final, Literal

IfExists = Literal["fail", "increment", "skip", "timestamp"]
"""If the job's name is taken: fail for good, append the next free number, skip the task, or append a time stamp."""

OnTimeout = Literal["stop", "leave"]
"""What happens to a job that has not ended when the longest wait is over."""

TASK_ENDED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
"""The states of a task instance that will not continue by itself."""

RUN_ENDED: Final = frozenset({"success", "failed"})
"""The same for a DAG run."""

TASK_STATES: Final = TASK_ENDED | {
    "scheduled",
    "queued",
    "running",
    "restarting",
    "up_for_retry",
    "up_for_reschedule",
    "deferred",
    "awaiting_input",
}
"""All states of a task instance; it may also have none."""

RUN_STATES: Final = RUN_ENDED | {"queued", "running"}
"""The same for a DAG run."""
