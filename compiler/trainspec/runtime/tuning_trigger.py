"""Waiting for tuning jobs in the triggerer. They share a separate poller."""

from typing import ClassVar

from trainspec.runtime.engine.kinds import JobKind
from trainspec.runtime.engine.tuning import TUNING
from trainspec.runtime.trigger import TrainingJobTrigger, TrainingJobWatch


class TuningJobTrigger(TrainingJobTrigger):
    """Waits until a tuning job has ended or a deadline has passed, and fires once. See TrainingJobTrigger."""

    kind: ClassVar[JobKind] = TUNING


class TuningJobWatch(TrainingJobWatch):
    """The same wait for a tuning job that is somebody else's: it is never stopped."""

    kind: ClassVar[JobKind] = TUNING
