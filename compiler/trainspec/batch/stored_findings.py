"""Findings as JSON and back, so that a file with warnings need not be analyzed again.

A finding with a secret is not stored, and neither is a file that has one.
"""

from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import Code, Diagnostic, Edit, Fix, Label, Severity, Span

if TYPE_CHECKING:
    from trainspec.reporting.comments import Ignore  # which a run that has nothing to do need not load


def of_span(span: Span) -> list[Any]:
    """A span as JSON."""
    return [span.path, span.line, span.column, span.end_line, span.end_column]


def is_span(stored: Any) -> bool:
    """Whether something that was read is a span."""
    return isinstance(stored, list) and [type(each) for each in stored] == [str, int, int, int, int]


def to_span(stored: Any) -> Span:
    """The reverse. Raises ValueError if it is not a span."""
    if not is_span(stored):
        raise ValueError("not a span")
    return Span(*stored)


def of_finding(found: Diagnostic) -> dict[str, Any] | None:
    """A finding as JSON; None for one that is not to be stored."""
    if found.secret or found.code.is_secret:
        return None
    return {
        "code": [found.code.id, found.code.summary, found.code.severity.value, found.code.is_locked, found.code.url],
        "span": of_span(found.span),
        "text": [found.message, found.advice, found.field, found.member],
        "labels": [[of_span(label.span), label.text] for label in found.labels],
        "fix": found.fix and [found.fix.removes_comment, *map(_of_edit, found.fix.edits)],
    }


def to_finding(stored: Any) -> Diagnostic:
    """The reverse. Raises ValueError, TypeError or KeyError if it is not a finding."""
    *texts, is_locked, url = stored["code"]
    id_, summary, severity = map(_text, texts)
    message, *others = stored["text"]
    advice, field, member = (None if each is None else _text(each) for each in others)
    labels = tuple(Label(to_span(span), _text(text)) for span, text in stored["labels"])
    fix = stored["fix"] and Fix(tuple(map(_to_edit, stored["fix"][1:])), bool(stored["fix"][0]))
    code = Code(id_, summary, Severity(severity), is_locked=bool(is_locked), url=None if url is None else _text(url))
    return Diagnostic(code, to_span(stored["span"]), _text(message), advice, field, member, labels, None, fix)


def _of_edit(edit: Edit) -> list[Any]:
    return [of_span(edit.span), edit.text, edit.value, edit.is_plain]


def _to_edit(stored: Any) -> Edit:
    span, text, value, is_plain = stored
    return Edit(to_span(span), _text(text), None if value is None else _text(value), bool(is_plain))


def _text(stored: Any) -> str:
    if not isinstance(stored, str):
        raise ValueError("not a string")  # noqa: TRY004  # one kind of error for what cannot be read
    return stored


def of_findings(found: tuple[Diagnostic, ...]) -> list[Any] | None:
    """Findings as JSON; None if one is not to be stored."""
    stored = [of_finding(each) for each in found]
    return None if None in stored else stored


def to_findings(stored: Any) -> tuple[Diagnostic, ...]:
    """The way back."""
    return tuple(map(to_finding, stored))


def of_references(references: tuple[tuple[str, Diagnostic], ...]) -> list[Any] | None:
    """What a spec says of other DAGs, as JSON."""
    stored = of_findings(tuple(found for _, found in references))
    return stored and [[name, each] for (name, _), each in zip(references, stored, strict=True)]


def to_references(stored: Any) -> tuple[tuple[str, Diagnostic], ...]:
    """The way back."""
    return tuple((_text(name), to_finding(found)) for name, found in stored)


def of_ignores(ignores: "frozenset[Ignore]") -> list[Any]:
    """Comments that silence findings, as JSON."""
    ordered = sorted(ignores, key=lambda each: (each.code.id, each.span.path, each.span.line, each.span.column))
    return [
        [_of_code(each), each.first, each.last, each.is_line, of_span(each.span), each.in_patch] for each in ordered
    ]


def _of_code(ignore: "Ignore") -> list[Any]:
    code = ignore.code
    return [code.id, code.summary, code.severity.value, code.is_secret, code.is_locked, code.url]


def to_ignores(stored: Any) -> "frozenset[Ignore]":
    """The way back."""
    from trainspec.reporting.comments import Ignore

    return frozenset(
        Ignore(
            Code(_text(code[0]), _text(code[1]), Severity(code[2]), bool(code[3]), bool(code[4]), code[5]),
            int(first),
            int(last),
            bool(is_line),
            to_span(span),
            bool(in_patch),
        )
        for code, first, last, is_line, span, in_patch in stored
    )
