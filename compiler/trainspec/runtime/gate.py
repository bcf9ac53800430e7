"""The gate after a training job: tasks that wait for it run only if the job's metrics are good enough."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, BaseOperator


class MetricGate(BaseOperator):
    """Let the DAG continue only if the metrics of a training job meet all conditions.

    Otherwise this task is skipped, and so are the tasks that wait for it, unless their trigger rule, such as
    `all_done` or `none_failed_min_one_success`, lets them run.

    :param training_task_id: the task of the job, a `TrainingJobOperator` that waits for its end.
    :param conditions: maps of a `metric` (its name) and one or more of `at_least`, `at_most`, `above` and `below`.
        Templated; a limit may be a string that renders to a number.

    XCom: the metrics that were compared, by name, as `return_value`.

    Raises AirflowFailException if the job did not report a metric, or if the metric or a limit is not a number,
    because another try would not change that.
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
