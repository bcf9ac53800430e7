"""YAML text → located tree, from libyaml's events.

The tree is built here and not by a YAML library's composer because a spec is untrusted input and its places matter:
nesting, size and aliases are bounded while the text is read, nothing recurses, every duplicate key is reported and
parsing continues behind it.
"""

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, Final

from trainspec.diagnostics import Code, Diagnostic, Fix, Label, Span, codes
from trainspec.diagnostics.words import cut
from trainspec.text.events import events, yaml_error
from trainspec.text.source import Source
from trainspec.text.tree import Entry, Mapping, Node, Scalar, Sequence, mapping, sequence, used_at

MAX_DEPTH = 60
MAX_NODES = 50_000
MAX_ENTRIES = 1_000
MAX_TEXT = 65_536
MAX_FAULTS = 50
"""Bounds on a document, aliases written out: far above any spec, far below what would slow the tool down.

They hold for the document, one map or list, one text, and the findings after which nobody reads on.
"""

_SHOWN = 60
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}int", f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null"}
_KNOWN_TAGS = {*_PLAIN_TAGS, f"{_TAG}str", f"{_TAG}map", f"{_TAG}seq", "!", None}


def parse(source: Source, *, keep_tags: bool = False) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of the document in `source`, if any, and its faults; `keep_tags` reads `!A b` as the map `{"!A": b}`."""
    builder = _Builder(source, keep_tags)
    try:
        for event in events(source.text):
            if not builder.take(event):
                break
    except yaml_error() as error:
        from trainspec.text.syntax import syntax_finding  # most specs need none of it

        builder.findings.append(syntax_finding(error, source))
    return builder.root, builder.findings


def parse_until(source: Source, keys: frozenset[str]) -> Node | None:
    """The tree of `source`, read only as far as it takes for a document that is a map to have these keys.

    None if the text is not YAML so far. What is wrong with it is not reported.
    """
    builder = _Builder(source)
    try:
        for event in events(source.text):
            if not builder.take(event):
                return None
            if builder.has(keys):
                return builder.so_far()
    except yaml_error():
        return None
    return builder.root


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    start: Any
    anchor: str | None
    tag: str | None
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    merged: list[Entry] = field(default_factory=list)
    key: Scalar | None = None
    in_bad_key: bool = False


class _Builder:
    """Puts the tree together, event by event."""

    def __init__(self, source: Source, keep_tags: bool = False) -> None:
        self.source, self.keep_tags = source, keep_tags
        self.name = source.name
        self.root: Node | None = None
        self.findings: list[Diagnostic] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._open_anchors: set[str] = set()
        self._last: Any = None
        self._documents = 0
        self._merged = 0

    def take(self, event: Any) -> bool:
        """Take in one event; false when reading on is of no use."""
        if len(self.findings) >= MAX_FAULTS:
            self._report(
                codes.TOO_LARGE, self._span(event), f"{MAX_FAULTS} errors so far: the rest of the file is not read"
            )
            return False
        step = _STEPS.get(type(event).__name__)
        return step is None or step(self, event)

    def has(self, keys: frozenset[str]) -> bool:
        """Whether the document is a map that has these keys."""
        return len(self._stack) == 1 and self._stack[0].entries.keys() >= keys

    def so_far(self) -> Mapping:
        """The document's map with the entries that have been read."""
        start, entries = self._stack[0].start, tuple(self._stack[0].entries.values())
        return mapping(entries, Span(self.name, start.line + 1, start.column + 1, start.line + 1, start.column + 1))

    # ------------------------------------------------------------------ nodes

    def _document(self, event: Any) -> bool:
        self._documents += 1
        if self._documents > 1:
            message, advice = (
                "a second document begins here; a spec is a single document",
                "put each spec in its own file",
            )
            self._report(codes.NOT_A_SPEC, self._span(event), message, advice)
        return self._documents == 1

    def _scalar(self, event: Any) -> bool:
        self._last = event.end_mark
        if len(event.value) > MAX_TEXT:
            self._report(codes.TOO_LARGE, self._span(event), f"a string of more than {MAX_TEXT:,} characters")
            return False
        if event.tag is None and event.anchor is None:  # as nearly all are
            return self._add(Scalar(event.value, self._span(event), not event.style), None)
        node = Scalar(event.value, self._span_of_scalar(event), self._is_plain(event))
        return self._add(node, event.anchor, event.tag)

    def _begin(self, event: Any, *, is_map: bool = False) -> bool:
        if len(self._stack) >= MAX_DEPTH:
            self._report(codes.TOO_LARGE, self._span(event), f"more than {MAX_DEPTH} levels of nesting")
            return False
        self._last = event.end_mark
        if event.tag is not None:
            self._is_plain(event)
        if event.anchor:
            self._open_anchors.add(event.anchor)
        opened = _Open(event.start_mark, event.anchor, event.tag, is_map)
        if (above := self._stack[-1] if self._stack else None) and above.is_map and above.key is None:
            from trainspec.text.syntax import quoted_template

            advice = "quote the value: an unquoted `{{` starts a YAML mapping" if is_map else "write a plain string"
            span = self._span(event)
            fix = quoted_template(self.source, above.start) if is_map else None
            self._report(codes.BAD_KEY, span, "a map or list cannot be a key", advice, fix=fix)
            opened.in_bad_key = True
        self._stack.append(opened)
        return True

    def _end(self, event: Any) -> bool:
        done = self._stack.pop()
        if event.end_mark.index > event.start_mark.index:  # a closing bracket; a block has no text at its end
            self._last = event.end_mark
        span = Span(self.name, done.start.line + 1, done.start.column + 1, self._last.line + 1, self._last.column + 1)
        if done.is_map:
            own = tuple(done.entries.values())
            merged = tuple(entry for entry in done.merged if entry.key.text not in done.entries)
            node: Node = mapping((*merged, *own), span)
        else:
            node = sequence(tuple(done.items), span)
        self._open_anchors.discard(done.anchor or "")
        if done.in_bad_key:
            self._stack[-1].key = Scalar("", span)
            return True
        return self._add(node, done.anchor, done.tag)

    def _add(self, node: Node, anchor: str | None, tag: str | None = None) -> bool:
        if self.keep_tags and tag and tag not in _KNOWN_TAGS:
            node = mapping((Entry(Scalar(tag, node.span), node),), node.span)
        if not isinstance(node, Scalar) and node.size > MAX_NODES:
            self._report(codes.TOO_LARGE, node.span, f"more than {MAX_NODES:,} values, counting each use of an alias")
            return False
        if anchor:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return True
        above = self._stack[-1]
        if not above.is_map:
            above.items.append(node)
        elif above.key is None:
            above.key = self._as_key(node)
            return True
        else:
            key, above.key = above.key, None
            self._set(above, key, node)
        return self._is_bounded(above, node.span)

    def _is_bounded(self, above: _Open, span: Span) -> bool:
        if len(above.items) + len(above.entries) + len(above.merged) > MAX_ENTRIES or self._merged > MAX_NODES:
            self._report(codes.TOO_LARGE, span, f"more than {MAX_ENTRIES:,} entries in one map or list")
            return False
        return True

    def _leave_out(self, span: Span) -> bool:
        """Go on as if the value were not there, and its key neither: one finding for it is enough."""
        above = self._stack[-1] if self._stack else None
        if above and above.is_map:
            above.key = Scalar("", span) if above.key is None else None
        return True

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self._report(codes.BAD_KEY, node.span, "a map or list cannot be a key", "write a plain string")
        return Scalar("", node.span)

    def _set(self, above: _Open, key: Scalar, value: Node) -> None:
        if key.text == "<<" and key.plain:
            self._merge(above, key, value)
        elif key.text in above.entries:
            first = above.entries[key.text].key.span
            label = Label(first, "first written here")
            self._report(codes.DUPLICATE_KEY, key.span, f"`{key.text}` is a duplicate key", "keep one", (label,))
        else:
            above.entries[key.text] = Entry(key, value)

    def _merge(self, above: _Open, key: Scalar, value: Node) -> None:
        """YAML's merge key: the first of several maps wins, and what the map itself says wins over all."""
        if above.merged:
            advice = "merge several maps with one key: `<<: [*a, *b]`"
            self._report(codes.DUPLICATE_KEY, key.span, "`<<` is a duplicate key", advice)
            return
        maps = value.items if isinstance(value, Sequence) else (value,)
        taken: dict[str, Entry] = {}
        for each in maps:
            if not isinstance(each, Mapping):
                advice = "write `<<: *anchor` or `<<: [*a, *b]`"
                self._report(codes.BAD_ALIAS, value.span, "`<<` merges mappings, and this is not one", advice)
                return
            self._merged += len(each.entries)
            if self._merged > MAX_NODES:
                return
            for entry in each.entries:
                taken.setdefault(entry.key.text, entry)
        above.merged = list(taken.values())

    def _alias(self, event: Any) -> bool:
        name, self._last = event.anchor, event.end_mark
        if name in self._anchors:
            return self._add(used_at(self._anchors[name], self._span(event)), None)
        if name in self._open_anchors:
            message, advice = f"`*{name}` is inside the value that it refers to", "a document cannot contain itself"
        else:
            message = f"no anchor `&{name}` is defined before this alias"
            advice = "an anchor can be used only in its own file, after its definition"
        self._report(codes.BAD_ALIAS, self._span(event), message, advice)
        return self._leave_out(self._span(event))

    # ------------------------------------------------------------------ helpers

    def _is_plain(self, event: Any) -> bool:
        """Whether a scalar's characters decide what it is: no quotes, no `!!str`. Reports tags without a meaning."""
        tag = event.tag
        if tag not in _KNOWN_TAGS and not self.keep_tags:
            shown = cut(tag.replace(_TAG, "!!"), _SHOWN)
            self._report(codes.BAD_TAG, self._span(event), f"the tag `{shown}` has no meaning in a spec", "remove it")
        return tag in _PLAIN_TAGS or (tag is None and not event.style)

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _span_of_scalar(self, event: Any) -> Span:
        """The place of a scalar; of one in so many characters on one line without the anchor and the tag before it."""
        span = self._span(event)
        if not event.style and span.line == span.end_line:
            return span._replace(column=max(span.column, span.end_column - len(event.value)))
        return span

    def _report(
        self,
        code: Code,
        span: Span,
        message: str,
        advice: str | None = None,
        labels: tuple[Label, ...] = (),
        fix: Fix | None = None,
    ) -> None:
        self.findings.append(Diagnostic(code, span, message, advice, labels=labels, fix=fix))


_STEPS: Final[Map[str, Callable[[_Builder, Any], bool]]] = {
    "DocumentStartEvent": _Builder._document,
    "MappingStartEvent": lambda builder, event: builder._begin(event, is_map=True),
    "SequenceStartEvent": _Builder._begin,
    "MappingEndEvent": _Builder._end,
    "SequenceEndEvent": _Builder._end,
    "ScalarEvent": _Builder._scalar,
    "AliasEvent": _Builder._alias,
}
"""How each of libyaml's events is taken in. A builder that held its own methods would be a cycle, and garbage."""
