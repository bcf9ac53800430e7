"""Whether a job's metrics are good enough, by `proceed_if` of a spec. No Airflow here."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from trainspec.runtime.engine.problems import Kind, TrainingProblem

_BOUNDS: Final[Mapping[str, tuple[Callable[[float, float], bool], str]]] = {
    "at_least": (operator.ge, "at least"),
    "at_most": (operator.le, "at most"),
    "above": (operator.gt, "above"),
    "below": (operator.lt, "below"),
}


@dataclass(frozen=True)
class Compared:
    """A metric compared with one limit; `bound` describes the limit."""

    metric: str
    value: float
    bound: str
    met: bool

    def __str__(self) -> str:
        return f"{self.metric} is {self.value}, and must be {self.bound}: {'yes' if self.met else 'no'}"


def compare(
    conditions: Sequence[Mapping[str, Any]], reported: Mapping[str, float | None]
) -> tuple[dict[str, float], list[Compared]]:
    """Return the metrics in the conditions, by name, and each limit of the conditions.

    A condition has `metric` and one or more of `at_least`, `at_most`, `above` and `below`; a limit may be a string that
    is a number. Raises a fatal `TrainingProblem` if the job did not report a metric or a limit is not a number.
    """
    metrics = {each["metric"]: _metric(each["metric"], reported) for each in conditions}
    return metrics, [each for condition in conditions for each in _compared(condition, metrics)]


def unmet(compared: Sequence[Compared]) -> str:
    """Return the limits that are not met, as one string; empty if all are met."""
    return "; ".join(f"{each.metric} is {each.value}, not {each.bound}" for each in compared if not each.met)


def _metric(name: str, reported: Mapping[str, float | None]) -> float:
    if name not in reported:
        known = ", ".join(sorted(reported)) or "none at all"
        raise TrainingProblem(Kind.FATAL, f"the job reported no metric {name!r}; it reported {known}")
    value = reported[name]
    if value is None:
        raise TrainingProblem(Kind.FATAL, f"the metric {name!r} is not a finite number, so it cannot be compared")
    return value


def _compared(condition: Mapping[str, Any], metrics: Mapping[str, float]) -> Iterator[Compared]:
    name = condition["metric"]
    for key, (holds, words) in _BOUNDS.items():
        if key in condition:
            bound = _number(condition[key], f"{key} of {name!r}")
            yield Compared(name, metrics[name], f"{words} {bound}", holds(metrics[name], bound))


def _number(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise TrainingProblem(Kind.FATAL, f"{what} must be a number, but is {value!r}")
    return number
