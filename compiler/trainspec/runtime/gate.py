"""The gate behind a training job: what waits for it runs only where the job's metrics are good enough."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, BaseOperator


class MetricGate(BaseOperator):
    """Let the DAG go on only where the metrics of a training job meet all conditions.

    Where they do not, this task is skipped, and so is what waits for it, unless a trigger rule such as `all_done` or
    `none_failed_min_one_success` still lets that run.

    :param training_task_id: the task of the job, a `TrainingJobOperator` that waits for its end.
    :param conditions: maps of a `metric` (its name) and one or more of `at_least`, `at_most`, `above` and `below`.
        Templated; a bound may be a text that is a number when rendered.

    XCom: the metrics that were compared, by name, as `return_value`.

    Raises AirflowFailException where the job did not report a metric, or reported one that is no number, and where a
    bound is not a number: another try would not fix that.
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
        from trainspec.runtime.engine.conditions import compare, unmet
        from trainspec.runtime.engine.problems import TrainingProblem

        reported = context["ti"].xcom_pull(task_ids=self.training_task_id, key="metrics") or {}
        try:
            metrics, compared = compare(self.conditions, reported)
        except TrainingProblem as problem:
            raise AirflowFailException(problem.text) from None
        for each in compared:
            self.log.info("%s", each)
        if why := unmet(compared):
            raise AirflowSkipException(f"{self.training_task_id}: {why}")
        return metrics
