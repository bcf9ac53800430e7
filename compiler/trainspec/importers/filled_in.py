"""What a state machine, a pipeline, CloudFormation or Terraform fills in, so that no file contains it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from trainspec.importers.request import dotted_member

_SUBSTITUTED: Final = re.compile(r"\$\{[^}]")
_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SHOWN: Final = 100
_LOST: Final = object()


def fixed(request: Mapping[str, Any], notes: list[str], of_template: bool) -> Any:
    """The request without what is filled in later: `notes` gets a line for each such member.

    A state machine reads keys that end with `.$`, and strings of JSONata; templates hold functions. `${...}` in a
    string is one of those if the request is a part `of_template`, and else what the request says.
    """
    found = _fixed(request, (), notes, of_template)
    return {} if found is _LOST else found


def _fixed(value: Any, path: tuple[str | int, ...], notes: list[str], of_template: bool) -> Any:
    if isinstance(value, list):
        items = [_fixed(each, (*path, index), notes, of_template) for index, each in enumerate(value)]
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
        elif (known := _fixed(below, (*path, name), notes, of_template)) is not _LOST:
            kept[name] = known
    if "S3Uri" not in kept and kept.get("S3DataType") == "S3Prefix":
        del kept["S3DataType"]  # which the field of the URI says
    return kept if kept or not value else _LOST


def _read(where: str, text: Any) -> str:
    return f"{where} is read from the state's input (`{str(text)[:_SHOWN]}`), so it was left out"


def _filled_in(value: Any, of_template: bool) -> str | None:
    """Why a file does not say a value, in words; None where it does."""
    if value == _HIDDEN:
        return "hidden by CloudTrail"
    if isinstance(value, str):
        return f"filled in by the template (`{value[:_SHOWN]}`)" if of_template and _SUBSTITUTED.search(value) else None
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = map(str, value)
        shown = json.dumps(value[name], ensure_ascii=False, default=str).strip('"')[:_SHOWN]
        if name == "Ref" or name.startswith(("Fn::", "!")):
            return f"filled in by CloudFormation (`{name} {shown}`)"
        if name == "Get" or name.startswith("Std:"):
            return f"filled in by the pipeline (`{name} {shown}`)"
    return None
