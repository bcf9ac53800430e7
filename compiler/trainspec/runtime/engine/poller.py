"""Shared by all waits of one triggerer: a poller for each connection and region, with a call for each page.

A round reads ListTrainingJobs from the newest job back, a hundred jobs per call, as long as that saves calls, and
informs each waiter that its job has ended, or that it must call DescribeTrainingJob itself. It does not filter by
status: AWS pages first and filters afterwards, so a filter saves no call, while it hides how jobs end and how far back
a page reaches.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html

No Airflow here. boto's blocking calls run in a few threads, never on the event loop.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from trainspec.runtime.engine.calls import BackOff, CallAnswer, Clock, Patience, ahead, whole
from trainspec.runtime.engine.job import ENDED
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.problems import Fault, Kind, TrainingProblem

_LOG = logging.getLogger(__name__)

_PAGE: Final = 100  # AWS's maximum
_THREADS: Final = 8  # a boto client keeps ten connections
_ROUNDS_UNLISTED: Final = 10
# A new job may not be visible yet. Its creation shows that there are credentials.
_PASSING: Final = frozenset({Fault.TRANSIENT, Fault.MISSING, Fault.RENEWAL})

Connect: TypeAlias = Callable[[], Awaitable[Any]]
"""Creates a boto3 SageMaker client that does not retry by itself."""


@dataclass(eq=False)
class _Waiter:
    """A wait for the end of job `name`. Times are the event loop's, except `created`."""

    name: str
    interval: float
    created: float
    """When the job was created, in seconds since the epoch; 0 if that is not known."""
    due: float = inf
    unlisted_until: float = -inf
    """Until when one call for this job costs less than paging back as far as its creation."""
    news: asyncio.Future[bool] = field(init=False)
    """True: the job has ended. False: the waiter must check it itself."""


