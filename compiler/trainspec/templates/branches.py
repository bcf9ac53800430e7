"""The names that an `if` of a template leaves behind: what the branch that is taken sets, as far as that is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from trainspec.templates.values import UNKNOWN

_ABSENT = object()


def after(branches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The names after an `if`, from those at the end of each branch that a run may take.

    A name of which these branches have different values, or that only some of them have, is unknown.
    """
    first, *others = branches
    if not others:
        return dict(first)
    names = dict.fromkeys(name for each in branches for name in each)
    return {name: _common([each.get(name, _ABSENT) for each in branches]) for name in names}


def _common(values: Sequence[Any]) -> Any:
    first, *others = values
    return first if all(_is_same(first, each) for each in others) else UNKNOWN


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are written alike in every template: 1 and true, or 0.0 and -0.0, are not."""
    if one is other:
        return True
    return type(one) is type(other) and isinstance(one, str | int | float) and str(one) == str(other)
