"""Which templates render differently at each try of a task."""

import re
from functools import lru_cache
from typing import Any

from trainspec.rules.support.view import LONGEST
from trainspec.templates import has_template

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_CHANGING = re.compile(
    r"\bmacros\.(?:time|uuid|random)\b(?:\.\w+)*"
    r"|\bmacros\.datetime\.(?:datetime\.)?(?:now|utcnow|today)\b"
    r"|\b(?:(?:ti|task_instance)\.)?try_number\b"
)


def changes_with_each_try(value: Any) -> str | None:
    """What in the templates of `value` reads the clock, chance or the number of the try."""
    is_template = isinstance(value, str) and len(value) <= LONGEST and has_template(value)
    return _culprit(value) if is_template else None


@lru_cache(maxsize=64)
def _culprit(text: str) -> str | None:
    found = (_CHANGING.search(template) for template in _TEMPLATE.findall(text))
    return next((match.group() for match in found if match), None)
