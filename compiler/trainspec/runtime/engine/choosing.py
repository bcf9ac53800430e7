"""Which point of a matrix is the best, by a metric that its training job reported. No Airflow here."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from trainspec.runtime.engine.problems import Kind, TrainingProblem

_BETTER: Final[Mapping[str, Callable[[float, float], bool]]] = {"max": operator.gt, "min": operator.lt}


def best_of(
    reported: Mapping[str, Mapping[str, float | None] | None], metric: str, goal: str, say: Callable[[str], None]
) -> str:
    """Return the task id of the best point; the first one if several are equal.

    `reported` has the metrics of each point in the order of the spec, None if its job has none. A point that reported
    no finite number cannot be the best; `say` reports it. `goal` is max or min. Raises a fatal `TrainingProblem` if no
    point can be the best.
    """
    best: tuple[str, float] | None = None
    for task_id, metrics in reported.items():
        value = (metrics or {}).get(metric)
        if value is None:
            say(f"{task_id} reported no number for {metric}: it cannot be the best")
            continue
        say(f"{task_id}: {metric} is {value}")
        if best is None or _BETTER[goal](value, best[1]):
            best = (task_id, value)
    if best is None:
        known = ", ".join(sorted({name for each in reported.values() for name in each or ()})) or "none at all"
        raise TrainingProblem(Kind.FATAL, f"no point reported a number for the metric {metric!r}; metrics: {known}")
    say(f"{best[0]} is the best: {metric} is {best[1]}")
    return best[0]


def results_of(point: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of `point` that the task which chose it passes on: those of its job, and its id."""
    found = {key: value for key, value in made.items() if key != "return_value" and value is not None}
    return {**found, "hyperparameters": dict(point.get("hyperparameters") or {}), "point": point["task_id"]}
