"""What the language's schema rejects: jsonschema's errors as faults, in terms of the spec."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from trainspec.diagnostics import codes, did_you_mean, the_one
from trainspec.diagnostics.words import LONGEST, cut, shown
from trainspec.language.removed import advice_for
from trainspec.language.suggestions import form_meant, key_meant, name_meant, pair_lists, text_meant, value_meant
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.walk import PLACEHOLDERS, name_of, resolved
from trainspec.schema.words import types_in_words
from trainspec.text.fault import Fault
from trainspec.text.parse import MAX_FAULTS
from trainspec.text.tree import Path, dotted

_FEW = 15


@dataclass(frozen=True, slots=True)
class Refused(Fault):
    """A fault that the schema found.

    `meant` is the key that a misspelled one should have been, `missing` one that is not there. What `fix` says needs no
    quotes where it `is_plain`; where a list `is_pairs`, a map of them is meant.
    """

    meant: str | None = None
    is_plain: bool = False
    is_pairs: bool = False
    missing: str | None = None


def faults(errors: Iterable[Any], data: Any) -> list[Refused]:
    """What jsonschema's `errors` say of `data`, each thing once; one more than is reported, at most."""
    refused = (fault for error in errors for fault in _faults(error))
    return _distinct(_with_pairs(refused, tuple(pair_lists(data))))


def _distinct(faults: Iterable[Refused]) -> list[Refused]:
    """One fault more than is reported, at most; a value is wrong once, and a key that is misspelled is not missing."""
    reported: dict[object, Refused] = {}
    for fault in sorted(islice(faults, 4 * MAX_FAULTS), key=lambda fault: fault.code is not codes.WRONG_TYPE):
        reported.setdefault((fault.path, fault.on_key, fault.missing), fault)
    meant = {(*fault.path[:-1], fault.meant) for fault in reported.values() if fault.meant}
    kept = [each for each in reported.values() if each.missing is None or (*each.path, each.missing) not in meant]
    return kept[: MAX_FAULTS + 1]


def _with_pairs(faults: Iterable[Refused], lists: tuple[Path, ...]) -> Iterator[Refused]:
    """One fault for each list of pairs, and not one for each of its keys."""
    reported: set[Path] = set()
    for fault in faults:
        path = next((each for each in lists if fault.path[: len(each)] == each), None)
        if path is None:
            yield fault
        elif path not in reported:
            reported.add(path)
            name = dotted(path)
            message = f"`{name}` must be a map, but is a list of pairs"
            yield Refused(codes.WRONG_TYPE, path, message, "write `NAME: VALUE` for each pair", is_pairs=True)


def _faults(error: Any) -> Iterator[Refused]:
    """Jsonschema's error as faults. The alternatives of an `anyOf` are narrowed to the one that the author meant."""
    path: Path = tuple(error.absolute_path)
    if error.validator == "anyOf":
        yield from _alternatives(error, path)
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(error, path)
    elif "propertyNames" in error.absolute_schema_path:
        yield from _bad_keys(error, path)
    elif error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        for name in missing:
            message = f"`{name}` is missing in `{dotted(path)}`"
            yield Refused(codes.MISSING_KEY, path, message, on_key=True, missing=name)
    else:
        yield _value_fault(error, path)


def _alternatives(error: Any, path: Path) -> Iterator[Refused]:
    arms = error.validator_value
    by_arm: dict[int, list[Any]] = {}
    for inner in error.context:
        by_arm.setdefault(inner.schema_path[0], []).append(inner)
    offered = [index for index in by_arm if name_of(arms[index]) not in PLACEHOLDERS]
    fitting = [index for index in offered if not any(_is_type_error(inner, path) for inner in by_arm[index])]
    if len(fitting) == 1:
        for inner in by_arm[fitting[0]]:
            for fault in _faults(inner):
                form = error.schema.get("x-form")
                is_here = fault.path == path and fault.code is codes.MALFORMED and form
                pattern = inner.validator_value if inner.validator == "pattern" else ""
                yield _malformed(error.instance, path, form, pattern) if is_here else fault
    elif fitting:
        yield _malformed(error.instance, path, error.schema.get("x-form", "in one of the forms that fit here"))
    elif len(offered) == 1 and "x-form" not in error.schema:
        yield from (fault for inner in by_arm[offered[0]] for fault in _faults(inner))
    else:
        types = [name for index in offered for name in _types(arms[index])]
        form = error.schema.get("x-form") or _kinds(arms, offered)
        takes = any(_takes_strings(arms[index]) for index in offered)
        yield _wrong_type(error.instance, path, form, types, takes_strings=takes)


