"""What an editor shows about the place under the pointer: the field, its value, and the source of the value."""

import re
from collections.abc import Iterator

from lsprotocol.types import Hover, MarkupContent, MarkupKind, Position
from trainspec.compose.provenance import origin
from trainspec.diagnostics import Span
from trainspec.diagnostics.links import DOCS, link
from trainspec.lsp.checking import Checker
from trainspec.lsp.cursor import ITEM
from trainspec.lsp.documents import Document
from trainspec.lsp.fields import field_at
from trainspec.lsp.names import at, occurrences
from trainspec.lsp.show import place_shown, value_shown
from trainspec.pipeline import Analysis
from trainspec.reference.codes import all_codes
from trainspec.reference.fields import Field
from trainspec.reference.show import anchor
from trainspec.text.tree import Mapping, Node, Path, Scalar, find

_CODE = re.compile(r"\bTS\d{3}\b")
_MOST_WORDS = 12


def hover(checker: Checker, document: Document, position: Position) -> Hover | None:
    """What is known of the place at a position; None if nothing is."""
    offset = document.places.offset(position)
    shown = "\n\n".join(_parts(checker, document, offset))
    return Hover(MarkupContent(MarkupKind.Markdown, shown)) if shown else None


def _parts(checker: Checker, document: Document, offset: int) -> Iterator[str]:
    if (code := _code_at(document.source.text, offset)) is not None:
        yield from (f"**{each.code.id}** {each.code.summary}\n\n{each.text}\n\n[{each.code.id}]({link(each.code)})"
                    for each in all_codes() if each.code.id == code)  # fmt: skip
        return
    if document.root is None:
        return
    analysis = checker.analysis(document)
    named = at(occurrences(document.source, document.tree), offset)
    if named is not None and named.name[0] == "vars":
        yield from _variable(analysis, named.name)
        return
    path = path_at(document, offset)
    field = field_at(tuple(ITEM if isinstance(step, int) else step for step in path)) if path else None
    if field is not None:
        yield from _field(field)
    if path:
        yield from _value(analysis, document, path)


def path_at(document: Document, offset: int) -> Path:
    """The path of the key or value at an offset; empty if there is none."""
    node, path = document.tree, list[str | int]()
    while node is not None and not isinstance(node, Scalar):
        below: tuple[str | int, Node] | None = None
        if isinstance(node, Mapping):
            for entry in node.entries:
                if _holds(document, entry.key.span, offset):
                    return (*path, entry.key.text)
                if entry.value.via is None and _holds(document, entry.value.span, offset):
                    below = (entry.key.text, entry.value)
        else:
            for index, item in enumerate(node.items):
                if item.via is None and _holds(document, item.span, offset):
                    below = (index, item)
        if below is None:
            return ()
        path.append(below[0])
        node = below[1]
    return tuple(path)


def _holds(document: Document, span: Span, offset: int) -> bool:
    start, end = document.source.offsets(span)
    return start <= offset <= end


def _code_at(text: str, offset: int) -> str | None:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    comment = line.find("# trainspec:")
    if comment < 0 or offset - start < comment:
        return None
    return next((found[0] for found in _CODE.finditer(line) if found.start() <= offset - start <= found.end()), None)


def _field(field: Field) -> Iterator[str]:
    yield f"**{field.path}**: {field.description}"
    facts = []
    if field.words:
        more = f" and {len(field.words) - _MOST_WORDS} more" if len(field.words) > _MOST_WORDS else ""
        facts.append(f"one of {', '.join(f'`{word}`' for word in field.words[:_MOST_WORDS])}{more}")
    elif field.form:
        facts.append(field.form)
    if field.default:
        facts.append(f"`{field.default}` by default")
    if field.is_required:
        facts.append("required")
    if field.member:
        limits = f", which takes {field.limits}" if field.limits else ""
        facts.append(f"becomes `{field.member}`{limits}")
    yield "\n".join(f"- {fact}" for fact in facts)
    yield f"[Reference]({DOCS}/fields.md#{anchor(field.top)})"


def _variable(analysis: Analysis, name: tuple[str, ...]) -> Iterator[str]:
    """The value of a variable and the place that gives it."""
    root = analysis.root
    if root is None:
        return
    node = find(root, name)
    if node is find(root, name[:-1]):
        yield f"`{'.'.join(name)}` is not defined."
        return
    yield f"`{'.'.join(name)}` is {value_shown(node, name[-1])}, from {place_shown(node.span)}"


def _value(analysis: Analysis, document: Document, path: Path) -> Iterator[str]:
    """The value of the composed document at a path, if it differs from what is written there."""
    if analysis.root is None or path[0] in ("vars", "environments", "defaults", "extends"):
        return
    path = _in_composed(analysis, path)
    node = find(analysis.root, path)
    if not isinstance(node, Scalar):
        return
    known = origin(analysis.root, path)
    written = find(document.root, path) if document.root is not None else None
    is_as_written = isinstance(written, Scalar) and written.text == node.text and written.span == known.span
    if known.is_implied or (is_as_written and not known.overrode):
        return
    via = f" by way of {place_shown(known.via)}" if known.via else ""
    yield f"Evaluates to {value_shown(node, str(path[-1]))}, from {place_shown(known.span)}{via}"
    for each in known.overrode:
        yield f"Overrides what {place_shown(each.span)} says"


def _in_composed(analysis: Analysis, path: Path) -> Path:
    """The path in the composed document, in which a matrix is replaced by its points: the first of them."""
    if path[0] == "jobs" and len(path) > 1:
        points = analysis.groups.get(str(path[1]))
        if points:
            return ("jobs", points[0], *path[2:])
    return path
