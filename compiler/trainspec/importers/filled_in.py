"""What a state machine, a pipeline, CloudFormation or Terraform fills in, so that no file contains it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trainspec.importers.request import dotted_member

_SUBSTITUTED: Final = re.compile(r"\$\{[^}]")
_NAMED: Final = re.compile(r"\$\{\s*[A-Za-z_][\w.:*\[\]-]*\s*\}")
"""A substitution of a single name: a larger expression may contain a secret."""
_QUOTED: Final = re.compile(r"'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?", re.DOTALL)
_OF_STATE: Final = re.compile(r"(?<![^\s(,\[&])\$\$?[.A-Za-z_][\w.\[\]]*")
"""What the expression of a state reads, such as `$.depth`, `$$.Execution.Name` or `$states.input.role`."""
_REFERS: Final = ("Ref", "!Ref", "Fn::GetAtt", "!GetAtt", "Get")
_NAME: Final = re.compile(r"[\w.:\[\]' -]+")
_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SHOWN: Final = 100
_LOST: Final = object()


def without_filled_in(request: Mapping[str, Any], notes: list[str], of_template: bool) -> Any:
    """The request without what is filled in later: a line for each such member is added to `notes`.

    A state machine reads keys that end with `.$`, and JSONata strings; templates contain functions. `${...}` in a
    string is a substitution if the request is part of a template (`of_template`), and otherwise literal text. The
    notes quote only the names that a value refers to: the rest of it may be a secret.
    """
    found = _without(request, (), notes, of_template)
    return {} if found is _LOST else found


def _without(value: Any, path: tuple[str | int, ...], notes: list[str], of_template: bool) -> Any:
    if isinstance(value, list):
        items = [_without(each, (*path, index), notes, of_template) for index, each in enumerate(value)]
        return [each for each in items if each is not _LOST]
    if (why := _filled_in(value, of_template)) is not None:
        notes.append(f"{dotted_member(path)} is {why}, so it was left out")
        return _LOST
    if not isinstance(value, Mapping):
        return value
    kept = {}
    for key, below in value.items():
        name = str(key)
        if name.endswith(".$"):
            notes.append(_read(dotted_member((*path, name.removesuffix(".$"))), below))
        elif isinstance(below, str) and below.startswith("{%") and below.endswith("%}"):
            notes.append(_read(dotted_member((*path, name)), below))
        elif (known := _without(below, (*path, name), notes, of_template)) is not _LOST:
            kept[name] = known
    if "S3Uri" not in kept and kept.get("S3DataType") == "S3Prefix":
        del kept["S3DataType"]  # implied by the field of the URI
    return kept if kept or not value else _LOST


def _read(where: str, expression: Any) -> str:
    read = _OF_STATE.findall(_QUOTED.sub("''", str(expression)))
    return f"{where} is read from the state's input{_quoted(*read)}, so it was left out"


def _filled_in(value: Any, of_template: bool) -> str | None:
    """What fills in a value later, in words; None for a value that is in the request itself."""
    if value == _HIDDEN:
        return "hidden by CloudTrail"
    if isinstance(value, str):
        is_filled_in = of_template and _SUBSTITUTED.search(value)
        return f"filled in by the template{_quoted(*_references(value))}" if is_filled_in else None
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = map(str, value)
        if name == "Ref" or name.startswith(("Fn::", "!")):
            return f"filled in by CloudFormation{_quoted(name, *_references(value))}"
        if name == "Get" or name.startswith("Std:"):
            return f"filled in by the pipeline{_quoted(name, *_references(value))}"
    return None


def _references(value: Any) -> Iterator[str]:
    """The names that a value refers to."""
    if isinstance(value, str):
        yield from _NAMED.findall(value)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, Mapping):
        for function, below in value.items():
            name = ".".join(map(str, below)) if isinstance(below, list) else str(below)
            if function not in _REFERS:
                yield from _references(below)
            elif _NAME.fullmatch(name):
                yield name


def _quoted(*names: str) -> str:
    shown = " ".join(dict.fromkeys(names))
    return f" (`{shown[:_SHOWN]}`)" if shown else ""
