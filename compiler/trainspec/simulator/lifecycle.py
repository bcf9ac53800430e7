"""The state of a job at a moment, calculated from its request, its outcome and the clock. No threads, no state.

The phases and their words follow
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SecondaryStatusTransition.html.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainspec.simulator.outcomes import PHASES, Outcome

# secondary status → (TrainingJobStatus, status message)
STATUSES = {
    "Starting": ("InProgress", "Preparing the instances for training"),
    "Downloading": ("InProgress", "Downloading the training image"),
    "Training": ("InProgress", "Training image download completed. Training in progress."),
    "Uploading": ("InProgress", "Uploading generated training model"),
    "Completed": ("Completed", "Training job completed"),
    "Failed": ("Failed", "Training job failed"),
    "Stopping": ("Stopping", "Stopping the training job"),
    "Stopped": ("Stopped", "Training job stopped"),
    "MaxRuntimeExceeded": ("Stopped", "Training job runtime exceeded MaxRuntimeInSeconds provided"),
    "MaxWaitTimeExceeded": ("Stopped", "Training job exceeded MaxWaitTimeInSeconds provided"),
}
ENDED = {"Completed", "Failed", "Stopped"}

# The part of a spot job's training time that is billed, so that savings show.
_SPOT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Transition:
    """The start of a secondary status, in seconds since the epoch."""

    secondary: str
    start: float


@dataclass(frozen=True, slots=True)
class State:
    """A job at a moment: the transitions so far, the latest last. Never empty."""

    transitions: tuple[Transition, ...]

    @property
    def secondary(self) -> str:
        """SecondaryStatus."""
        return self.transitions[-1].secondary

    @property
    def status(self) -> str:
        """TrainingJobStatus."""
        return STATUSES[self.secondary][0]

    @property
    def modified(self) -> float:
        """When the status changed last."""
        return self.transitions[-1].start

    @property
    def training_start(self) -> float | None:
        """When the instances were ready and billing began, or None before that."""
        return self.start_of("Downloading")

    @property
    def end(self) -> float | None:
        """When the job ended, or None while it has not."""
        return self.modified if self.status in ENDED else None

    def start_of(self, secondary: str) -> float | None:
        """When `secondary` began, or None if it has not."""
        return next((step.start for step in self.transitions if step.secondary == secondary), None)


def state_at(
    now: float, created: float, request: Mapping[str, Any], outcome: Outcome, stop_requested: float | None
) -> State:
    """Work out the state at `now` of a job created at `created`; times are seconds since the epoch."""
    steps = _undisturbed(created, outcome)
    cut, ending = _interruption(steps, request, stop_requested)
    if cut < steps[-1].start:
        steps = [step for step in steps if step.start <= cut]
        steps += [Transition("Stopping", cut), Transition(ending, cut + outcome.stopping)]
    # The first step exists even for a clock that is behind the job's creation.
    return State((steps[0], *(step for step in steps[1:] if step.start <= now)))


def _undisturbed(created: float, outcome: Outcome) -> list[Transition]:
    """Every transition of a job that is not stopped."""
    steps, moment = [], created
    for phase in PHASES:
        steps.append(Transition(phase, moment))
        moment += getattr(outcome, phase.lower())
        if outcome.failure is not None and phase == outcome.fails_in:
            return [*steps, Transition("Failed", moment)]
    return [*steps, Transition("Completed", moment)]


def _interruption(
    steps: list[Transition], request: Mapping[str, Any], stop_requested: float | None
) -> tuple[float, str]:
    """When the job is first asked to stop, and how it then ends; infinitely late if it is not.

    MaxRuntimeInSeconds counts from the instances' start to the end of training, MaxWaitTimeInSeconds from creation.
    """
    limits = request.get("StoppingCondition", {})
    candidates = [(stop_requested if stop_requested is not None else math.inf, "Stopped")]
    starts = {step.secondary: step.start for step in steps}
    if "MaxRuntimeInSeconds" in limits and "Downloading" in starts:
        expires = starts["Downloading"] + limits["MaxRuntimeInSeconds"]
        if expires < starts.get("Uploading", math.inf):
            candidates.append((expires, "MaxRuntimeExceeded"))
    if "MaxWaitTimeInSeconds" in limits and request.get("EnableManagedSpotTraining"):
        candidates.append((steps[0].start + limits["MaxWaitTimeInSeconds"], "MaxWaitTimeExceeded"))
    return min(candidates)


def training_seconds(state: State, now: float) -> int | None:
    """TrainingTimeInSeconds at `now`, of an ended job one at least; None before the instances have started.

    The SDK divides by it: https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/session.py
    """
    start = state.training_start
    if start is None:
        return None
    return max(1, round(state.end - start)) if state.end else round(now - start)


def billable_seconds(state: State, request: Mapping[str, Any]) -> int | None:
    """BillableTimeInSeconds of an ended job: wall-clock seconds, fewer for spot; None while it runs or never ran."""
    if state.end is None or state.training_start is None:
        return None
    share = _SPOT_SHARE if request.get("EnableManagedSpotTraining") else 1
    return math.ceil((state.end - state.training_start) * share)
