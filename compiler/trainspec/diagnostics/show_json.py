"""Findings for programs: a JSON list with an object for each finding, whose keys are stable.

docs/diagnostics.md describes them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from trainspec.diagnostics.excerpt import visible_json
from trainspec.diagnostics.links import link
from trainspec.diagnostics.model import Diagnostic, Span


def show(findings: Iterable[Diagnostic]) -> Iterator[str]:
    """The findings as a JSON string."""
    yield visible_json([_plain(found) for found in findings])


def _plain(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code.id,
        "severity": found.severity.value,
        "url": link(found.code),
        "message": found.message,
        "advice": found.advice,
        "field": found.field,
        "member": found.member,
        **_place(found.span),
        "labels": [{"text": label.text, **_place(label.span)} for label in found.labels],
        "fix": [{"text": edit.text, **_place(edit.span)} for edit in found.fix.edits] if found.fix else None,
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
