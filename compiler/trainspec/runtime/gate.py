"""The gate behind a training job: what waits for it runs only where the job's metrics are good enough."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, BaseOperator

_BOUNDS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "at_least": (operator.ge, "at least"),
    "at_most": (operator.le, "at most"),
    "above": (operator.gt, "above"),
    "below": (operator.lt, "below"),
}


class MetricGate(BaseOperator):
    """Let the DAG go on only where the metrics of a training job meet all conditions.

    Where they do not, this task is skipped, and so is what waits for it, unless a trigger rule such as `all_done` or
    `none_failed_min_one_success` lets that run all the same.

    :param training_task_id: the task of the job, a `TrainingJobOperator` that waits for its end.
    :param conditions: maps of a `metric` (its name) and one or more of `at_least`, `at_most`, `above` and `below`.
        Templated; a bound may be a text that is a number when rendered.

    XCom: the metrics that were compared, by name, as `return_value`.

    Raises AirflowFailException where the job did not report a metric, or reported one that is no number, and where a
    bound is no number: no other try would mend that.
    """

    template_fields: Sequence[str] = ("conditions",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"conditions": "json"}
    ui_color = "#f5efd9"

    def __init__(self, *, training_task_id: str, conditions: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.training_task_id = training_task_id
        self.conditions = conditions

    def execute(self, context: Any) -> dict[str, float]:
        """Compare. Returns the metrics by name."""
        reported = context["ti"].xcom_pull(task_ids=self.training_task_id, key="metrics") or {}
        metrics = {each["metric"]: _metric(each["metric"], reported) for each in self.conditions}
        unmet = []
        for name, words, met in (each for condition in self.conditions for each in _compared(condition, metrics)):
            self.log.info("%s is %s, and must be %s: %s", name, metrics[name], words, "yes" if met else "no")
            if not met:
                unmet.append(f"{name} is {metrics[name]}, not {words}")
        if unmet:
            raise AirflowSkipException(f"{self.training_task_id}: {'; '.join(unmet)}")
        return metrics


def _metric(name: str, reported: Mapping[str, float | None]) -> float:
    if name not in reported:
        known = ", ".join(sorted(reported)) or "none at all"
        raise AirflowFailException(f"the job reported no metric {name!r}; it reported {known}")
    value = reported[name]
    if value is None:
        raise AirflowFailException(f"the metric {name!r} is no number that could be compared (NaN or infinite)")
    return value


def _compared(condition: Mapping[str, Any], metrics: Mapping[str, float]) -> Iterator[tuple[str, str, bool]]:
    """For each bound of a condition: the metric, the bound in words, whether it is met."""
    for key, (compare, words) in _BOUNDS.items():
        if key in condition:
            bound = _number(condition[key], f"{key} of {condition['metric']!r}")
            yield condition["metric"], f"{words} {bound}", compare(metrics[condition["metric"]], bound)


def _number(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise AirflowFailException(f"{what} must be a number, and is {value!r}")
    return number
