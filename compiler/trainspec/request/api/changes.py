"""What differs between two versions of the API's schema, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

_LIMITS = (
    "type", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
    "minProperties", "maxProperties", "x-aws-pattern",
)  # fmt: skip

# keyword with names, message about a new one, message about a removed one
_NAMES = (
    ("properties", "member {} added", "member {} removed"),
    ("required", "{} is now required", "{} is no longer required"),
    ("enum", "value {} added", "value {} removed"),
)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List what schema `new` has beyond `old`, lacks, or limits differently, sorted by shape; empty when nothing."""
    before, after = old["$defs"], new["$defs"]
    lines: list[str] = []
    for shape in sorted({*before, *after}):
        if shape not in before:
            lines.append(f"{shape}: new shape")
        elif shape not in after:
            lines.append(f"{shape}: shape removed")
        else:
            lines.extend(f"{shape}: {line}" for line in _shape_changes(before[shape], after[shape]))
    return lines


def _shape_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for keyword, added, removed in _NAMES:
        before, after = old.get(keyword, ()), new.get(keyword, ())
        yield from (added.format(name) for name in after if name not in before)
        yield from (removed.format(name) for name in before if name not in after)
    for limit in _LIMITS:
        if old.get(limit) != new.get(limit):
            yield f"{limit.removeprefix('x-aws-')} {_said(old.get(limit))} → {_said(new.get(limit))}"
    for member, entry in old.get("properties", {}).items():
        now = new.get("properties", {}).get(member, entry)
        for what in ("$ref", "x-output-only"):
            if entry.get(what) != now.get(what):
                yield f"member {member}: {what} {_said(entry.get(what))} → {_said(now.get(what))}"
    for part in ("items", "propertyNames", "additionalProperties"):
        if old.get(part) != new.get(part):
            yield f"{part} {_said(old.get(part))} → {_said(new.get(part))}"


def _said(value: Any) -> str:
    if isinstance(value, dict) and "$ref" in value:
        value = value["$ref"]
    return "none" if value is None else str(value).removeprefix("#/$defs/")
