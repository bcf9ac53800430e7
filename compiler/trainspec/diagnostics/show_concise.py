"""Findings as one line each, in the form that editors and `grep` read: `path:line:column: TS104 message`."""

from collections.abc import Iterable, Iterator

from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.model import Diagnostic


def show(findings: Iterable[Diagnostic]) -> Iterator[str]:
    """One line a finding."""
    for found in findings:
        span = found.span
        mark = " [*]" if found.fix else ""
        advice = f" ({found.advice})" if found.advice else ""
        yield visible(f"{span.path}:{span.line}:{span.column}: {found.code.id}{mark} {found.message}{advice}")
