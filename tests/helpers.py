"""What tests of several modules share."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ran:
    """What a run of the command gave."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@contextmanager
def heeding_signals() -> Iterator[None]:
    """A process that is started meanwhile heeds Ctrl-C and hang-ups, also where the tests run in the background."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