def _takes_strings(schema: Mapping[str, Any]) -> bool:
    """Whether a list of this schema takes strings: only then is a string in brackets one."""
    items = schema.get("items", {})
    named = load_schema(SPEC_SCHEMA)["$defs"].get(str(items.get("$ref", "")).rsplit("/", 1)[-1], items)
    arms = (items, named, *items.get("anyOf", ()), *named.get("anyOf", ()))
    return any("string" in _types(arm) or str(arm.get("$ref", "")).endswith(("/Text", "/Id")) for arm in arms)


def _is_type_error(inner: Any, path: Path) -> bool:
    if inner.validator == "anyOf" and tuple(inner.absolute_path) == path:
        return all(_is_type_error(each, path) for each in inner.context)
    wrong_kind = inner.validator == "type" or (
        inner.validator in ("const", "enum") and not isinstance(inner.instance, str)
    )
    return wrong_kind and tuple(inner.absolute_path) == path


def _types(arm: Mapping[str, Any]) -> list[str]:
    types = arm.get("type", ())
    return [types] if isinstance(types, str) else list(types)


def _kinds(arms: list[dict[str, Any]], offered: list[int]) -> str:
    definitions = load_schema(SPEC_SCHEMA)["$defs"]
    named = (resolved(arms[index], definitions) for index in offered)
    return types_in_words(arm["type"] for arm in named if "type" in arm)


def _unknown_keys(error: Any, path: Path) -> Iterator[Refused]:
    known = error.schema.get("properties", {})
    unknown = [key for key in error.instance if key not in known]
    if not path and len(unknown) == len(error.instance):  # not a spec at all: one finding says what it is
        unknown = next(([key] for key in unknown if advice_for(key, known)), unknown)
    sure = {key: None if advice_for(key, known) else key_meant(key, known) for key in unknown}
    for key, one in sure.items():
        elsewhere = _places().get(key.replace("_", "").lower(), ())
        gone = None if one else advice_for(key, known)
        near = f"did you mean `{one}`?" if one else gone or did_you_mean(key, known, 0.8 if elsewhere else 0.6)
        meant = near.split("`")[1] if near and not gone else None
        where = f" in `{dotted(path)}`" if path else ""
        if elsewhere and not near:
            near = "it belongs under " + " or ".join(f"`{place}`" for place in elsewhere)
            if elsewhere == ("jobs.<task>",):
                near += ", or under `defaults` for all jobs"
        if not near and {"operator", "arguments"} <= known.keys():
            near = f"an argument of the operator belongs under `arguments`: `arguments: {{{key}: …}}`"
        if len(known) <= _FEW and not near:
            near = "known keys: " + ", ".join(sorted(known))
        remedy = one if list(sure.values()).count(one) == 1 else None
        message = f"unknown key `{key}`{where}"
        yield Refused(codes.UNKNOWN_KEY, (*path, key), message, near, on_key=True, meant=meant, fix=remedy)


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    """Where the language has a key, by its name without capitals and underscores; by its request member's name, too."""
    places: dict[str, list[str]] = {}
    definitions = load_schema(SPEC_SCHEMA)["$defs"]

    def walk(schema: Mapping[str, Any], path: str) -> None:
        for named in (resolved(arm, definitions) for arm in (schema, *schema.get("anyOf", ()))):
            for key, below in named.get("properties", {}).items():
                member = below.get("x-member", "").rsplit(".", 1)[-1].lower()
                for name in {key.replace("_", ""), member} - {""}:
                    places.setdefault(name, []).append(path)
                walk(below, f"{path}.{key}")

    for part in ("dag", "jobs.<task>"):
        walk(definitions["Dag" if part == "dag" else "Job"], part)
    return {name: tuple(dict.fromkeys(found)) for name, found in places.items()}


