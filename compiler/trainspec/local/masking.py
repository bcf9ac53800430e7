"""Keeping secrets out of what a run prints: the container's log and SageMaker's reasons may quote them."""

import threading
from collections.abc import Mapping
from typing import Any

from trainspec.safety.masking import conceal_all, secret_values, without


class Mask:
    """Masks the secrets of all requests that it was given. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()

    def add(self, request: Mapping[str, Any]) -> None:
        """Mask the secrets in `request` from here on, by their names, at any depth."""
        with self._lock:
            self._values |= frozenset(secret_values(request))

    def __call__(self, text: str) -> str:
        """`text` without these, and without anything in the form of a secret."""
        return conceal_all(without(text, self._values))
