"""A new value for a scalar, written as the old one was: with its quotes, its anchor and its `${...}`."""

import json
import re
from collections.abc import Iterable, Mapping

from trainspec.diagnostics import Diagnostic, Edit, Fix, Span
from trainspec.text.source import Source

_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")


def spelled(findings: Iterable[Diagnostic], sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """The findings, their fixes as YAML. One that cannot be written in its place has no fix."""
    return tuple(found._replace(fix=_fix(found.fix, sources)) if found.fix else found for found in findings)


def _fix(fix: Fix, sources: Mapping[str, Source]) -> Fix | None:
    edits = []
    for edit in fix.edits:
        source = sources.get(edit.span.path)
        written = _edit(edit, source, fix.removes_comment) if source else None
        if written is None:
            return None
        edits.append(written)
    return fix._replace(edits=tuple(edits))


def _edit(edit: Edit, source: Source, removes_comment: bool) -> Edit | None:
    raw = source.at(edit.span)
    if edit.value is None:
        return edit if removes_comment or "#" not in raw or "#" in edit.text else None
    properties = _PROPERTIES.match(raw)
    skipped = properties.end() if properties else 0
    raw = raw[skipped:]
    if not raw or raw[0] in "|>" or len(raw.splitlines()) != 1:
        return None
    text = _around_references(value_of(raw), edit.value, edit.text)
    is_in_block = value_of(raw, in_list=True) != value_of(raw)
    written = _written(text, raw[0], edit.is_plain, is_in_block) if text is not None else None
    if written is None:
        return None
    span = edit.span
    return Edit(Span(span.path, span.line, span.column + skipped, span.end_line, span.end_column), written)


def _around_references(written: str | None, value: str, text: str) -> str | None:
    """The new text of a scalar that is `written` in the file, and is `value` after substitution of its `${...}`.

    None if the change affects what is substituted, or comes after it.
    """
    if written is None or written == value:
        return None if written is None else text
    known = written.partition("${")[0]
    shared = 0
    while shared < min(len(value), len(text)) and value[-1 - shared] == text[-1 - shared]:
        shared += 1
    changed, new = value[: len(value) - shared], text[: len(text) - shared]
    return new + written[len(changed) :] if value.startswith(known) and known.startswith(changed) else None


def _written(text: str, quote: str, is_plain: bool, is_in_block: bool) -> str | None:
    """`text` as a scalar, in the quotes of the previous one, or in double ones if it needs some.

    One that `is_in_block` need not be such as can be between brackets.
    """
    double = json.dumps(text, ensure_ascii=False)
    first = {"'": "'" + text.replace("'", "''") + "'", '"': double}.get(quote, text)
    candidates = [text] if is_plain else [first, double]
    return next(
        (
            each
            for each in candidates
            if value_of(each) == text and (is_in_block or value_of(each, in_list=True) == text)
        ),
        None,
    )


def value_of(raw: str, *, in_list: bool = False) -> str | None:
    """The value of the scalar that `raw` spells; None if it is not a scalar."""
    import yaml  # only if there is something to fix

    try:
        node = yaml.compose(f"[{raw}]" if in_list else raw, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return None
    if in_list and isinstance(node, yaml.SequenceNode) and len(node.value) == 1:
        node = node.value[0]
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None
