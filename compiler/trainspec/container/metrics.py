"""Metrics read from a log by their regular expressions, as SageMaker reads them: line by line, the last value counts.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trainspec.safety.unwarned import expression

_LONGEST_LINE: Final = 64 * 1024


@dataclass
class Reading:
    """One metric's expression and what it found: how often it matched, and the values, as far as they are numbers."""

    pattern: "re.Pattern[str] | None"
    problem: str | None = None
    matches: int = 0
    first: float | None = None
    last: float | None = None
    smallest: float | None = None
    largest: float | None = None

    @property
    def silent(self) -> str | None:
        """Why there is no value, in words that follow the metric's name; None if there is one."""
        if self.problem or self.last is not None:
            return self.problem
        return "matched no line" if not self.matches else f"matched {self.matches} times, but never a number"

    def take(self, match: "re.Match[str]") -> None:
        """Count a match, and keep its value."""
        self.matches += 1
        try:
            value = float(match[1] or "")
        except ValueError:
            return
        self.first = value if self.first is None else self.first
        self.last = value
        self.smallest = value if self.smallest is None else min(self.smallest, value)
        self.largest = value if self.largest is None else max(self.largest, value)


class MetricReader:
    """Reads the metrics of a job, given by their expressions, from the lines of its log."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self.readings = {name: _reading(regex) for name, regex in definitions.items()}

    def read(self, line: str) -> None:
        """Look for every metric in `line`."""
        for reading in self.readings.values():
            if reading.pattern is not None:
                for match in reading.pattern.finditer(line[:_LONGEST_LINE]):
                    reading.take(match)

    @property
    def last(self) -> dict[str, float]:
        """The last value of each metric that has one: FinalMetricDataList."""
        return {name: each.last for name, each in self.readings.items() if each.last is not None}


def definitions(request: Mapping[str, Any]) -> dict[str, str]:
    """The metrics' regular expressions by name, of a request."""
    listed = (request.get("AlgorithmSpecification") or {}).get("MetricDefinitions") or ()
    return {each["Name"]: each["Regex"] for each in listed}


def _reading(regex: str) -> Reading:
    try:
        pattern = expression(regex)
    except (re.error, RecursionError, OverflowError) as error:
        return Reading(None, f"is not a regular expression: {error}")
    if not pattern.groups:
        return Reading(None, "has no group: SageMaker reads the number from the first pair of parentheses")
    return Reading(pattern)
