"""The simulator as tests and the command line use it."""

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from trainspec.container.store import Store
from trainspec.simulator.clock import Clock, ScaledClock
from trainspec.simulator.endpoint import Endpoint
from trainspec.simulator.execution import Executor
from trainspec.simulator.faults import Faults
from trainspec.simulator.jobs import Account, Job
from trainspec.simulator.journal import Call, Journal
from trainspec.simulator.limits import Limits
from trainspec.simulator.outcomes import Chooser, Plan
from trainspec.simulator.server import HOST, Server

# A session loads a service's model once, which takes most of the time of making a client; making clients is not
# safe between threads.
_SESSION_LOCK = threading.Lock()


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session(aws_access_key_id="simulator", aws_secret_access_key="simulator")  # noqa: S106


class Simulator:
    """An endpoint on loopback, up from `start()` (or `with`) to `stop()`.

    `port` 0 takes a free one. `clock` is a ManualClock for tests; without it time runs `speed` times as fast as the
    wall's. `plan` says how jobs go: a Plan, or a function of a job's name and request. With `executor` jobs really run.
    With `objects`, a folder, S3 is served too: below it is a folder for each bucket.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        speed: float = 1.0,
        clock: Clock | None = None,
        plan: Chooser | None = None,
        executor: Executor | None = None,
        objects: Path | None = None,
    ) -> None:
        self.clock = clock or ScaledClock(speed)
        self.plan = plan or Plan()
        self.limits = Limits()
        self.account = Account(self.clock, self.plan, self.limits, executor)
        self.faults = Faults()
        self.journal = Journal()
        self._objects = Store(objects) if objects else None
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that the endpoint listens on."""
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The `endpoint_url` for clients."""
        return f"http://{HOST}:{self.port}"

    @property
    def jobs(self) -> list[Job]:
        """The jobs of all regions, in the order of their creation."""
        return self.account.jobs()

    @property
    def calls(self) -> list[Call]:
        """The calls so far, in the order of their answers."""
        return self.journal.calls()

    def start(self) -> "Simulator":
        """Open the port and serve in the background. Raises OSError if the port is taken."""
        self._server = Server(self._port, Endpoint(self.account, self.faults, self.journal), self._objects)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="trainspec-simulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; jobs and calls can still be read."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def reset(self) -> None:
        """Forget all jobs, calls, faults and limits; the port and the connections stay."""
        self.account.clear()
        self.journal.clear()
        self.faults.clear()
        self.limits.clear()

    def client(self, service: str = "sagemaker", region: str = "us-east-1", **options: Any) -> Any:
        """Create a boto3 client for this endpoint, with fake credentials. Needs boto3."""
        with _SESSION_LOCK:
            return _session().client(service, region_name=region, endpoint_url=self.url, **options)

    def __enter__(self) -> "Simulator":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    port: int,
    *,
    speed: float = 1.0,
    plan: Chooser | None = None,
    executor: Executor | None = None,
    objects: Path | None = None,
    ready: Callable[[Simulator], None] | None = None,
    until: threading.Event | None = None,
) -> None:
    """Serve until Ctrl-C, or until `until` is set; `ready` is called with the simulator once the port is open.

    Raises OSError if the port is taken.
    """
    with Simulator(port, speed=speed, plan=plan, executor=executor, objects=objects) as simulator:
        if ready:
            ready(simulator)
        try:
            (until or threading.Event()).wait()
        except KeyboardInterrupt:
            return