def _bad_keys(error: Any, path: Path) -> Iterator[Refused]:
    key = error.instance
    advice = "use at most 250 letters, digits, `_`, `.` and `-`, and do not begin with `.` or `-`"
    yield Refused(codes.MALFORMED, (*path, key), f"{shown(key)} cannot be a name here", advice, on_key=True)


def _value_fault(error: Any, path: Path) -> Refused:
    instance, kind, limit = error.instance, error.validator, error.validator_value
    name = dotted(path) or "the document"
    if kind == "type":
        types = [limit] if isinstance(limit, str) else limit
        expected = error.schema.get("x-form") or types_in_words(types)
        takes = _takes_strings(error.schema)
        return _wrong_type(instance, path, expected, types, _keys_of(error.schema), takes_strings=takes)
    if kind in ("enum", "const"):
        words = limit if kind == "enum" else [limit]
        if not isinstance(instance, str) and kind == "enum":
            return _wrong_type(instance, path, "a string")
        message = f"`{name}` cannot be {shown(instance)}"
        near = did_you_mean(str(instance), [str(word) for word in words])
        listed = f"write {' or '.join(str(word) for word in words)}" if len(words) <= _FEW else None
        named = [str(word) for word in words]
        is_plain = str(instance) in named
        remedy = str(instance) if is_plain else the_one(str(instance), named)
        return Refused(codes.NOT_ONE_OF, path, message, near or listed, fix=remedy, is_plain=is_plain)
    if kind == "pattern":
        return _malformed(instance, path, error.schema.get("x-form", f"of the form {limit}"), limit)
    bounds = {"minimum": "at least", "maximum": "at most", "minItems": "at least", "maxItems": "at most"}
    if kind in bounds:
        unit = f" {'entry' if limit == 1 else 'entries'}" if kind.endswith("Items") else ""
        must = "must have" if unit else "must be"
        return Refused(codes.OUT_OF_RANGE, path, f"`{name}` {must} {bounds[kind]} {limit}{unit}")
    return Refused(codes.MALFORMED, path, f"`{name}`: {error.message}")


def _keys_of(schema: Mapping[str, Any]) -> str | None:
    """What a map holds, for who wrote something else; None if it holds too much to say."""
    keys = sorted(schema.get("properties", ()))
    if not keys:
        return "write `NAME: VALUE` for each" if schema.get("type") == "object" else None
    if len(keys) == 1:
        return f"write `{{{keys[0]}: …}}`"
    return f"its keys are {', '.join(keys)}" if len(keys) <= _FEW else None


def _wrong_type(
    instance: Any,
    path: Path,
    expected: str,
    types: Iterable[str] = (),
    advice: str | None = None,
    *,
    takes_strings: bool = False,
) -> Refused:
    name = dotted(path) or "the document"
    if instance is None:
        return Refused(codes.WRONG_TYPE, path, f"`{name}` is empty", f"set it to {expected}, or remove the line")
    meant = value_meant(instance, frozenset(types))
    if list(types) == ["array"] and isinstance(instance, str | int) and takes_strings:
        advice = f"write `[{cut(str(instance), LONGEST)}]`"
    advice = form_meant(path, instance) or advice
    message = f"`{name}` must be {expected}, but is {shown(instance)}"
    return Refused(codes.WRONG_TYPE, path, message, _write(meant) or advice, fix=meant, is_plain=True)


def _malformed(instance: Any, path: Path, form: str, pattern: str = "") -> Refused:
    meant = text_meant(instance, pattern) or name_meant(path, instance)
    message = f"`{dotted(path)}` must be {form}, but is {shown(instance)}"
    return Refused(codes.MALFORMED, path, message, _write(meant), fix=meant)


def _write(meant: str | None) -> str | None:
    return f"write `{meant}`" if meant is not None else None
