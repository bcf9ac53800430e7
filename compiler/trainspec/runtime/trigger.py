"""Waiting in the triggerer: a deferred task occupies no worker slot."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from trainspec.runtime.airflow_compat import AIRFLOW_2, is_awaited, is_users_doing
from trainspec.runtime.clients import sagemaker
from trainspec.runtime.engine.calls import BackOff, CallAnswer
from trainspec.runtime.engine.job import OVERDUE
from trainspec.runtime.engine.poller import Poller, shared
from trainspec.runtime.engine.problems import TrainingProblem

# on_kill has a bound in Airflow, and there is nobody to tell but the triggerer's log.
_KILL_BACK_OFF = BackOff(first=0.5, ceiling=5.0, patience=30.0)


class TrainingJobTrigger(BaseTrigger):
    """Waits until a training job has ended or a deadline has passed, and fires once.

    All triggers of one connection and region share the calls to AWS (see `poller`).

    The event says which job, until when, and why it is time to look: `why` is "ended", "overdue" or what went wrong.
    The operator then asks SageMaker itself.

    :param job_name: a job that exists.
    :param check_interval: seconds between two looks.
    :param deadline: seconds since the epoch, or None. A point in time, so that neither a new deferral nor a restart
        of the triggerer starts the wait anew.
    :param created: when the job was created, in seconds since the epoch, as far as that is known.
    """

    def __init__(
        self,
        job_name: str,
        aws_conn_id: str | None,
        region_name: str | None,
        check_interval: float,
        deadline: float | None,
        created: float | None = None,
    ) -> None:
        super().__init__()
        self.job_name = job_name
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.check_interval = check_interval
        self.deadline = deadline
        self.created = created
        self._stopping: asyncio.Task[None] | None = None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments from which another triggerer makes this trigger again."""
        arguments = ("job_name", "aws_conn_id", "region_name", "check_interval", "deadline", "created")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in arguments}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event, when there is something to look at."""
        try:
            why = await _apart(self._wait())
        except (CallAnswer, TrainingProblem) as problem:  # raised in here, it would become a failure without a word
            why = problem.text
            await asyncio.sleep(self.check_interval)  # the operator may see the job well, and defer to us again
        except asyncio.CancelledError as cancelled:
            if self.trigger_id is None:  # no triggerer's, but that of `airflow dags test`, and somebody pressed Ctrl-C
                await _to_the_end(self._stop())
            elif AIRFLOW_2:
                await _to_the_end(self._stop_unless_awaited())
            elif is_users_doing(cancelled):  # on_kill may not be called: see there
                self._begin_to_stop()
            raise
        yield TriggerEvent({"job_name": self.job_name, "deadline": self.deadline, "why": why})

    async def on_kill(self) -> None:
        """Stop the job: a user cleared the deferred task or set its state. Called by Airflow 3.3 and later.

        Not always, though: Airflow first writes a line into the log, and cancels the trigger a second time after about
        a second. On a busy triggerer that is sooner than the line is written, and nothing more is called. So `run`
        begins by itself; and Airflow may give up to wait here, but the work goes on.
        """
        await asyncio.shield(self._begin_to_stop())

    def _begin_to_stop(self) -> asyncio.Task[None]:
        self._stopping = self._stopping or _detached(self._stop())
        return self._stopping

    async def _stop(self) -> None:
        try:
            async with self._poller() as poller:
                await poller.call("stop_training_job", {"TrainingJobName": self.job_name}, back_off=_KILL_BACK_OFF)
        except CallAnswer:
            return  # it has ended
        except TrainingProblem:
            self.log.exception("Training job %s could not be stopped and may be running still", self.job_name)
            return
        self.log.warning("Stopping training job %s: its task was told to end", self.job_name)

    async def _stop_unless_awaited(self) -> None:
        from asgiref.sync import sync_to_async

        if not await sync_to_async(is_awaited)(self.task_instance, self.trigger_id):
            await self._stop()

    async def _wait(self) -> str:
        left = None if self.deadline is None else max(self.deadline - time.time(), 0)
        async with self._poller() as poller:
            try:
                await asyncio.wait_for(poller.ended(self.job_name, self.check_interval, self.created), left)
            except asyncio.TimeoutError:
                return OVERDUE
        return "ended"

    def _poller(self) -> AbstractAsyncContextManager[Poller]:
        from asgiref.sync import sync_to_async

        connection = (self.aws_conn_id, self.region_name)
        return shared(connection, partial(sync_to_async(sagemaker), *connection))


class TrainingJobWatch(TrainingJobTrigger):
    """The same wait for a job that is somebody else's: nothing stops it."""

    async def _stop(self) -> None:
        """Do nothing: the job is not ours."""


_UNFINISHED: set[asyncio.Task[None]] = set()  # asyncio itself holds tasks only weakly


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`, which goes on although the awaiting task is cancelled: Airflow cancels a trigger twice."""
    await asyncio.shield(_detached(work))


def _detached(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    _UNFINISHED.add(task)
    task.add_done_callback(_UNFINISHED.discard)
    return task


async def _apart(work: Coroutine[Any, Any, str]) -> str:
    """Await `work`, which is cancelled with the awaiting task but cannot touch how that one is cancelled.

    Airflow 3.3 says in the cancellation's message that a user killed the task, and calls `on_kill` only then. What
    `work` awaits may raise a CancelledError of its own, without the message: asgiref does, while the client is made.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        raise
