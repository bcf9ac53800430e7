"""Faults that the endpoint simulates on demand, and that a client must survive."""

import threading
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from trainspec.simulator.errors import ApiError

# kind → the error answered instead of doing anything
REFUSALS = {
    "throttle": ApiError("ThrottlingException", "Rate exceeded"),
    "internal": ApiError("InternalFailure", "An internal error occurred.", 500),
    "unavailable": ApiError("ServiceUnavailable", "Service is unable to handle request.", 503),
    "expired": ApiError("ExpiredTokenException", "The security token included in the request is expired"),
    "denied": ApiError("AccessDeniedException", "User is not authorized to perform this operation."),
}
# kinds that break the connection: before anything is done (reset), or after the call took effect
RESET = "reset"
LOST_ANSWER = "lost_answer"
CUT_ANSWER = "cut_answer"
SLOW = "slow"
KINDS = (*REFUSALS, RESET, LOST_ANSWER, CUT_ANSWER, SLOW)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `kind` for the next `times` calls whose operation and job name match, after letting `skip` pass.

    throttle, internal, unavailable, expired, denied: the error is answered and nothing is done. reset: the connection
    is reset and nothing is done. lost_answer: the call takes effect, then the connection is reset. cut_answer: the
    call takes effect, and the connection ends in the middle of the answer's body (botocore makes an empty answer of
    it). slow: the call takes effect, and the answer comes `seconds` (of real time) later.
    """

    kind: Literal[
        "throttle", "internal", "unavailable", "expired", "denied", "reset", "lost_answer", "cut_answer", "slow"
    ]
    operation: str = "*"
    name: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if not all(isinstance(text, str) for text in (self.operation, self.name)):
            raise TypeError("operation and name are globs")
        if not (isinstance(self.times, int) and self.times >= 1 and isinstance(self.skip, int) and self.skip >= 0):
            raise ValueError("times is a whole number from 1, skip from 0")
        if not (isinstance(self.seconds, int | float) and 0 <= self.seconds <= 3600):
            raise ValueError("seconds must be between 0 and 3600")


class Faults:
    """The faults still to show, oldest first; safe to share between threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Show `fault` to the calls that it matches."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget the faults that have not been shown."""
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[Fault]:
        """Return what is left to show."""
        with self._lock:
            return list(self._faults)

    def take(self, operation: str, name: str) -> Fault | None:
        """Use up one showing of the first fault for this call, or one of its skips."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if not (fnmatchcase(operation, fault.operation) and fnmatchcase(name, fault.name)):
                    continue
                if fault.skip:
                    self._faults[place] = replace(fault, skip=fault.skip - 1)
                    continue
                if fault.times == 1:
                    del self._faults[place]
                else:
                    self._faults[place] = replace(fault, times=fault.times - 1)
                return fault
        return None
