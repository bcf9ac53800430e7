"""Functions of Python's library that only compute a value from values: their results are known."""

import json
import posixpath
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.from_environment import is_variable
from trainspec.importers.operations import SCALARS
from trainspec.importers.values import Given
from trainspec.safety.budget import spend
from trainspec.schema.bounded import depth

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_DEEPEST = 40
_LONGEST = 100_000

STANDARD: Mapping[str, Callable[..., Any]] = {
    "json.loads": json.loads,
    "json.dumps": json.dumps,
    "os.path.join": posixpath.join,
    "os.path.basename": posixpath.basename,
    "os.path.dirname": posixpath.dirname,
    "posixpath.join": posixpath.join,
    "textwrap.dedent": textwrap.dedent,
}


def of_standard(run: "Interpreter", path: str, given: Given) -> Any:
    """The result of a function of `STANDARD`; `...` if its arguments are not known."""
    if given.named or given.open or not all(_is_plain(run, each) for each in given.positional):
        return ...
    try:
        made = STANDARD[path](*given.positional)
    except (TypeError, ValueError, RecursionError):
        return ...
    is_short = not isinstance(made, str) or len(made) <= _LONGEST
    return made if is_short and depth(made) <= _DEEPEST and _is_plain(run, made) else ...


def _is_plain(run: "Interpreter", value: Any) -> bool:
    """Whether a value is a JSON value that depends on nothing but the file."""
    spend(2)
    if id(value) in run.unreadable:
        return False
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and not is_variable(key) and _is_plain(run, each) for key, each in value.items()
        )
    if isinstance(value, list):
        return all(_is_plain(run, each) for each in value)
    return isinstance(value, SCALARS) and not is_variable(value)
