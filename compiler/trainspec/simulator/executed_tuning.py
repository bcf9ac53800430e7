"""Tuning jobs whose training jobs really run, some at once, each with values drawn by chance or, for Grid, in order.

A thread of each tuning job starts what is next, and ends what may no longer run.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from trainspec.simulator.clock import Clock
from trainspec.simulator.execution import Executor
from trainspec.simulator.jobs import Job, training_job_arn
from trainspec.simulator.lifecycle import State, Transition
from trainspec.simulator.outcomes import Outcome
from trainspec.simulator.trials import drawn, parallel, training_request, trial_name
from trainspec.simulator.tuning import TuningJob

_PAUSE: Final = 0.05
"""Seconds between two checks of the training jobs."""


@dataclass
class ExecutedTuningJob(TuningJob):
    """One tuning job; its training jobs are `begun` one after the other, at most `most` if that is fewer."""

    region: str = field(kw_only=True)
    executor: Executor = field(kw_only=True)
    clock: Clock = field(kw_only=True)
    most: int | None = field(kw_only=True)
    begun: list[Job] = field(default_factory=list)
    _ending: str | None = None
    _ended: float | None = None

    def start(self) -> None:
        """Begin in the background."""
        threading.Thread(target=self._run, name=f"tuning-{self.name}", daemon=True).start()

    def trainings(self, now: float) -> list[Job]:
        """The training jobs that have been started."""
        del now
        return list(self.begun)

    def state(self, now: float) -> State:
        """The state of the tuning job."""
        del now
        steps = [Transition("Starting", self.created)]
        if self._ending is not None and self._ended is not None:
            steps.append(Transition(self._ending, self._ended))
        elif self.stop_requested is not None:
            steps.append(Transition("Stopping", self.stop_requested))
        return State(tuple(steps))

    def reports(self, job: Job) -> bool:
        """Whether the objective was found in the log of a training job."""
        return self.objective.get("MetricName") in job.metrics

    @property
    def failure(self) -> str | None:
        """Why it failed: all training jobs did, or none said how good it is."""
        if any(job.state(0).status == "Completed" for job in self.begun):
            name = self.objective.get("MetricName")
            return f"No training job reported the objective metric {name}: its expression matches nothing in the logs."
        return super().failure

    def _run(self) -> None:
        wanted = deque(enumerate(drawn(self.request)[: self.most], start=1))
        at_once = min(parallel(self.request), os.cpu_count() or 1)
        cut: str | None = None
        while True:
            running = [job for job in self.begun if not job.state(0).end]
            if cut is None and (cut := self._why_now()) is not None:
                for job in running:
                    if job.execution is not None:
                        job.execution.stop()
            while cut is None and wanted and len(running) < at_once:
                begun = self._begin(*wanted.popleft())
                if begun is None:
                    cut = "Stopped"
                else:
                    running.append(begun)
            if not running and (cut is not None or not wanted):
                break
            time.sleep(_PAUSE)
        has_result = self.best(0) is not None
        self._ending = cut or ("Completed" if has_result else "Failed")
        self._ended = self._now()

    def _begin(self, number: int, values: Mapping[str, str]) -> Job | None:
        """The next training job, begun; None if whoever runs them takes no more."""
        name = trial_name(self.request["HyperParameterTuningJobName"], number)
        request = training_request(self.request["TrainingJobDefinition"], values, name, self.arn)
        job = Job(name, training_job_arn(self.region, name), request, self._now(), Outcome(), {})
        try:
            job.execution = self.executor(request, self.region, job.arn)
        except OSError:
            return None
        job.execution.start()
        self.begun.append(job)
        return job

    def _why_now(self) -> str | None:
        """As what the tuning job ends now, before all its training jobs have run; None if it continues."""
        config: Mapping[str, Any] = self.request["HyperParameterTuningJobConfig"]
        limit = config["ResourceLimits"].get("MaxRuntimeInSeconds")
        if self.stop_requested is not None or (limit is not None and self._now() - self.created >= limit):
            return "Stopped"
        target = (config.get("TuningJobCompletionCriteria") or {}).get("TargetObjectiveMetricValue")
        best = self.best(0) if target is not None else None
        if best is None or target is None:
            return None
        sign = -1 if self.objective.get("Type") == "Minimize" else 1
        return "Completed" if sign * (self.value(best) - target) >= 0 else None

    def _now(self) -> float:
        return self.clock.now()
