"""Statements → an IAM policy document.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Condition = Mapping[str, Mapping[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is allowed on which resources; `sid` says why, in letters and digits."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = field(default_factory=dict)


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """The policy: statements of the same purpose as one, their resources sorted; those without resources left out."""
    merged: dict[str, list[Statement]] = {}
    for each in statements:
        if each.resources:
            merged.setdefault(f"{each.sid} {each.condition}", []).append(each)
    return {"Version": "2012-10-17", "Statement": list(_with_sids([_as_one(alike) for alike in merged.values()]))}


def _as_one(alike: list[Statement]) -> dict[str, Any]:
    resources = sorted({each for statement in alike for each in statement.resources})
    first = alike[0]
    condition = {"Condition": {key: dict(value) for key, value in first.condition.items()}} if first.condition else {}
    return {
        "Sid": first.sid,
        "Effect": "Allow",
        "Action": list(first.actions),
        "Resource": resources[0] if len(resources) == 1 else resources,
        **condition,
    }


def _with_sids(statements: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """A Sid must be unique: the second one of a kind gets a number."""
    counts: dict[str, int] = {}
    for each in statements:
        counts[each["Sid"]] = count = counts.get(each["Sid"], 0) + 1
        yield each if count == 1 else {**each, "Sid": f"{each['Sid']}{count}"}
