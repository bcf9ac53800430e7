"""The task after a matrix of training jobs, which chooses the best point by a metric."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, BaseOperator

_KEYS = ("arn", "output", "model", "billable_seconds", "metrics")


class BestPoint(BaseOperator):
    """Pass on the results of the best of several training jobs.

    :param points: a map for each job: the `task_id` of its task, a `TrainingJobOperator` that waits for the job; the
    `gate` after it, if it has one, a `MetricGate`; and those of its `hyperparameters` that are passed on. Templated.
    :param metric: the metric that decides.
    :param goal: `max` or `min`.

    A job whose gate was not passed, or whose task was skipped, does not take part. If none is left, this task is
    skipped, and so are the tasks that wait for it.

    XCom: the name of the best job as `return_value`; `arn`, `output`, `model`, `billable_seconds`, its `metrics` and
    `hyperparameters`, and the id of its task as `point`.

    Raises AirflowFailException if no job reported the metric as a number, because another try would not change that.
    """

    template_fields: Sequence[str] = ("points",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"points": "json"}
    ui_color = "#e3f1e4"

    def __init__(self, *, points: list[dict[str, Any]], metric: str, goal: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.points = points
        self.metric = metric
        self.goal = goal

    def execute(self, context: Any) -> str:
        """Compare. Returns the name of the best job."""
        from trainspec.runtime.engine.choosing import best_of, results_of
        from trainspec.runtime.engine.problems import TrainingProblem

        ti = context["ti"]

        def pull(task_id: str, key: str = "return_value") -> Any:
            return ti.xcom_pull(task_ids=task_id, key=key)

        points = {
            each["task_id"]: each
            for each in self.points
            if pull(each["task_id"]) is not None and ("gate" not in each or pull(each["gate"]) is not None)
        }
        if not points:
            raise AirflowSkipException(
                "there is no point to choose from: all were skipped, or did not pass their gates"
            )
        reported = {task_id: pull(task_id, "metrics") for task_id in points}
        try:
            best = best_of(reported, self.metric, self.goal, lambda text: self.log.info("%s", text))
        except TrainingProblem as problem:
            raise AirflowFailException(problem.text) from None
        for key, value in results_of(points[best], {key: pull(best, key) for key in _KEYS}).items():
            ti.xcom_push(key=key, value=value)
        name: str = pull(best)
        return name
