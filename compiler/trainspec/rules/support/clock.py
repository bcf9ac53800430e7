"""Which templates render differently at each try of a task."""

import re
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
    if not isinstance(value, str) or len(value) > LONGEST or not has_template(value):
        return None
    found = (_CHANGING.search(template) for template in _TEMPLATE.findall(value))
    return next((match.group() for match in found if match), None)
