"""How a job will go: how long each phase takes, and whether and why it fails."""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias

Phase: TypeAlias = Literal["Starting", "Downloading", "Training", "Uploading"]
PHASES = ("Starting", "Downloading", "Training", "Uploading")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One job's fate. Durations are seconds on the simulator's clock.

    With `failure` the job ends as Failed with that FailureReason, after its phase `fails_in` has taken its time.
    `stopping` is how long StopTrainingJob takes, and the stop after a limit. `metrics` are the last values of metrics
    by name, also of such that the job does not define, as built-in algorithms have them; others get values of chance.
    """

    starting: float = 5
    downloading: float = 5
    training: float = 20
    uploading: float = 5
    stopping: float = 5
    failure: str | None = None
    fails_in: Phase = "Training"
    metrics: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for phase in (*PHASES, "Stopping"):
            seconds = getattr(self, phase.lower())
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
                raise TypeError(f"{phase.lower()} must be a number of seconds, not {seconds!r}")
            if not (seconds >= 0 and math.isfinite(seconds)):
                raise ValueError(f"{phase.lower()} must be 0 or more seconds, not {seconds!r}")
        if self.fails_in not in PHASES:
            raise ValueError(f"fails_in must be one of {', '.join(PHASES)}, not {self.fails_in!r}")
        if not isinstance(self.failure, str | None):
            raise TypeError(f"failure must be a string, not {self.failure!r}")
        if not isinstance(self.metrics, Mapping):
            raise TypeError(f"metrics must be numbers by name, not {self.metrics!r}")
        for name, value in self.metrics.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"the metric {name} must be a number, not {value!r}")


Chooser: TypeAlias = Callable[[str, Mapping[str, Any]], Outcome]


class Plan:
    """Chooses outcomes by a glob on the job's name; the rule that was added last goes first."""

    def __init__(self, default: Outcome | None = None, rules: Mapping[str, Outcome] | None = None) -> None:
        self.default = default or Outcome()
        self._rules = list((rules or {}).items())
        self._lock = threading.Lock()

    def add(self, pattern: str, outcome: Outcome) -> None:
        """Let jobs created from now on whose name matches `pattern` (`*`, `?`, `[...]`) go as `outcome` says."""
        with self._lock:
            self._rules = [*self._rules, (pattern, outcome)]

    def __call__(self, name: str, request: Mapping[str, Any]) -> Outcome:
        """Return the outcome of the job `name`; `request` is for choosers that need more."""
        return next((out for pattern, out in reversed(self._rules) if fnmatchcase(name, pattern)), self.default)


def plan_from_options(phase_seconds: str | None = None, fail: Sequence[str] = ()) -> Plan:
    """Read a plan from a command line's options. Raises ValueError, with words for the user, for what it cannot read.

    `phase_seconds` is one number for all phases or four with commas (starting, downloading, training, uploading);
    each of `fail` is `GLOB=reason`.
    """
    default = Outcome()
    if phase_seconds is not None:
        try:
            numbers = [float(part) for part in phase_seconds.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) not in (1, len(PHASES)):
            raise ValueError(f"phase seconds are one number or four with commas, not {phase_seconds!r}")
        starting, downloading, training, uploading = numbers * (len(PHASES) // len(numbers))
        default = Outcome(starting, downloading, training, uploading)
    plan = Plan(default)
    for option in fail:
        pattern, separator, reason = option.partition("=")
        if not (pattern and separator and reason):
            raise ValueError(f"a failure is GLOB=reason, not {option!r}")
        plan.add(pattern, replace(default, failure=reason))
    return plan
