"""The composed document against the language's schema: every finding at its node, in the words of the spec."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.diagnostics import Diagnostic, Fix, codes
from trainspec.schema.files import API_SCHEMA, SPEC_SCHEMA, load_schema
from trainspec.schema.in_order import additional_properties
from trainspec.schema.validator import Accepts, acceptor
from trainspec.text import tree
from trainspec.text.fault import placed
from trainspec.text.parse import MAX_FAULTS
from trainspec.text.tree import Path, find, rewrite_to
from trainspec.text.typing import reader

if TYPE_CHECKING:
    from trainspec.language.data import SpecData
    from trainspec.language.faults import Refused


class Validated(NamedTuple):
    """What is left of a document when its invalid parts are taken out.

    If there are too many findings to continue, nothing is left. `invalid` has the paths that were removed and
    those that a misspelled key was meant for: what is missing there has already been reported.
    """

    data: "SpecData"
    findings: tuple[Diagnostic, ...]
    invalid: frozenset[Path]


def validate(root: tree.Mapping) -> Validated:
    """The data of the composed document `root`, and where the language's schema rejects it."""
    data = _to_data()(root)
    findings: list[Diagnostic] = []
    invalid: set[Path] = set()
    is_composed = root.get("trainspec") is not None  # a fragment comes as it is written
    if _accepts(is_composed)(data):
        return Validated(data, (), frozenset())
    from trainspec.language.faults import faults  # most documents have none

    refused = faults(refusals(data, is_composed), data)
    for fault in refused[:MAX_FAULTS]:
        findings.append(_diagnostic(fault, root))
        invalid.add(_whole(fault.path))
        if fault.meant:
            invalid.add((*fault.path[:-1], fault.meant))
    if len(refused) > MAX_FAULTS:
        message = f"{MAX_FAULTS} errors so far: the rest of the document is not checked"
        findings.append(Diagnostic(codes.TOO_LARGE, findings[-1].span, message))
        return Validated({}, tuple(findings), frozenset((key,) for key in data))
    for path in sorted(invalid, key=len, reverse=True):
        _remove(data, path)
    return Validated(data, tuple(findings), frozenset(invalid))


@cache
def _to_data() -> Callable[[tree.Node], Any]:
    return reader(load_schema(SPEC_SCHEMA), load_schema(API_SCHEMA))


@cache
def _schema(is_composed: bool) -> dict[str, Any]:
    """The language's schema.

    In a composed document nothing is left to substitute, a `${` there is literal text, and there are no environments.
    """
    schema = load_schema(SPEC_SCHEMA)
    gone = {"Substitution": {"type": "string", "pattern": "(?!)"}, "Environment": {}}
    return {**schema, "$defs": {**schema["$defs"], **gone}} if is_composed else schema


@cache
def _accepts(is_composed: bool) -> Accepts:
    return acceptor(_schema(is_composed))


def refusals(data: Any, is_composed: bool = False) -> Iterator[Any]:
    """Why the schema rejects `data`: jsonschema's errors."""
    yield from _validator(is_composed).iter_errors(data)


@cache
def _validator(is_composed: bool) -> Any:
    from jsonschema import Draft202012Validator, validators  # 0.25 s to import: only if there is an error to explain

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    extend: Any = validators.extend
    in_order = {"additionalProperties": additional_properties}
    return extend(Draft202012Validator, in_order, type_checker=types)(_schema(is_composed))


def _diagnostic(fault: "Refused", root: tree.Mapping) -> Diagnostic:
    return placed(fault, root)._replace(fix=_fix(fault, root))


def _fix(fault: "Refused", root: tree.Mapping) -> Fix | None:
    above = find(root, fault.path[:-1])
    entry = above.entry(str(fault.path[-1])) if isinstance(above, tree.Mapping) and fault.path else None
    if fault.is_pairs and entry:
        from trainspec.language.suggestions import as_map  # a valid spec needs no suggestion

        return as_map(entry)
    node = entry.key if fault.on_key and entry else find(root, fault.path)
    if fault.on_key and fault.fix and isinstance(above, tree.Mapping):
        other = above.entry(fault.fix)
        if other is not None and above.span.contains(other.key.span):
            return None  # the right key is there as well: which of them counts?
    return rewrite_to(node, fault.fix, is_plain=fault.is_plain)


def _whole(path: Path) -> Path:
    """What is removed for a fault at `path`.

    For an item of a list, it is the complete list, because the other items would change their positions.
    """
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _remove(data: Any, path: Path) -> None:
    """Remove the value at `path`, and a list if removing an item leaves it empty."""
    if not path:
        data.clear()
        return
    parent = data
    for step in path[:-1]:
        known = step in parent if isinstance(parent, dict) else isinstance(parent, list) and step in range(len(parent))
        if not known:
            return
        parent = parent[step]
    if isinstance(parent, dict) and path[-1] in parent:
        del parent[path[-1]]
        parent_place = _whole(path[:-1])
        if not parent and parent_place != path[:-1]:
            _remove(data, parent_place)
