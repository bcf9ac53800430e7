"""The Airflow operator of tuning jobs: one task run is one SageMaker hyperparameter tuning job."""

from typing import TYPE_CHECKING, Any

from trainspec.runtime.links import TUNING_LINKS
from trainspec.runtime.operator import TrainingJobOperator

if TYPE_CHECKING:
    from trainspec.runtime.attempt import Attempt
    from trainspec.runtime.engine.kinds import JobKind


class TuningJobOperator(TrainingJobOperator):
    """Run a SageMaker hyperparameter tuning job, and exactly one for each run of the task.

    The guarantees and the arguments are those of `TrainingJobOperator`; `config` is the CreateHyperParameterTuningJob
    request, and names have at most 32 characters. A tuning job that is stopped stops its training jobs.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html

    XCom: the tuning job's name as `return_value`; `arn`, `output` (S3 path), and of its best training job `model` (S3
    path), `metrics` (name to value) and `best`: a map of its `name`, `arn`, `model`, the objective's `metric` and value
    (`objective`), and its `hyperparameters`.

    A tuning job that has used up its `MaxRuntimeInSeconds` also counts as completed if one of its training jobs has.
    """

    operator_extra_links: tuple[Any, ...] = TUNING_LINKS
    ui_color = "#e6e0fa"

    @property
    def job_kind(self) -> "JobKind":
        """The kind of job that the task runs."""
        from trainspec.runtime.engine.tuning import TUNING

        return TUNING

    def _attempt_in(self, context: Any) -> "Attempt":
        from trainspec.runtime.tuning_attempt import TuningAttempt

        return TuningAttempt(self, context)