class Poller:
    """Waits for jobs of one kind, connection and region, on one event loop. Use it through `shared`."""

    def __init__(self, connect: Connect, kind: JobKind = TRAINING) -> None:
        self.users = 0
        self.kind = kind
        self.ahead = 0.0
        """Seconds that AWS's clock is ahead of ours, by its last response."""
        self._connect = connect
        self._connecting: asyncio.Task[Any] | None = None
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="trainspec-poller")
        self._waiters: set[_Waiter] = set()
        self._rounds: asyncio.Task[None] | None = None
        self._sleeps_until = inf
        self._earlier = asyncio.Event()

    async def ended(self, name: str, interval: float, created: float | None = None) -> None:
        """Return when job `name` has ended, at most about `interval` seconds after its end.

        The first poll is after one interval, or at once if `created` is not known. Raises `TrainingProblem` and
        `CallAnswer` if AWS rejects the call, and `TrainingProblem` if the poller itself failed.
        """
        waiter = _Waiter(name, interval, created or 0.0)
        await self._client()  # in the context of the caller, not in that of the rounds
        ask = created is None
        while ask or not await self._news(waiter):
            ask = False
            kind = self.kind
            job = kind.job.described(await self.call(kind.describe, {kind.name: name}, needs=kind.arn))
            if job.ended:
                return
            waiter.created = job.created or waiter.created

    async def call(
        self, operation: str, arguments: Mapping[str, Any], *, needs: str = "", back_off: BackOff | None = None
    ) -> Any:
        """Return the response of `operation`, a method of the client, as `Calls` does, off the event loop."""
        loop = asyncio.get_running_loop()
        patience = Patience(operation, Clock(loop.time), back_off or BackOff(), {}, _PASSING)
        while True:
            method = getattr(await self._client(), operation)
            try:
                answer = whole(await loop.run_in_executor(self._threads, partial(method, **arguments)), needs)
            except Exception as error:
                try:
                    delay, text = patience.after(error)
                except TrainingProblem:
                    self._connecting = None  # the connection may have been given other credentials
                    raise
            else:
                self.ahead = ahead(answer, time.time(), self.ahead)
                return answer
            _LOG.warning("%s: %s. Retrying in %.1f seconds", operation, text, delay)
            await asyncio.sleep(delay)

    def close(self) -> None:
        """End the poller's task, and its threads when they are idle."""
        for task in (self._rounds, self._connecting):
            if task is not None:
                task.cancel()
        self._threads.shutdown(wait=False)

    async def _client(self) -> Any:
        """Return the client, created once for all callers."""
        connecting = self._connecting = self._connecting or asyncio.ensure_future(self._connect())
        try:
            return await asyncio.shield(connecting)
        except Exception as error:
            if self._connecting is connecting:
                self._connecting = None
            text = f"Cannot create a SageMaker client: {type(error).__name__}: {error}"
            raise TrainingProblem(Kind.RETRY, text) from error

    async def _news(self, waiter: _Waiter) -> bool:
        """Return whether the job of `waiter` has ended (True), or the waiter must check it itself (False)."""
        loop = asyncio.get_running_loop()
        waiter.due, waiter.news = loop.time() + waiter.interval, loop.create_future()
        self._waiters.add(waiter)
        if self._rounds is None or self._rounds.done():
            # In a separate context: its log lines belong to no single task.
            self._rounds = Context().run(asyncio.create_task, self._go_round())
        elif waiter.due < self._sleeps_until:
            self._earlier.set()
        try:
            return await waiter.news
        finally:
            self._waiters.discard(waiter)

    async def _go_round(self) -> None:
        """Run rounds as long as there are waiters. However it ends, no waiter keeps waiting."""
        why = "it was ended"
        try:
            while self._waiters:
                await self._sleep()
                await self._round(asyncio.get_running_loop().time())
        except Exception as error:
            _LOG.exception("The poller of training jobs broke")
            why = f"{type(error).__name__}: {error}"
        finally:
            problem = TrainingProblem(Kind.RETRY, f"The shared poller failed: {why}")
            for waiter in self._waiters:
                if not waiter.news.done():
                    waiter.news.set_exception(problem)

    async def _sleep(self) -> None:
        """Return when the first waiter is due, or when there are none left."""
        while self._waiters:
            self._sleeps_until = min(waiter.due for waiter in self._waiters)
            left = self._sleeps_until - asyncio.get_running_loop().time()
            if left <= 0:
                return
            self._earlier.clear()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._earlier.wait(), left)

    async def _round(self, now: float) -> None:
        """Serve all waiters that are due at `now`, and in the same calls those that will be due soon."""
        due = {waiter for waiter in self._waiters if waiter.due <= now}
        soon = {waiter for waiter in self._waiters if waiter.due <= now + waiter.interval / 2}
        listed = {waiter for waiter in soon if waiter.unlisted_until <= now}
        if len(listed) > 1:  # for one job, a page costs as much as a describe call
            try:
                await self._list(listed, now)
            except (CallAnswer, TrainingProblem) as problem:
                _LOG.warning("Checking each of %d %ss separately: %s", len(listed), self.kind.noun, problem)
                _leave_unlisted(listed, now)
        for waiter in due | listed:
            if waiter.due <= now + waiter.interval / 2:  # not seen in the list
                self._notify(waiter, ended=False)

    async def _list(self, wanted: set[_Waiter], now: float) -> None:
        """Page through the jobs for as long as that costs fewer calls than describing each job that is `wanted`.

        Every waiter whose job is listed is served. Those whose pages were not worth it are not listed for some rounds.
        """
        named: dict[str, list[_Waiter]] = {}
        for waiter in self._waiters:
            named.setdefault(waiter.name, []).append(waiter)
        arguments = {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": _PAGE}
        back_off = BackOff(patience=min(waiter.interval for waiter in wanted))
        wanted, saved, most_saved = set(wanted), 0, 0  # calls saved up to this page, and up to the best one
        too_far: set[_Waiter] = set()
        while wanted:
            page = await self.call(self.kind.list, arguments, needs=self.kind.summaries, back_off=back_off)
            summaries = page[self.kind.summaries]
            seen = self._serve(named, summaries, now)
            saved += len(seen & wanted) - 1
            too_far = set() if saved > most_saved else too_far | seen & wanted
            most_saved = max(saved, most_saved)
            wanted -= seen
            if "NextToken" not in page:
                break
            # A page may be empty and not the last. A waiter whose job should have been listed must check: AWS may lag.
            back_to = min((summary["CreationTime"].timestamp() for summary in summaries), default=inf)
            wanted = {waiter for waiter in wanted if waiter.created <= back_to}
            if most_saved - saved >= len(wanted):
                too_far |= wanted
                break
            arguments = {**arguments, "NextToken": page["NextToken"]}
        _leave_unlisted(too_far, now)

    def _serve(self, named: Mapping[str, list[_Waiter]], summaries: list[dict[str, Any]], now: float) -> set[_Waiter]:
        """Notify waiters whose job in `summaries` has ended; the others are due in one interval. Returns both."""
        seen = set()
        for summary in summaries:
            for waiter in named.get(summary[self.kind.name], ()):
                seen.add(waiter)
                waiter.due = now + waiter.interval
                if summary[self.kind.status] in ENDED:
                    self._notify(waiter, ended=True)
        return seen

    def _notify(self, waiter: _Waiter, ended: bool) -> None:
        self._waiters.discard(waiter)
        if not waiter.news.done():  # it may have been cancelled
            waiter.news.set_result(ended)


def _leave_unlisted(waiters: Collection[_Waiter], now: float) -> None:
    for waiter in waiters:
        waiter.unlisted_until = now + _ROUNDS_UNLISTED * waiter.interval


_POLLERS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Poller]] = WeakKeyDictionary()


@asynccontextmanager
async def shared(key: Hashable, connect: Connect, kind: JobKind = TRAINING) -> AsyncIterator[Poller]:
    """Provide the poller of `key` on this event loop, created for the first caller and closed after the last.

    `key` identifies connection, region and kind.
    """
    pollers = _POLLERS.setdefault(asyncio.get_running_loop(), {})
    poller = pollers[key] = pollers.get(key) or Poller(connect, kind)
    poller.users += 1
    try:
        yield poller
    finally:
        poller.users -= 1
        if not poller.users:
            del pollers[key]
            poller.close()
