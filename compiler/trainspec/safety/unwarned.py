"""What a user wrote for Python, read without the warnings that Python would print on the user's terminal."""

import ast
import re
from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar
from warnings import catch_warnings, simplefilter

_P = ParamSpec("_P")
_T = TypeVar("_T")

FILTERS = Lock()
"""Held while the process's filters of warnings are others."""


def unwarned(read: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """What `read` returns, or raises. One thread at a time: warnings are global in a process."""
    with FILTERS, catch_warnings():
        simplefilter("ignore")
        return read(*arguments, **named)


def expression(pattern: str) -> "re.Pattern[str]":
    """A regular expression. Raises what `re.compile` does; `[[a]`, which a later Python may read otherwise, is one."""
    return unwarned(re.compile, pattern)


def syntax(text: str | bytes) -> ast.Module:
    """A Python file's syntax tree. Raises what `ast.parse` does."""
    return unwarned(ast.parse, text)
