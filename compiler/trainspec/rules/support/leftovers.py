"""Leftovers of a template, a tutorial or an unfinished edit: what they look like, and where such values are valid."""

import re

from trainspec.request.api.check import member_schema
from trainspec.rules.support.view import Leaf

FREE_TEXT = frozenset({
    "ConfigKey", "ConfigValue", "HyperParameterKey", "HyperParameterValue", "MetricName", "MetricRegex", "String256",
    "TagKey", "TagValue", "TrainingContainerArgument", "TrainingContainerEntrypointString", "TrainingEnvironmentKey",
    "TrainingEnvironmentValue",
})  # fmt: skip
"""Kinds of members that may hold anything: `<s>` and `None` are values there."""

_SLOT = re.compile(
    r"<[^<>]*>|\$?\{[^{}]*\}|\$[A-Z_]{3,}|\.\.\.|…"
    r"|(?<![A-Za-z0-9])(?:[Xx]{4,}|TODO|FIXME|TBD|CHANGE[_-]?ME|REPLACE[_-]?ME|PLACEHOLDER)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?:YOUR|your)[_-][A-Za-z]+"
)
_MAY_BE_SLOT = re.compile(r"[<{$…]|\.\.\.|[Xx]{4}|TODO|FIXME|TBD|CHANGE|REPLACE|PLACEHOLDER|YOUR|your")
"""What every slot contains: most texts have none of it, and this search is several times faster."""
_WORDS = re.compile(r"None|null|NULL|undefined|nan|NaN|N/A|n/a")
_IN_FREE_TEXT = re.compile(
    r"(?i:<(?:your|insert|replace|put)[^<>]*>)|TODO|FIXME|[Xx]{4,}|(?i:CHANGE[_-]?ME|REPLACE[_-]?ME)"
)


def placeholder(leaf: Leaf) -> str | None:
    """The part of a string that was meant to be filled in. What the API's own pattern refuses is left to that check."""
    if not leaf.is_literal:
        return None
    if leaf.shape in FREE_TEXT:
        found = _IN_FREE_TEXT.fullmatch(leaf.text)
    else:
        found = (_MAY_BE_SLOT.search(leaf.text) and _SLOT.search(leaf.text)) or _WORDS.fullmatch(leaf.text)
    return found.group() if found and is_accepted(leaf) else None


def is_accepted(leaf: Leaf) -> bool:
    """Whether a text is of the author's making, not a word from a list, and such as the API's model takes."""
    schema = member_schema(leaf.path) or {}
    return "enum" not in schema and ("pattern" not in schema or re.search(schema["pattern"], leaf.text) is not None)
