"""A run of a spec from this machine: its options, its preparation, and the run itself."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from trainspec.dag.best import points_of
from trainspec.dag.checks.params import declared_params
from trainspec.local.access import Access, Clients, clients_of
from trainspec.local.attempt import Done, LocalAttempt, Order
from trainspec.local.masking import Mask
from trainspec.local.rendering import Made, Templates, rendered, rendered_points, stand_in, unanswered
from trainspec.local.runner import Runner
from trainspec.local.steps import JOBS, State, steps_of, waiting_jobs
from trainspec.local.view import View
from trainspec.local.wish import Wish, chosen_jobs, policy_of
from trainspec.project.project import UsageError
from trainspec.request.api.model import TUNING, operation_of
from trainspec.request.bounds import bounds_of
from trainspec.request.tuned import training_request
from trainspec.runtime.engine.calls import BackOff, CallAnswer, Calls
from trainspec.runtime.engine.choosing import best_of, results_of
from trainspec.runtime.engine.identity import LOCAL_RUN, Label, TaskRun, microseconds
from trainspec.runtime.engine.of_request import kind_of
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.templates.context import Sample

if TYPE_CHECKING:
    from trainspec.language.data import JobData
    from trainspec.pipeline import Analysis

_MADE: Final = "s3://made-by-a-job-of-this-run/"
_SIMULATED_BEST: Final = 0.5
"""The metric of the best point of a simulated run: what other jobs report, too, so that gates on it are passed."""
_MOST_TASKS: Final = 16
"""How many tasks of a DAG Airflow runs at once by default."""


class LocalRun:
    """A run, checked as far as can be before anything is sent: raises UsageError for what cannot run from here.

    `asked` are the names of the metrics that gates and other jobs need.
    """

    def __init__(self, analysis: "Analysis", wish: Wish) -> None:
        now = datetime.now(timezone.utc)
        self.analysis = analysis
        self.wish = wish
        self.started = wish.resume or now
        self.run_id = f"{LOCAL_RUN}{self.started.isoformat()}"
        # Higher than that of any try before, and nobody has counted them.
        self.try_number = 2 + int((now - self.started).total_seconds()) if wish.resume else 1
        self.steps = steps_of(analysis.data, analysis.groups)
        self.chosen = chosen_jobs(analysis, wish)
        self.stop = threading.Event()
        self.mask = Mask()
        self.asked: dict[str, None] = {}
        self.clients: dict[str | None, Clients] = {}
        self.made: dict[str, Made] = {}
        self._check_waiting()
        self._check_answers()

    def connect(self, access: Access) -> None:
        """Prepare the calls to AWS, and describe the given training jobs. Raises UsageError."""
        regions = {self._region(job) for job in (*self.chosen, *self.wish.given) if job not in self.analysis.choices}
        self.clients = clients_of(sorted(regions, key=str), access)
        self.made = {job: self._made_by(job, name) for job, name in self.wish.given.items()}

    @property
    def passed_over(self) -> dict[str, list[str]]:
        """The tasks that need Airflow, by the spec's section."""
        found: dict[str, list[str]] = {}
        for step in self.steps:
            if not step.is_job and step.task_id not in self.analysis.choices:
                found.setdefault(step.section, []).append(step.task_id)
        return found

    @property
    def trials(self) -> dict[str, int | None]:
        """The tuning jobs of the run, by task id: how many training jobs each starts, None if it is not known."""
        requests = {job: each.members for job, each in self.analysis.requests.items() if job in self.chosen}
        return {job: bounds_of(each).jobs for job, each in requests.items() if operation_of(each) == TUNING}

    @property
    def compared(self) -> dict[str, dict[str, float]]:
        """Made-up metrics of the points that tasks choose among: the later ones are the better ones by a little."""
        found: dict[str, dict[str, float]] = {}
        for choice in self.analysis.choices.values():
            sign = 1 if choice.goal == "max" else -1
            points = self.analysis.groups[choice.job]
            for index, point in enumerate(points):
                value = _SIMULATED_BEST - sign * (len(points) - 1 - index) / (10 * len(points))
                found.setdefault(point, {})[choice.metric] = round(value, 4)
        return found

    def channels(self) -> dict[str, dict[str, bool]]:
        """The input channels of the jobs that run, by task id, and whether a job of the run creates their data."""
        made = {job: {**stand_in({}), "model": f"{_MADE}{job}/", "output": f"{_MADE}{job}/"} for job in self.chosen}
        found: dict[str, dict[str, bool]] = {}
        for task_id in self.analysis.requests:
            if task_id in self.chosen:
                request, _ = rendered(self._templates(task_id), made)
                archive = self.analysis.sources.get(task_id)
                found[task_id] = {
                    channel["ChannelName"]: _is_made(channel, archive.uri if archive else "")
                    for channel in training_request(request).get("InputDataConfig") or ()
                }
        return found

    def runner(self, view: View, tick: Callable[[], None]) -> Runner:
        """What runs the jobs, shows them to `view`, and calls `tick` several times a second."""
        attempted = set()

        def start(task_id: str, done: Mapping[str, Done]) -> LocalAttempt | Done:
            found = self._start(task_id, done, view)
            if isinstance(found, LocalAttempt):
                attempted.add(task_id)
            return found

        def ended(done: Done) -> None:
            if done.task_id not in attempted:  # otherwise, it has reported this itself
                view.say(f"{done.status}: {done.reason}" if done.reason else done.status, done.task_id)
            view.result(done.record)

        dag = self.analysis.data.get("dag") or {}
        return Runner(
            self.steps,
            self.chosen,
            start,
            self.stop,
            ended,
            tick,
            self.analysis.bounds,
            dag.get("max_active_tasks") or _MOST_TASKS,
            fail_fast=bool(dag.get("fail_fast")),
        )

    def _choose(self, task_id: str, done: Mapping[str, Done], made: Mapping[str, Made], view: View) -> Done:
        """The results of the task that chooses among the points of a matrix, as `BestPoint` does in Airflow."""
        choice, data = self.analysis.choices[task_id], self.analysis.data
        tasks = [
            each
            for each in self.analysis.groups[choice.job]
            if each in self.made or (each in done and done[each].state is State.SUCCESS)
        ]
        members = {name: request.members for name, request in self.analysis.requests.items()}
        sample = self._sample(task_id, {})
        points = rendered_points(points_of(data, tasks, choice, members), sample, made, self.wish.conf)
        reported = {each: made[each].get("metrics") for each in tasks}
        try:
            best = best_of(reported, choice.metric, choice.goal, lambda text: view.say(text, task_id))
        except TrainingProblem as problem:
            return Done(task_id, State.FAILED, "Failed", reason=problem.text)
        point = next(each for each in points if each["task_id"] == best)
        results = results_of(point, made[best])
        return Done(task_id, State.SUCCESS, "Chosen", {"return_value": made[best]["return_value"], **results})

    def _start(self, task_id: str, done: Mapping[str, Done], view: View) -> LocalAttempt | Done:
        made = {**self.made, **{name: each.made for name, each in done.items()}}
        if task_id in self.analysis.choices:
            return self._choose(task_id, done, made, view)
        try:
            request, conditions = rendered(self._templates(task_id), made)
        except TrainingProblem as problem:
            return Done(task_id, State.FAILED, "NotStarted", reason=problem.text)
        self.mask.add(request)
        job = self._job(task_id)
        operator = job.get("operator") or {}
        wait = self.wish.wait and operator.get("wait_for_completion", True)
        policy = policy_of(operator, self.wish)
        run = TaskRun(self.analysis.dag_id, self.run_id, task_id, started=microseconds(self.started))
        order = Order(
            task_id,
            request,
            Label.of(run, self.try_number, policy.stay(wait=wait)),
            policy,
            wait,
            operator.get("print_log", True),
            conditions,
        )
        return LocalAttempt(order, self.clients[self._region(task_id)], view, self.stop)

    def _job(self, task_id: str) -> "JobData":
        return self.analysis.data["jobs"][task_id]

    def _region(self, task_id: str) -> str | None:
        """The region that the spec names for a job; None if it is the user's."""
        region: str | None = self._job(task_id).get("region")
        return region

    def _templates(self, task_id: str) -> Templates:
        job = self._job(task_id)
        sample = self._sample(task_id, job)
        given = job.get("proceed_if") or []
        conditions = [given] if isinstance(given, Mapping) else given
        return Templates(self.analysis.requests[task_id], conditions, sample, self.wish.conf)

    def _sample(self, task_id: str, job: "JobData") -> Sample:
        params = declared_params(self.analysis.data, job)
        known = Sample(self.wish.at or self.started, run_type="scheduled" if self.wish.at else "manual")
        return known.of(self.analysis.dag_id, task_id, self.wish.airflow, params)

    def _check_waiting(self) -> None:
        """Nobody waits for a job that is only started."""
        if self.wish.wait:
            return
        for job, other in waiting_jobs(self.steps, self.chosen).items():
            raise UsageError(
                f"--no-wait does not wait for jobs to end, but `{job}` waits for `{other}`; choose the jobs to "
                "start with --job"
            )

    def _check_answers(self) -> None:
        """Before anything is sent: whether each job's request can be rendered once the jobs before it have ended."""
        made = dict.fromkeys([*self.chosen, *self.wish.given], stand_in(self.asked))
        for task_id in self.analysis.requests:
            if task_id not in self.chosen:
                continue
            self.asked |= {each["metric"]: None for each in self._templates(task_id).conditions}
            if found := unanswered(self._templates(task_id), made):
                fields = ", ".join(f"`{JOBS}.{task_id}.{field}`" for field in found.fields)
                choices = self.analysis.choices
                named = (choices[name].job if name in choices else name for name in found.jobs)
                others = [name for name in named if name in self.analysis.requests or name in self.analysis.groups]
                if others:
                    run = " ".join(f"--job {name}" for name in others)
                    take = " ".join(f"--use {name}=TRAINING_JOB" for name in others)
                    raise UsageError(
                        f"{fields} needs the results of another job: run that job, too ({run}), or use those of a "
                        f"completed training job ({take})"
                    )
                raise UsageError(
                    f"{fields} contains a template that only Airflow can render: pass what the run is triggered with "
                    "as --conf; for anything else, write ${vars.NAME} in the spec and pass --var NAME=VALUE"
                )

    def _made_by(self, task_id: str, name: str) -> Made:
        """The results of the completed training job `name`, which replaces a job of the spec."""
        clients = self.clients[self._region(task_id)]
        calls = Calls(clients.sagemaker, back_off=BackOff(patience=20.0))
        kind = kind_of(self.analysis.requests[task_id].members)
        try:
            answer = calls(kind.describe, {kind.name: name}, needs=kind.arn)
        except CallAnswer:
            raise UsageError(f"--use {task_id}={name}: there is no such {kind.noun} in {clients.region}") from None
        except TrainingProblem as problem:
            raise UsageError(f"--use {task_id}={name}: AWS says: {problem}") from None
        job = kind.job.described(answer).in_full(calls)
        if not job.completed:
            raise UsageError(f"--use {task_id}={name}: that {kind.noun} has status {job.status}, not Completed")
        return {"return_value": job.name, **job.results}


def _is_made(channel: Mapping[str, Any], archive: str) -> bool:
    """Whether the data of a channel come from a job of the run, or are its source archive."""
    uri = ((channel.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri") or ""
    return bool(uri) and (uri.startswith(_MADE) or archive.startswith(uri))
