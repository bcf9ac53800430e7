"""The training jobs of a tuning job that runs on this machine: their logs as they grow, and what became of each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.logs import CALLS_A_LOOK, CALLS_AT_THE_END, JobLog
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.engine.tuning import LIST_TRAININGS, TuningJob

_ENDED: Final = frozenset({"Completed", "Failed", "Stopped"})


@dataclass
class TrialLogs:
    """What the training jobs of the tuning job `name` say, each line after its training job's name, for `write`.

    `ask` calls an operation of SageMaker with its arguments; `logs` is a client of CloudWatch Logs.
    """

    ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
    logs: Any
    name: str
    write: Callable[[str], None]
    _open: dict[str, JobLog] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)

    def show(self) -> None:
        """Write what is new. Raises no AWS error: the next poll continues where this one stopped."""
        with suppress(CallAnswer, TrainingProblem):
            for summary in self._summaries():
                self._show(summary)

    def _summaries(self) -> Iterator[Mapping[str, Any]]:
        order = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": 100}
        asked = {TuningJob.name_member: self.name, **order}
        while True:
            page = self.ask(LIST_TRAININGS, asked)
            yield from page.get("TrainingJobSummaries") or ()
            if not (token := page.get("NextToken")):
                return
            asked["NextToken"] = token

    def _show(self, summary: Mapping[str, Any]) -> None:
        trial, status = str(summary["TrainingJobName"]), str(summary["TrainingJobStatus"])
        if trial in self._over:
            return
        if trial not in self._open:
            self._open[trial] = JobLog(self.logs, trial, lambda line: self.write(f"{trial} {line}"))
            self.write(f"{trial} started with {_values(summary)}")
        has_ended = status in _ENDED
        self._open[trial].show(CALLS_AT_THE_END if has_ended else CALLS_A_LOOK)
        if has_ended:
            del self._open[trial]
            self._over.add(trial)
            self.write(f"{trial}: {_ending(summary, status)}")


def _values(summary: Mapping[str, Any]) -> str:
    """The hyperparameters that were chosen for a training job: `depth=3, eta=0.1`."""
    tuned = summary.get("TunedHyperParameters") or {}
    return ", ".join(f"{name}={value}" for name, value in sorted(tuned.items())) or "no tuned hyperparameters"


def _ending(summary: Mapping[str, Any], status: str) -> str:
    """What became of a training job: its status with the objective, or with why it failed."""
    if reason := summary.get("FailureReason"):
        return f"{status}: {reason}"
    final = summary.get("FinalHyperParameterTuningJobObjectiveMetric")
    if final:
        return f"{status}, {final['MetricName']} {final['Value']:g}"
    return f"{status}, without the objective metric in its log" if status == "Completed" else status
