"""What the author of a task may choose: apart from the engine, because it is checked at each parse of a DAG."""

from typing import Literal

IfExists = Literal["fail", "increment", "skip", "timestamp"]
"""Where the job's name is another's: fail for good, take the next free number, skip the task, or take a time stamp."""

OnTimeout = Literal["stop", "leave"]
"""What becomes of a job that has not ended when the longest wait is over."""
