"""One try of a task that runs a tuning job."""

from typing import TYPE_CHECKING, ClassVar

from trainspec.runtime.attempt import Attempt
from trainspec.runtime.engine.kinds import JobKind
from trainspec.runtime.engine.tuning import TUNING

if TYPE_CHECKING:
    from trainspec.runtime.trigger import TrainingJobTrigger


class TuningAttempt(Attempt):
    """What a TuningJobOperator does in one try."""

    kind: ClassVar[JobKind] = TUNING

    def _trigger(self) -> "type[TrainingJobTrigger]":
        from trainspec.runtime.tuning_trigger import TuningJobTrigger

        return TuningJobTrigger
