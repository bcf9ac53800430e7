"""Findings as the protocol has them, and values as an editor may show them."""

from lsprotocol.types import (
    CodeDescription,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
)
from lsprotocol.types import (
    Diagnostic as Shown,
)
from trainspec.diagnostics import Diagnostic, Severity, Span, codes
from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.links import link
from trainspec.lsp.documents import Document, Documents
from trainspec.safety.masking import conceal_all, hides
from trainspec.text.tree import Mapping, Node, Scalar, Sequence

SOURCE = "trainspec"
_LONGEST_VALUE = 300
_HIDDEN = "*not shown: it may be a secret*"

_SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.NOTE: DiagnosticSeverity.Information,
}
_UNNECESSARY = (codes.UNUSED_VARIABLE.id, codes.UNUSED_IGNORE.id)


def shown(document: Document, finding: Diagnostic, documents: Documents) -> Shown:
    """The finding for an editor: where it is, what is wrong and what to do, and related places."""
    message = visible(conceal_all(finding.message))
    if finding.advice:
        message += f"\nhelp: {visible(conceal_all(finding.advice))}"
    related = []
    for label in finding.labels:
        source = document.source if label.span.path == document.name else None
        source = source or documents.source(document.project, label.span.path)
        if source is not None:
            uri = documents.uri_of(document.project, label.span.path)
            place = Location(uri, documents.places(source).of(label.span))
            related.append(DiagnosticRelatedInformation(place, visible(label.text)))
    return Shown(
        document.places.of(finding.span),
        message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code.id,
        code_description=CodeDescription(link(finding.code)),
        source=SOURCE,
        tags=[DiagnosticTag.Unnecessary] if finding.code.id in _UNNECESSARY else None,
        related_information=related or None,
    )


def value_shown(node: Node, name: str) -> str:
    """A value, as Markdown; `name` is the key that it is at."""
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, Sequence):
        return "a list"
    text = node.text if isinstance(node, Scalar) else ""
    if hides(name, text):
        return _HIDDEN
    text = visible(conceal_all(text))
    text = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def place_shown(span: Span) -> str:
    """A place, as people write it."""
    return f"{visible(span.path)}:{span.line}"
