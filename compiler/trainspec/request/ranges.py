"""The ranges of a tuning job: `tuning.ranges`, one map of all kinds, → the lists of ParameterRanges, and the way back.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ParameterRanges.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import codes
from trainspec.request.codecs import Assignment, Lowered, ToText
from trainspec.request.texts import hyperparameter, natural_text
from trainspec.request.tuned import KINDS
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import JobData


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges by name, of all kinds in one map; a list if their order is not that of the names."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of each range, in the list of its kind."""
        if not value:
            yield Assignment(member, {}, field)
        numbers: dict[str, int] = {}
        named = isinstance(value, Mapping)
        for key, each in value.items() if named else enumerate(value):
            given = {"values": each} if isinstance(each, list) else each
            kind, at = _kind_of(given), (*field, key)
            if kind not in numbers:
                yield Assignment((*member, kind), [], field)
            index = numbers[kind] = numbers.get(kind, -1) + 1
            where = (*member, kind, index)
            yield Assignment(where, {}, at)
            name = key if named else given.get("name")
            if name is not None:
                yield Assignment((*where, "Name"), str(name), at if named else (*at, "name"), is_key=named)
            yield from _in_another_form(kind, given, at)
            yield from _lowered_range(kind, given, where, at, at if isinstance(each, list) else (*at, "values"), job)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map; a list if a name is a duplicate or missing, or the order is another than the names'."""
        lists = [[_lifted_range(kind, each, as_text) for each in value.get(kind) or ()] for kind, _ in KINDS]
        ranges = [each for of_kind in lists for each in of_kind]
        names = [[str(each.get("name", "")).replace("$${", "${") for each in of_kind] for of_kind in lists]
        flat = [name for of_kind in names for name in of_kind]
        if len(set(flat)) < len(flat) or "" in flat or any(of_kind != sorted(of_kind) for of_kind in names):
            return ranges
        return {each["name"]: _without_name(each) for each in sorted(ranges, key=lambda each: str(each["name"]))}


def _kind_of(given: Mapping[str, Any]) -> str:
    if "values" in given:
        return "CategoricalParameterRanges"
    if "auto" in given:
        return "AutoParameters"
    return "IntegerParameterRanges" if "int" in given else "ContinuousParameterRanges"


_KEYS: Final = {
    "ContinuousParameterRanges": ("min", "max", "scale"),
    "IntegerParameterRanges": ("int", "scale"),
    "CategoricalParameterRanges": ("values",),
    "AutoParameters": ("auto",),
}
"""The members of a range of each kind, without its name."""

_ORDER: Final = ("min", "max", "int", "values", "auto", "scale")


def _in_another_form(kind: str, given: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """The fault of a range with keys that belong to another kind of range than its other keys."""
    others = [f"`{key}`" for key in _ORDER if key in given and key not in _KEYS[kind]]
    if others:
        first = next(f"`{key}`" for key in _KEYS[kind] if key in given)
        message = f"`{dotted(at)}` has {_listed([first, *others])}, which belong to different kinds of ranges"
        advice = f"remove {_listed(others)}, or {first}"
        yield Fault(codes.CONFLICT, (*at, others[0].strip("`")), message, advice, on_key=True)


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _lowered_range(kind: str, given: Mapping[str, Any], where: Path, at: Path, values: Path, job: "JobData") -> Lowered:
    match kind:
        case "CategoricalParameterRanges":
            yield Assignment((*where, "Values"), [hyperparameter(each, job) for each in given["values"]], values)
        case "AutoParameters":
            yield Assignment((*where, "ValueHint"), str(given["auto"]), (*at, "auto"))
        case "IntegerParameterRanges":
            for index, member in enumerate(("MinValue", "MaxValue")):
                yield Assignment((*where, member), str(given["int"][index]), (*at, "int", index))
        case _:
            for member, name in (("MinValue", "min"), ("MaxValue", "max")):
                if name in given:
                    yield Assignment((*where, member), str(given[name]), (*at, name))
    if "scale" in given and "scale" in _KEYS[kind]:
        yield Assignment((*where, "ScalingType"), given["scale"], (*at, "scale"))


def _lifted_range(kind: str, given: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    found: dict[str, Any] = {"name": as_text(given["Name"])} if "Name" in given else {}
    bounds = [natural_text(as_text(given[each])) for each in ("MinValue", "MaxValue") if each in given]
    if kind == "CategoricalParameterRanges":
        found["values"] = [natural_text(as_text(each)) for each in given.get("Values") or ()]
    elif kind == "AutoParameters":
        found["auto"] = natural_text(as_text(given.get("ValueHint", "")))
    elif kind == "IntegerParameterRanges" and len(bounds) == 2:
        found["int"] = bounds
    else:
        found |= {
            name: natural_text(as_text(given[each]))
            for name, each in (("min", "MinValue"), ("max", "MaxValue"))
            if each in given
        }
    return {**found, **({"scale": as_text(given["ScalingType"])} if "ScalingType" in given else {})}


def _without_name(given: Mapping[str, Any]) -> Any:
    rest = {key: value for key, value in given.items() if key != "name"}
    return rest["values"] if list(rest) == ["values"] else rest


MEMBERS: Final = (
    ("*.min", "ContinuousParameterRanges.*.MinValue"),
    ("*.max", "ContinuousParameterRanges.*.MaxValue"),
    ("*.int.*", "IntegerParameterRanges.*.MinValue"),
    ("*.int.*", "IntegerParameterRanges.*.MaxValue"),
    ("*.scale", "ContinuousParameterRanges.*.ScalingType"),
    ("*.scale", "IntegerParameterRanges.*.ScalingType"),
    ("*.auto", "AutoParameters.*.ValueHint"),
    ("*.name", "ContinuousParameterRanges.*.Name"),
    ("*.name", "IntegerParameterRanges.*.Name"),
    ("*.name", "CategoricalParameterRanges.*.Name"),
    ("*.name", "AutoParameters.*.Name"),
    ("*.values.*", "CategoricalParameterRanges.*.Values.*"),
)
