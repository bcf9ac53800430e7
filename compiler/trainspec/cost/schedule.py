"""How many runs a schedule starts in 30 days, counted by the schedule itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from trainspec.dag.runs import moments, times_of, zone_of

if TYPE_CHECKING:
    from trainspec.language.data import DagData

DAYS = 30
SAME_DAY = datetime(2025, 1, 1, tzinfo=timezone.utc)
"""Used instead of today if the same specs must give the same bytes every day."""
_MOST = 50_000
"""A month has 43,200 minutes; what runs more often than that is not counted."""


def runs_in_month(dag: "DagData", at: datetime | None, today: datetime | None = None) -> tuple[int | None, str]:
    """The runs of a DAG in the 30 days from `at`, else from its start date, else from `today`; and that in words.

    The number is None if no clock starts the runs, or if they are too many to count.
    """
    schedule = dag.get("schedule")
    if schedule == "@once":
        return 1, "a single run"
    if schedule == "@continuous":
        return None, "runs continuously: only one run is counted"
    times = times_of(schedule)
    if not times:
        how = "manually or through the API" if schedule is None else "when its assets are updated"
        return None, f"starts {how}: only one run is counted"
    zone = str(dag.get("timezone") or "UTC")
    start = at or _moment(start_of(dag), zone) or today or _today()
    end = min(filter(None, (start + timedelta(days=DAYS), _moment(dag.get("end_date"), zone))))
    found = _count(times, zone, start, end)
    if found is None:
        return None, f"starts more than {_MOST:,} runs in {DAYS} days: only one run is counted"
    words = f"{found:,} run{'s' if found != 1 else ''} in {DAYS} days from {start:%Y-%m-%d}"
    more = ", and one for each update of its assets, which is not counted" if isinstance(schedule, Mapping) else ""
    return found, words + more


def start_of(dag: "DagData") -> str | None:
    """The start date of a DAG or, if it has none, that of its tasks, which Airflow uses, too."""
    return dag.get("start_date") or (dag.get("default_args") or {}).get("start_date")


@lru_cache(maxsize=1024)
def _count(times: tuple[str, ...], zone: str, start: datetime, end: datetime) -> int | None:
    """The moments from `start` on and before `end`; two schedules that meet start one run."""
    found: set[datetime] = set()
    for text in times:
        # An interval counts from the start, which is a run itself; a cron includes the start if it matches.
        after = start - timedelta(seconds=1)
        found |= set(islice(takewhile(lambda each: each < end, moments(text, zone, after)), _MOST + 1))
        if len(found) > _MOST:
            return None
    return len(found)


def _moment(text: Any, zone: str) -> datetime | None:
    """A date of the spec, in the DAG's `zone` if it names none; None if it is not a date."""
    try:
        read = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone_of(zone))


def _today() -> datetime:
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
