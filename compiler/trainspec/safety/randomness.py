"""Whether a word looks as random as a key does."""

import math
import re
from collections import Counter
from typing import Final

_RANDOM: Final = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")


def is_random(text: str) -> bool:
    """Whether a text is one word of at least 20 characters, or 32 hexadecimal digits, in no order."""
    if _HEX.fullmatch(text):
        return _entropy(text) >= 3.0
    kinds = sum(re.search(kind, text) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return _RANDOM.fullmatch(text) is not None and kinds == 3 and _entropy(text) >= 3.5


def has_random(text: str) -> bool:
    """Whether a text contains such a word."""
    return any(is_random(found[0]) for found in _RANDOM.finditer(text))


def _entropy(text: str) -> float:
    """Bits for each character, going by how often each occurs."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
