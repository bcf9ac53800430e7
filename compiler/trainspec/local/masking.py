"""Keeping secrets out of what a run prints: the container's log and SageMaker's reasons may quote them."""

import re
import threading
from collections.abc import Mapping
from typing import Any, Final

from trainspec.rules.secrets import conceal, speaks_of_secrets

# Parts of names that stand before nothing else. (`token` is part of `tokenizer`, and so has to be a word.)
_PARTS: Final = ("api_key", "apikey", "credential", "passphrase", "passwd", "password", "private_key", "secret")
_SHORTEST: Final = 4
"""A shorter value is in every other word, and no secret."""


class Mask:
    """Masks the secrets of all requests that it was told of. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, request: Mapping[str, Any]) -> None:
        """Mask from here on what is a secret in the Environment and the HyperParameters of `request`, by its name."""
        found = {
            text
            for member in ("Environment", "HyperParameters")
            for name, text in (request.get(member) or {}).items()
            if isinstance(text, str) and len(text) >= _SHORTEST and _is_secret(name)
        }
        with self._lock:
            self._values |= found
            longest_first = sorted(self._values, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """`text` without these, and without what has the form of a secret."""
        pattern = self._pattern
        return conceal(pattern.sub("***", text) if pattern else text)


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("-", "_")
    return speaks_of_secrets(name) or any(part in plain for part in _PARTS)
