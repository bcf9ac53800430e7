"""One training job's container, run as a process of this machine."""

import math
import os
import shutil
import signal
import subprocess
import tarfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TextIO

from trainspec.container.channels import ChannelError, fetch
from trainspec.container.command import CommandError, command, unpack
from trainspec.container.hosts import Process, free_port, hosts_of, under_torchrun
from trainspec.container.hyperparameters import decoded
from trainspec.container.layout import Layout
from trainspec.container.metrics import MetricReader, definitions
from trainspec.container.results import hand_over
from trainspec.container.store import Store
from trainspec.container.variables import of_the_container, of_the_toolkit_for

GRACE: Final = 20.0
"""Seconds between SIGTERM and SIGKILL. SageMaker gives 120."""
_KEPT_WORDS: Final = 5
_LONGEST_REASON: Final = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """What containers run on here.

    `folder` gets a folder for each job; `store` stands for S3; `python` runs the scripts. `inputs` are local files or
    folders by the name of the channel that they replace. `archive` writes the source archive of an S3 URI to a path,
    and answers whether it knows that URI.
    """

    folder: Path
    store: Store
    python: str
    inputs: Mapping[str, Path] = field(default_factory=dict)
    archive: Callable[[str, Path], bool] = lambda _uri, _path: False
    now: Callable[[], float] = time.time


