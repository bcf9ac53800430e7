"""`${...}`: values that are substituted when the spec is compiled.

A value that is one whole `${...}` becomes the variable's value with its type; inside a longer string its characters
are inserted. `$${` is a literal `${`. If documents were merged onto each other, a variable that is a map is merged
as that map, whether it lies above or below.
"""

import re
from collections import ChainMap
from collections.abc import Iterator, MutableMapping
from collections.abc import Mapping as Map
from dataclasses import replace
from operator import is_

from trainspec.compose.merge import merge, settled
from trainspec.compose.names import REFERENCE
from trainspec.compose.references import PREFIX, JobScope
from trainspec.compose.undefined import advice_for, meant
from trainspec.diagnostics import Code, Diagnostic, Fix, Span, codes
from trainspec.safety.budget import spend
from trainspec.text.parse import MAX_DEPTH, MAX_FAULTS, MAX_NODES, MAX_TEXT
from trainspec.text.tree import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    depth,
    mapping,
    rewrite_to,
    used_at,
    with_entries,
    with_items,
)

MAX_TOTAL = 16 * MAX_TEXT
MAX_CHAIN = 40
"""Bounds on all the texts that substitution makes of one document, and on variables that need others in a row."""

MAX_LEVELS = 2 * MAX_DEPTH
"""Levels of nesting, variables put in: Python's parser takes 200 brackets in each other, and a DAG file adds some."""

_TOO_DEEP = f"more than {MAX_LEVELS} levels of nesting after variables are substituted"


_STEPS_OF_LOOKUP = 5

_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[\w-]+)*", re.ASCII)


