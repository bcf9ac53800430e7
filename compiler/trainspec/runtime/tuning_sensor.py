"""The sensor of tuning jobs that something else started."""

from typing import TYPE_CHECKING

from trainspec.runtime.sensor import TrainingJobSensor

if TYPE_CHECKING:
    from trainspec.runtime.engine.kinds import JobKind
    from trainspec.runtime.trigger import TrainingJobWatch


class TuningJobSensor(TrainingJobSensor):
    """Wait until a tuning job has completed, as TrainingJobSensor does for a training job.

    XCom: the tuning job's name as `return_value`; `arn`, `output`, `model`, `metrics` and `best`, as for a
    TuningJobOperator.
    """

    ui_color = "#e6e0fa"

    @property
    def job_kind(self) -> "JobKind":
        """The kind of job that the sensor waits for."""
        from trainspec.runtime.engine.tuning import TUNING

        return TUNING

    def _watch(self) -> "type[TrainingJobWatch]":
        from trainspec.runtime.tuning_trigger import TuningJobWatch

        return TuningJobWatch