class Container:
    """A job that runs, or has run, in a separate thread.

    `phases` are the secondary statuses so far, each with its start (seconds since the epoch); `lines` the log, each
    line with its time. Lists only grow: they are safe to read from other threads.
    """

    def __init__(self, request: Mapping[str, Any], machine: Machine, region: str, arn: str) -> None:
        self.request = request
        self.machine = machine
        self.region = region
        self.arn = arn
        self.layout = Layout(machine.folder / request["TrainingJobName"])
        self.phases: list[tuple[str, float]] = [("Starting", machine.now())]
        self.lines: list[tuple[float, str]] = []
        self.failure: str | None = None
        self._layouts: list[Layout] = []
        self._metrics = MetricReader(definitions(request))
        self._processes: list[subprocess.Popen[str]] = []
        self._lock = threading.Lock()
        self._saying = threading.Lock()  # hosts speak at the same time
        self._stopping: str | None = None
        self._last_words: deque[str] = deque(maxlen=_KEPT_WORDS)
        self._log: TextIO | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of each metric so far."""
        return {name: value for name, value in self._metrics.last.items() if math.isfinite(value)}

    def start(self) -> None:
        """Begin in the background."""
        threading.Thread(target=self._run, name=f"container-{self.request['TrainingJobName']}", daemon=True).start()

    def stop(self, ending: str = "Stopped") -> None:
        """Tell the container to end; `ending` is the secondary status that it then ends in."""
        with self._lock:
            if self._stopping is not None or self.phases[-1][0] in ("Completed", "Failed", "Uploading"):
                return
            self._stopping = ending
            processes = list(self._processes)
            self._phase("Stopping")
        for process in processes:
            _signal(process, signal.SIGTERM)
        if processes:
            killer = threading.Timer(GRACE, self.kill)
            killer.daemon = True
            killer.start()

    def kill(self) -> None:
        """End at once what runs, if anything does."""
        for process in self._processes:
            _signal(process, signal.SIGKILL)

    def _run(self) -> None:
        try:
            self._live()
        finally:
            if self._log is not None:
                self._log.close()

    def _live(self) -> None:
        try:
            self._phase("Downloading")
            code = self._train(self._prepare())
        except (ChannelError, CommandError, OSError, tarfile.TarError) as error:
            self._fail(f"ClientError: {error}")
            return
        try:
            self._end(code)
        except (OSError, tarfile.TarError, shutil.Error) as error:
            self._fail(f"ClientError: what the job has written cannot be kept: {error}")

    def _end(self, code: int) -> None:
        """Hand over what the scripts have written, and say how the job ended."""
        with self._lock:
            stopped = self._stopping
        if stopped is not None:
            hand_over(self.request, self._layouts, self.machine.store)
            self._phase(stopped)
        elif code:
            self._fail(self._reason(code))
        else:
            for name, reading in self._metrics.readings.items():
                if why := reading.silent:
                    self._say(f"The metric {name} {why}")
            self._phase("Uploading")
            hand_over(self.request, self._layouts, self.machine.store)
            self._phase("Completed")

    def _prepare(self) -> list[Process]:
        """The tree, the data and the code; what each host runs. Raises what `_live` knows."""
        self.layout.make()
        self._log = self.layout.log.open("w", encoding="utf-8", errors="replace", buffering=1)
        values = decoded(self.request.get("HyperParameters") or {})
        hosts = hosts_of(self.request, values, self.machine.python, _inherited(self.machine.python))
        for note in hosts.notes:
            self._note(note)
        found = [self._host(name, hosts.names, values) for name in hosts.names]
        for note in _notes(values, self.layout):
            self._note(note)
        if hosts.has_torchrun and found[0].argv[0] == self.machine.python:
            port = free_port()
            found = [
                replace(each, argv=under_torchrun(each.argv, rank, hosts, port)) for rank, each in enumerate(found)
            ]
        return found

    def _host(self, name: str, names: Sequence[str], values: Mapping[str, Any]) -> Process:
        """The tree of a host, and what it runs; hosts after the first have a folder next to the job's."""
        first = self.layout.base
        layout = self.layout if name == names[0] else Layout(first.with_name(f"{first.name}.{name}"))
        self._layouts.append(layout)
        layout.make()
        layout.describe(self.request, name, names)
        fetch(self.request, layout, self.machine.store, self.machine.inputs, self.machine.archive)
        unpack(values, layout, self.machine.store, self.machine.archive)
        argv = command(self.request, values, layout, self.machine.python)
        variables = of_the_container(self.request, layout, self.region, self.arn)
        if "sagemaker_program" in values:
            variables |= of_the_toolkit_for(self.request, layout, name, list(names), values)
        return Process(name, argv, layout.code, variables)

    def _train(self, planned: Sequence[Process]) -> int:
        """Run the processes to their end, and return the exit code of the first that failed, or 0."""
        codes: list[int] = []
        limit = self._limit()
        try:
            with self._lock:
                if self._stopping is not None:
                    return 0
                self._phase("Training")
                for each in planned:
                    self._processes.append(_begun(each, self.machine.python))
            threads = [threading.Thread(target=self._wait, args=(each, codes), daemon=True) for each in self._processes]
            for each, process in zip(planned, self._processes, strict=True):
                prefix = f"[{each.host}] " if len(planned) > 1 else ""
                threads.append(threading.Thread(target=self._follow, args=(process, prefix), daemon=True))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            limit.cancel()
            self.kill()  # what the scripts left behind
        return next((code for code in codes if code), 0)

    def _wait(self, process: "subprocess.Popen[str]", codes: list[int]) -> None:
        """Record how a process ends, and end what it left behind; if it failed, the other hosts end with it."""
        codes.append(process.wait())
        if codes[-1]:
            self.kill()
        else:
            _signal(process, signal.SIGKILL)

    def _follow(self, process: "subprocess.Popen[str]", prefix: str) -> None:
        """Store the output of a process, until nothing holds it open any more."""
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process.stdout as output:
            for line in output:
                self._say(line.rstrip("\n"), prefix)

    def _limit(self) -> threading.Timer:
        seconds = (self.request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds") or 86_400
        timer = threading.Timer(float(seconds), self.stop, ("MaxRuntimeExceeded",))
        timer.daemon = True
        timer.start()
        return timer

    def _reason(self, code: int) -> str:
        """FailureReason in SageMaker's form, from `output/failure` or the last lines of the log."""
        said = next(filter(None, (each.failure() for each in self._layouts)), "\n".join(self._last_words))
        killed = f"signal {-code}" if code < 0 else f"exit code: {code}"
        return f"AlgorithmError: {said[-_LONGEST_REASON:]}, {killed}"

    def _fail(self, reason: str) -> None:
        with self._lock:
            self.failure = reason
            ending = self._stopping or "Failed"
        self._phase(ending)

    def _note(self, line: str) -> None:
        """Write a line of our own to the log, which is never the reason of a failure."""
        self._say(line)
        self._last_words.clear()

    def _say(self, line: str, prefix: str = "") -> None:
        with self._saying:
            self.lines.append((self.machine.now(), f"{prefix}{line}"))
            if self._log is not None:
                with suppress(OSError):  # a full disk is the script's trouble, too, and its log is still shown
                    self._log.write(f"{prefix}{line}\n")
            self._last_words.append(f"{prefix}{line}")
            self._metrics.read(line)

    def _phase(self, secondary: str) -> None:
        self.phases.append((secondary, self.machine.now()))


def _begun(planned: Process, python: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - the user's own code, which they asked to run
        list(planned.argv),
        cwd=planned.folder,
        env={**_inherited(python), **planned.variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _notes(values: Mapping[str, Any], layout: Layout) -> list[str]:
    """What differs here from SageMaker, as lines of the log."""
    notes = []
    if (layout.code / "requirements.txt").is_file():
        notes.append(
            "requirements.txt is not installed here: the Python that runs the script must already have the packages"
        )
    entry = layout.code / str(values.get("sagemaker_program", ""))
    if entry.is_file() and b"/opt/ml" in entry.read_bytes():
        notes.append(
            f"{entry.name} uses /opt/ml, which exists only in SageMaker: read SM_MODEL_DIR and similar variables"
        )
    return notes


def _inherited(python: str) -> dict[str, str]:
    """The variables of our own process, without AWS's; the script's Python is the first in PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SM_"))}
    folder = str(Path(python).parent) if os.sep in python else ""
    return {**kept, "PATH": os.pathsep.join(filter(None, (folder, kept.get("PATH")))), "PYTHONUNBUFFERED": "1"}


def _signal(process: "subprocess.Popen[str]", number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return
