"""A duration of the task without a unit.

In Airflow, `retry_delay` and `execution_timeout` are timedeltas; here, a number without a unit means seconds. If you
write `retry_delay: 10` and mean minutes, three retries are used up within half a minute.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView, SpecView
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import DagData, JobData, TaskArgumentsData

CODE = Code("TS541", "a duration of the task without a unit", Severity.WARNING)

BAD = """
retries: 2
retry_delay: 10
"""

GOOD = """
retries: 2
retry_delay: 10s
"""

FIELDS = ("retry_delay", "max_retry_delay", "execution_timeout")


def check_spec(spec: SpecView) -> Iterator[Found]:
    """Look at the DAG's own duration, and at what it gives to all tasks."""
    dag = spec.data.get("dag") or {}
    yield from _bare(dag, ("dagrun_timeout",), ("dag",))
    yield from _bare(dag.get("default_args") or {}, FIELDS, ("dag", "default_args"))


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the task's own durations."""
    yield from _bare(job.fields, FIELDS, ())


def _bare(fields: "DagData | JobData | TaskArgumentsData", names: tuple[str, ...], above: Path) -> Iterator[Found]:
    for name in names:
        written = str(fields.get(name, ""))
        if written.isdigit() and int(written):
            message = f"`{name}: {written}` means {int(written):,} seconds"
            advice = f"write the unit: `{written}s`, or `{written}m` if minutes were meant"
            yield Found((*above, name), message, advice)
