"""Waiting in the triggerer: a deferred task occupies no worker slot."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, ClassVar

from airflow.triggers.base import BaseTrigger, TriggerEvent
from trainspec.runtime.airflow_compat import HAS_DATABASE, has_kill_hook, is_awaited, is_deferred, is_users_doing
from trainspec.runtime.clients import sagemaker
from trainspec.runtime.engine.calls import BackOff, CallAnswer
from trainspec.runtime.engine.identity import Relation
from trainspec.runtime.engine.job import OVERDUE
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.label import decode, signature, signs_by_tag
from trainspec.runtime.engine.poller import Poller, shared
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.installation import is_here

# Airflow limits the time of on_kill, and only the triggerer's log can show that.
_KILL_BACK_OFF = BackOff(first=0.5, ceiling=5.0, patience=30.0)


class TrainingJobTrigger(BaseTrigger):
    """Waits until a training job has ended or a deadline has passed, and fires once.

    All triggers of one connection and region share the calls to AWS (see `poller`).

    The event contains the job's name, the deadline, and why the job should be checked: `why` is "ended", "overdue" or
    what went wrong. The operator then calls SageMaker itself.

    :param job_name: a job that exists.
    :param check_interval: seconds between two polls.
    :param deadline: seconds since the epoch, or None. A point in time, so that neither a new deferral nor a restart
        of the triggerer restarts the wait.
    :param created: when the job was created, in seconds since the epoch, if that is known.
    :param label: the label of the try that waits: only its own job is stopped. Empty if the trigger was created by a
        release that did not pass it on.
    """

    kind: ClassVar[JobKind] = TRAINING

    def __init__(
        self,
        job_name: str,
        aws_conn_id: str | None,
        region_name: str | None,
        check_interval: float,
        deadline: float | None,
        created: float | None = None,
        label: str = "",
    ) -> None:
        super().__init__()
        self.job_name = job_name
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name
        self.check_interval = check_interval
        self.deadline = deadline
        self.created = created
        self.label = label
        self._stopping: asyncio.Task[None] | None = None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments from which another triggerer recreates this trigger."""
        arguments = ("job_name", "aws_conn_id", "region_name", "check_interval", "deadline", "created", "label")
        return f"{type(self).__module__}.{type(self).__name__}", {name: getattr(self, name) for name in arguments}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event, when the job should be checked."""
        try:
            why = await _apart(self._wait())
        except (CallAnswer, TrainingProblem) as problem:  # raised here, it would become a failure without a message
            why = problem.text
            left = self.check_interval if self.deadline is None else max(self.deadline - time.time(), 0)
            await asyncio.sleep(min(self.check_interval, left))  # the task may see no problem, and defer again
        except asyncio.CancelledError as cancelled:
            if self.trigger_id is None:  # not in a triggerer but in `airflow dags test`, ended with Ctrl-C
                await _to_the_end(self._stop())
            elif HAS_DATABASE:
                await _to_the_end(self._stop_unless_awaited())
            elif is_users_doing(cancelled):  # on_kill may not be called: see its docstring
                self._begin_to_stop()
            elif not has_kill_hook():
                await _to_the_end(self._stop_unless_deferred())
            raise
        event = {"job_name": self.job_name, "deadline": self.deadline, "why": why, "label": self.label}
        yield TriggerEvent(event)

    async def on_kill(self) -> None:
        """Stop the job: a user cleared the deferred task or set its state. Called by Airflow 3.3 and later.

        Not always, though: Airflow first writes a line to the log, and cancels the trigger a second time after about a
        second. On a busy triggerer, that happens before the line is written, and nothing else is called. So `run`
        begins to stop the job itself; and Airflow may stop waiting here, but the work continues.
        """
        await asyncio.shield(self._begin_to_stop())

    def _begin_to_stop(self) -> asyncio.Task[None]:
        self._stopping = self._stopping or _detached(self._stop())
        return self._stopping

    async def _stop(self) -> None:
        kind = self.kind
        try:
            async with self._poller() as poller:
                described = await poller.call(
                    kind.describe, {kind.name: self.job_name}, needs=kind.arn, back_off=_KILL_BACK_OFF
                )
                if not await self._is_ours(poller, described):
                    self.log.warning(
                        "%s %s now belongs to someone else, and is left alone", kind.noun.capitalize(), self.job_name
                    )
                    return
                await poller.call(kind.stop, {kind.name: self.job_name}, back_off=_KILL_BACK_OFF)
        except CallAnswer:
            return  # it has ended
        except TrainingProblem:
            self.log.exception(
                "%s %s could not be stopped and may still be running", kind.noun.capitalize(), self.job_name
            )
            return
        self.log.warning("Stopping %s %s: its task was ended", kind.noun, self.job_name)

    async def _is_ours(self, poller: Poller, described: Mapping[str, Any]) -> bool:
        """Whether the job that has the name now is that of the waiting try: a deleted job's name is free."""
        owner, member, tags = decode(self.label), self.kind.signed_in(described), list[dict[str, str]]()
        if owner is None:
            return True
        if not is_here(owner.task_run.installation):
            return False  # this Airflow's database is a copy
        if signs_by_tag(described, member, self.kind.max_variables):
            arn = {"ResourceArn": described[self.kind.arn]}
            tags = (await poller.call("list_tags", arn, needs="Tags", back_off=_KILL_BACK_OFF))["Tags"]
        return owner.relation(signature(described, tags, member)) is Relation.SAME

    async def _stop_unless_deferred(self) -> None:
        if not await is_deferred(self.task_instance):
            await self._stop()

    async def _stop_unless_awaited(self) -> None:
        from asgiref.sync import sync_to_async

        if not await sync_to_async(is_awaited)(self.task_instance, self.trigger_id):
            await self._stop()

    async def _wait(self) -> str:
        async with self._poller() as poller:
            while True:
                # By AWS's clock, as for the job's creation, from which the deadline is counted.
                left = None if self.deadline is None else max(self.deadline - time.time() - poller.ahead, 0)
                try:
                    await asyncio.wait_for(poller.ended(self.job_name, self.check_interval, self.created), left)
                except asyncio.TimeoutError:
                    kind = self.kind
                    # Not for long: the poller would look for a job that is not visible yet until its patience ends.
                    asked = {kind.name: self.job_name}
                    await poller.call(kind.describe, asked, needs=kind.arn, back_off=_KILL_BACK_OFF)
                    if self.deadline is not None and time.time() + poller.ahead >= self.deadline:
                        return OVERDUE
                else:
                    return "ended"

    def _poller(self) -> AbstractAsyncContextManager[Poller]:
        from asgiref.sync import sync_to_async

        connection = (self.aws_conn_id, self.region_name)
        key = (*connection, self.kind.noun)
        return shared(key, partial(sync_to_async(sagemaker), *connection), self.kind)


class TrainingJobWatch(TrainingJobTrigger):
    """The same wait for a job that is somebody else's: it is never stopped."""

    async def _stop(self) -> None:
        """Do nothing: the job is not ours."""


_UNFINISHED: set[asyncio.Task[None]] = set()  # asyncio itself holds tasks only weakly


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`, which continues if the awaiting task is cancelled: Airflow cancels a trigger twice."""
    await asyncio.shield(_detached(work))


def _detached(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    _UNFINISHED.add(task)
    task.add_done_callback(_UNFINISHED.discard)
    return task


async def _apart(work: Coroutine[Any, Any, str]) -> str:
    """Await `work`, which is cancelled with the awaiting task but cannot change how that one is cancelled.

    Airflow 3.3 says in the cancellation's message that a user killed the task, and calls `on_kill` only then. Code that
    `work` awaits may raise its own CancelledError, without the message: asgiref does, while the client is created.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        raise
