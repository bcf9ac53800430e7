"""`os.getenv("NAME", "default")` in a DAG file: its text is a variable of the spec, whose value is the default.

While the file is read, such a text holds the variable's name and default between three characters that no request
can hold: texts that are put together from it hold them, too. What would look into the text leaves it unread.
"""

import re
from collections.abc import Mapping
from typing import Any

_OPEN, _THEN, _END = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([^{_THEN}]*){_THEN}([^{_END}]*){_END}")
_UNFIT = re.compile(f"[{{}}$\n{_OPEN}{_THEN}{_END}]")
GETTERS = ("os.getenv", "os.environ.get")


def variable(name: Any, default: Any) -> str | None:
    """The text that stands for a variable of the environment; None where a spec can have no such variable."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w{0,99}", name, re.ASCII):
        return None
    return f"{_OPEN}{name}{_THEN}{default}{_END}" if isinstance(default, str) and not _UNFIT.search(default) else None


def is_variable(value: Any) -> bool:
    """Whether a value is a text that depends on the environment."""
    return isinstance(value, str) and _OPEN in value


def by_default(text: str) -> str:
    """`text` as it is where the environment sets nothing."""
    return _MARK.sub(r"\2", text)


def remarks_on(*values: Any) -> list[str]:
    """A remark for each variable of the environment that `values` hold."""
    names: dict[str, str] = {}
    for each in values:
        with_variables(each, names)
    return [
        f"the environment variable `{name.upper()}` is written as the variable `{name}` of the spec: `{default}`"
        for name, default in names.items()
    ]


def with_variables(value: Any, names: dict[str, str]) -> Any:
    """`value` with `${vars.NAME}` for texts of the environment; `names` gets the default of each."""
    if isinstance(value, Mapping):
        return {key: with_variables(below, names) for key, below in value.items()}
    if isinstance(value, list):
        return [with_variables(below, names) for below in value]
    return _MARK.sub(lambda found: _said(found[1], found[2], names), value) if is_variable(value) else value


def _said(name: str, default: str, names: dict[str, str]) -> str:
    base = name.lower()
    known, count = base, 2
    while names.setdefault(known, default) != default:
        known, count = f"{base}_{count}", count + 1
    return f"${{vars.{known}}}"
