"""`${...}`: values that are put in when the spec is compiled, and are gone afterwards.

A value that is one whole `${...}` becomes the variable's value with its type; inside a longer text its characters are
put in. `$${` is a literal `${`.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import replace

from trainspec.diagnostics import Code, Diagnostic, Span, codes, did_you_mean
from trainspec.text.parse import MAX_NODES
from trainspec.text.tree import Entry, Mapping, Node, Scalar, brought, mapping, sequence

MAX_TEXT = 65_536
"""The longest text that substitution makes: no member of a request takes one this long."""

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}\n]*)(\}?)")
_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[\w-]+)*", re.ASCII)


class Variables:
    """What `${...}` can name, and the findings met while resolving it.

    `values` maps dotted names (`vars.data`, `dag.id`) to nodes, which may refer to others in turn.
    """

    def __init__(self, values: Map[str, Node]) -> None:
        self._values = dict(values)
        self._resolving: list[str] = []
        self.findings: list[Diagnostic] = []
        self.used: set[str] = set()

    def scoped(self, values: Map[str, Node]) -> "Variables":
        """The same variables and some more; findings and uses go to the same lists."""
        inner = Variables({**self._values, **values})
        inner.findings, inner.used = self.findings, self.used
        return inner

    def resolve(self, node: Node) -> Node:
        """`node` with every `${...}` in its values resolved."""
        if isinstance(node, Scalar):
            return self._scalar(node) if "${" in node.text else node
        if isinstance(node, Mapping):
            entries = tuple(Entry(self._key(entry.key), self.resolve(entry.value)) for entry in node.entries)
            return self._bounded(replace(mapping(entries, node.span), via=node.via))
        return self._bounded(replace(sequence(tuple(map(self.resolve, node.items)), node.span), via=node.via))

    def _key(self, key: Scalar) -> Scalar:
        if "${" in key.text.replace("$${", ""):
            advice = "write the key out, only values are substituted; for a literal `${`, write `$${`"
            self._report(codes.BAD_SUBSTITUTION, key.span, "a key cannot hold `${...}`", advice)
        return replace(key, text=key.text.replace("$${", "${"))

    def _bounded(self, node: Node) -> Node:
        if node.size <= MAX_NODES:
            return node
        self._report(codes.TOO_LARGE, node.span, f"more than {MAX_NODES:,} values, variables put in")
        return mapping((), node.span)

    def _scalar(self, node: Scalar) -> Node:
        whole = _REFERENCE.fullmatch(node.text)
        if whole and whole.group(1) is not None:
            value = self._lookup(whole, node)
            return brought(value, node.span) if value is not None else Scalar("", node.span, plain=False)
        parts, end = [], 0
        for found in _REFERENCE.finditer(node.text):
            parts += [node.text[end : found.start()], self._inside_text(found, node)]
            end = found.end()
        text = "".join((*parts, node.text[end:]))
        if len(text) > MAX_TEXT:
            self._report(codes.TOO_LARGE, node.span, f"more than {MAX_TEXT:,} characters, variables put in")
            text = ""
        return Scalar(text, node.span, node.plain, node.via)

    def _inside_text(self, found: re.Match[str], node: Scalar) -> str:
        if found.group() == "$${":
            return "${"
        value = self._lookup(found, node)
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            advice = "let it be the whole value, or name a part of it that is a scalar"
            message = f"`{found.group()}` is a list or map and cannot stand inside a text"
            self._report(codes.BAD_SUBSTITUTION, node.span, message, advice)
            return ""
        return value.text

    def _lookup(self, found: re.Match[str], node: Scalar) -> Node | None:
        name = found.group(1).strip()
        literal = "for a literal `${`, write `$${`"
        if not found.group(2) or not _NAME.fullmatch(name):
            message = f"`{found.group()}` is not of the form `${{vars.NAME}}`"
            self._report(codes.BAD_SUBSTITUTION, node.span, message, literal)
            return None
        self.used.add(name)
        if name in self._resolving:
            circle = " → ".join((*self._resolving[self._resolving.index(name) :], name))
            self._report(codes.VARIABLE_CYCLE, node.span, f"`{name}` needs itself: {circle}")
            return None
        raw = self._values.get(name)
        if raw is None:
            known = did_you_mean(name, self._values) or (literal if "." not in name else None)
            self._report(codes.UNKNOWN_VARIABLE, node.span, f"`${{{name}}}` names nothing", known)
            return None
        self._resolving.append(name)
        value = self.resolve(raw)
        self._resolving.pop()
        self._values[name] = value
        return value

    def _report(self, code: Code, span: Span, message: str, advice: str | None = None) -> None:
        self.findings.append(Diagnostic(code, span, message, advice))


def leaves(prefix: str, node: Node | None) -> Iterator[tuple[str, Node]]:
    """The dotted names under which `node` and the values of its maps can be referred to."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield f"{prefix}.{entry.key.text}", entry.value
            yield from leaves(f"{prefix}.{entry.key.text}", entry.value)
