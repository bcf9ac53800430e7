"""What tests of several modules share."""

from collections.abc import Callable
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
