"""A limit of less than a minute, without a unit.

A number without a unit means seconds: `max_runtime: 24` stops the job after 24 seconds, before the container has
started, when 24 hours were probably meant.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator, Mapping

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS881", "a job limit of a few seconds without a unit", Severity.WARNING)

BAD = """
stopping: {max_runtime: 24}
"""

GOOD = """
stopping: {max_runtime: 24s}
"""

_SHORTEST = 60
"""Seconds: no job does anything in less."""


def check_job(job: JobView) -> Iterator[Found]:
    """Find bare numbers below a minute under `stopping`."""
    stopping = job.fields.get("stopping")
    if not isinstance(stopping, Mapping):
        return
    for name in ("max_runtime", "max_wait"):
        value = str(stopping.get(name, ""))
        if value.isdigit() and 0 < int(value) < _SHORTEST:
            message = f"`{name}: {value}` means {value} seconds"
            yield Found(
                ("stopping", name), message, f"write the unit: `{value}h` for hours, `{value}s` if you mean seconds"
            )
