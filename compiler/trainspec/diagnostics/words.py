"""What a user wrote, as messages show it: short enough to read, whatever its length."""

import re
from typing import Any

LONGEST = 90
"""The longest piece of a user's text that a message shows, in characters."""
LONGEST_MESSAGE = 600
_LONGEST_TOKEN, _LONGEST_WEB_TOKEN = 200, 4_100
"""How many characters suffice to recognise a secret."""

_QUOTED = re.compile(r'`[^`]*`|"[^"]*"')


def shown(value: Any) -> str:
    """A value of a spec for a message: strings in quotes, maps and lists by their kind."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{cut(value, LONGEST)}"' if isinstance(value, str) else str(value)


def shorten(message: str) -> str:
    """A message of any length as a readable one: long pieces in quotes are cut, then the complete message."""
    if len(message) <= LONGEST:
        return message
    return cut(_QUOTED.sub(_cut_quoted, message), LONGEST_MESSAGE)


def cut(text: str, longest: int) -> str:
    """`text`, or its beginning with `...` at the end. A secret is masked before it is cut."""
    if len(text) <= longest:
        return text
    from trainspec.safety.masking import conceal  # few messages are cut

    beyond = _LONGEST_WEB_TOKEN if "eyJ" in text[:longest] else _LONGEST_TOKEN
    return f"{conceal(text[: longest + beyond])[: longest - 3]}..."


def _cut_quoted(found: "re.Match[str]") -> str:
    quoted = found.group()
    return f"{quoted[0]}{cut(quoted[1:-1], LONGEST)}{quoted[-1]}"