class Variables:
    """What `${...}` can name, and the findings met while resolving it.

    `values` maps dotted names (`vars.data`, `dag.id`) to nodes, which may refer to others in turn. `holes` are the
    places at which nothing could be put in: the value there is nobody's.
    """

    def __init__(self, values: Map[str, Node], job: JobScope | None = None) -> None:
        self._job = job
        self._values: MutableMapping[str, Node] = ChainMap(dict(values))
        self._resolving: list[str] = []
        self._made = [0]  # shared with the inner scopes, like what follows
        self._level = [0]
        self.findings: list[Diagnostic] = []
        self.holes: set[Span] = set()
        self._depths: dict[str, int] = {}  # of this scope's values

    def with_more(self, values: Map[str, Node]) -> "Variables":
        """The same variables and some more, before anything is resolved; findings go to the same list."""
        more = Variables({**dict(self._values), **values})
        more.findings, more.holes = self.findings, self.holes
        return more

    def separate_with(self, values: Map[str, Node]) -> "Variables":
        """The same variables and some more, with separate findings and resolved values."""
        alone = Variables({})
        alone._values = ChainMap(dict(values), self._values)
        return alone

    def scoped(self, values: Map[str, Node], job: JobScope) -> "Variables":
        """The same variables and some more, for the values of a job; findings go to the same list."""
        inner = Variables({}, job)
        inner._values = ChainMap(dict(values), self._values)
        inner.findings, inner._made, inner.holes = self.findings, self._made, self.holes
        inner._level = self._level
        return inner

    def resolve(self, node: Node) -> Node:
        """`node` with every `${...}` in its values resolved; the node itself where it holds none."""
        if isinstance(node, Scalar) and "${" not in node.text:
            return node
        resolved = self._resolved(node)
        if node.replaced is None or not isinstance(resolved, Mapping):
            return resolved
        below: Mapping | None = None
        for layer in reversed(list(self._layers(node.replaced))):
            below = _merged(below, self._resolved(layer))
        merged = _merged(below, resolved) if below is not None else None
        return self._bounded(settled(replace(merged or resolved, replaced=None)))

    def entry(self, entry: Entry) -> Entry:
        """An entry of a map with every `${...}` in it resolved."""
        self._level[0] += 1
        try:
            return self._entry(entry)
        finally:
            self._level[0] -= 1

    def opened(self, node: Node) -> Node:
        """`node`, or the map that it names as one whole `${...}`, over the maps below it; their values as they are."""
        layers: list[Mapping] = []
        for layer in (node, *self._layers(node.replaced)):
            named = self._named(layer)
            if not isinstance(named, Mapping):
                break
            layers.append(named)
        if not layers or (len(layers) == 1 and layers[0] is node):
            return node
        opened: Mapping | None = None
        for layer in reversed(layers):
            opened = _merged(opened, replace(layer, replaced=None))
        return opened or node

    def _named(self, node: Node) -> Node:
        """What stands behind one whole `${...}`, or behind what that is; other nodes are themselves."""
        for _ in range(MAX_CHAIN):
            if not self._names_known(node):
                break
            node = used_at(self._values[node.text[2:-1].strip()], node.span) if isinstance(node, Scalar) else node
        return node

    def _layers(self, node: Node | None) -> Iterator[Node]:
        """What lies below a map, the uppermost first, as far down as there are maps, or variables that may be some."""
        while node is not None and (isinstance(node, Mapping) or self._names_known(node)):
            yield node
            node = node.replaced

    def _names_known(self, node: Node) -> bool:
        """Whether `node` is one whole `${...}` that can be resolved."""
        whole = REFERENCE.fullmatch(node.text) if isinstance(node, Scalar) else None
        name = (whole.group(1) or "").strip() if whole else ""
        return name in self._values and name not in self._resolving

    def _resolved(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            return self._scalar(node)
        spend(1 + len(node.entries if isinstance(node, Mapping) else node.items))
        if self._level[0] >= MAX_LEVELS:
            return self.too_large(node.span, _TOO_DEEP)
        self._level[0] += 1
        try:
            return self._resolved_below(node)
        finally:
            self._level[0] -= 1

    def _resolved_below(self, node: Mapping | Sequence) -> Node:
        if isinstance(node, Mapping):
            entries = tuple(map(self._entry, node.entries))
            is_changed = not all(map(is_, entries, node.entries))
            return self._bounded(with_entries(node, entries) if is_changed else node)
        items = tuple(map(self.resolve, node.items))
        is_changed = not all(map(is_, items, node.items))
        return self._bounded(with_items(node, items) if is_changed else node)

    def _entry(self, entry: Entry) -> Entry:
        key, value = self._key(entry.key), self.resolve(entry.value)
        return entry if key is entry.key and value is entry.value else Entry(key, value)

    def _key(self, key: Scalar) -> Scalar:
        if "${" not in key.text:
            return key
        if "${" in key.text.replace("$${", ""):
            advice = "write out the key: only values are substituted; for a literal `${`, write `$${`"
            self._report(codes.BAD_SUBSTITUTION, key.span, "a key cannot contain `${...}`", advice)
        return replace(key, text=key.text.replace("$${", "${"))

    def _bounded(self, node: Node) -> Node:
        if node.size <= MAX_NODES:
            return node
        return self.too_large(node.span, f"more than {MAX_NODES:,} values after variables are substituted")

    def too_large(self, span: Span, message: str) -> Mapping:
        """The placeholder for a part that is larger than any spec's."""
        self._report(codes.TOO_LARGE, span, message)
        return mapping((), span)

    def _scalar(self, node: Scalar) -> Node:
        whole = REFERENCE.fullmatch(node.text)
        if whole and whole.group(1) is not None:
            value = self._lookup(whole, node)
            if value is None:
                return Scalar("", node.span, plain=False)
            return replace(value, via=node.span, replaced=node.replaced or value.replaced)
        parts, end, length = [], 0, len(node.text)
        for found in REFERENCE.finditer(node.text):
            parts += [node.text[end : found.start()], self._inside_text(found, node)]
            end = found.end()
            length += len(parts[-1])
            if length > MAX_TEXT + len(node.text) or len(self.findings) >= MAX_FAULTS:
                break
        text = "".join((*parts, node.text[end:]))
        self._made[0] += len(text)
        if len(text) > MAX_TEXT or self._made[0] > MAX_TOTAL:
            limit = MAX_TEXT if len(text) > MAX_TEXT else MAX_TOTAL
            self._report(codes.TOO_LARGE, node.span, f"more than {limit:,} characters after variables are substituted")
            text = ""
        return replace(node, text=text)

    def _inside_text(self, found: re.Match[str], node: Scalar) -> str:
        if found.group() == "$${":
            return "${"
        value = self._lookup(found, node)
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            advice = "use it as the whole value, or refer to a scalar inside it"
            message = f"`{found.group()}` is a list or map and cannot be part of a string"
            self._report(codes.BAD_SUBSTITUTION, node.span, message, advice)
            return ""
        return value.text

    def _lookup(self, found: re.Match[str], node: Scalar) -> Node | None:
        spend(_STEPS_OF_LOOKUP)
        name = found.group(1).strip()
        literal = "for a literal `${`, write `$${`"
        if found.group(2) and name.startswith(PREFIX):
            return self._of_job(name, node)
        if not found.group(2) or not _NAME.fullmatch(name):
            message = f"`{found.group()}` is not of the form `${{vars.NAME}}`"
            variable = re.match(r"([A-Za-z_][\w.]*):", name)
            if variable and variable[1].lower() == "env":
                literal = "environment variables are not read: declare a variable under `vars`, and use `--var`"
            elif variable:
                literal = f"`${{...}}` does not support defaults: set `{variable[1]}` under `vars`"
            self._report(codes.BAD_SUBSTITUTION, node.span, message, literal)
            return None
        if name in self._resolving:
            circle = " → ".join((*self._resolving[self._resolving.index(name) :], name))
            self._report(codes.VARIABLE_CYCLE, node.span, f"`{name}` refers to itself: {circle}")
            return None
        if len(self._resolving) > MAX_CHAIN:
            self._report(codes.TOO_LARGE, node.span, f"more than {MAX_CHAIN} variables in a chain of references")
            return None
        raw = self._values.get(name)
        if raw is None and len(self.findings) > MAX_FAULTS:
            return None  # nothing more is reported
        if raw is None:
            known, one = advice_for(name, self._values, literal), meant(name, self._values)
            text = node.text.replace(found.group(), found.group().replace(name, one)) if one else None
            self._report(
                codes.UNKNOWN_VARIABLE, node.span, f"`${{{name}}}` is not defined", known, rewrite_to(node, text)
            )
            return None
        self._resolving.append(name)
        value = self.resolve(raw)
        self._resolving.pop()
        self._values[name] = value
        if isinstance(value, Scalar):
            return value
        if value is not raw or name not in self._depths:
            spend(value.size)
            self._depths[name] = depth(value)
        return self.too_large(node.span, _TOO_DEEP) if self._level[0] + self._depths[name] > MAX_LEVELS else value

    def _of_job(self, name: str, node: Scalar) -> Node | None:
        if self._job is None:
            message = f"`${{{name}}}` is available only in jobs: it is produced when the DAG runs"
            self._report(codes.BAD_SUBSTITUTION, node.span, message)
            return None
        value = self._job.resolve(name, node.via or node.span)
        if isinstance(value, Diagnostic):
            self._report(value.code, value.span, value.message, value.advice)
            self.holes.add(value.span)
            return None
        return value

    def _report(self, code: Code, span: Span, message: str, advice: str | None = None, fix: Fix | None = None) -> None:
        if len(self.findings) < MAX_FAULTS:
            self.findings.append(Diagnostic(code, span, message, advice, fix=fix))
        elif len(self.findings) == MAX_FAULTS:
            message = f"{MAX_FAULTS} errors so far: no further variables are checked"
            self.findings.append(Diagnostic(codes.TOO_LARGE, span, message))


def _merged(below: Mapping | None, above: Node) -> Mapping | None:
    """The map `above` over another; what came by a variable says so key by key. None if `above` is not a map."""
    if not isinstance(above, Mapping):
        return None
    entries = tuple(
        entry if above.via is None or entry.value.via else Entry(entry.key, used_at(entry.value, above.via))
        for entry in above.entries
    )
    merged = merge(below, mapping(entries, above.span))
    return merged if isinstance(merged, Mapping) else None
