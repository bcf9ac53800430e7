"""Findings as a SARIF log, which code scanning services read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from trainspec import __version__
from trainspec.diagnostics.excerpt import visible_json
from trainspec.diagnostics.links import link
from trainspec.diagnostics.model import Code, Diagnostic, Fix, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/trainspec/trainspec"


def show(findings: Sequence[Diagnostic], explained: Mapping[str, str]) -> Iterator[str]:
    """The findings as a log with one run. `explained` has Markdown about codes."""
    codes = {found.code.id: found.code for found in findings}
    order = sorted(codes)
    driver = {
        "name": "trainspec",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(codes[id_], explained.get(id_)) for id_ in order],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PROJECT": {"description": {"text": "The project's root folder."}}},
        "results": [_result(found, order.index(found.code.id)) for found in findings],
    }
    yield visible_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: Code, text: str | None) -> dict[str, Any]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.summary},
        "help": {"text": text or code.summary, **({"markdown": text} if text else {})},
        "helpUri": link(code),
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    message = f"{found.message}. {_sentence(found.advice)}" if found.advice else found.message
    result: dict[str, Any] = {
        "ruleId": found.code.id,
        "ruleIndex": rule,
        "level": found.severity.value,
        "message": {"text": message},
        "locations": [_location(found.span) | _logical(found)],
    }
    if found.labels:
        result["relatedLocations"] = [
            {"id": index, "message": {"text": label.text}, **_location(label.span)}
            for index, label in enumerate(found.labels)
        ]
    if found.fix:
        result["fixes"] = [_fix(found.fix, found.advice)]
    return result


def _fix(fix: Fix, advice: str | None) -> dict[str, Any]:
    """The edits by file, as section 3.55 of the standard has them."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        by_file.setdefault(edit.span.path, []).append(replacement)
    changes = [{"artifactLocation": _artifact(path), "replacements": made} for path, made in by_file.items()]
    return {"artifactChanges": changes, **({"description": {"text": _sentence(advice)}} if advice else {})}


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.path), "region": _region(span)}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path), "uriBaseId": "PROJECT"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": max(span.end_line, span.line),
        "endColumn": span.end_column,
    }


def _logical(found: Diagnostic) -> dict[str, Any]:
    names: Iterable[str | None] = (found.field, found.member)
    logical = [{"fullyQualifiedName": name} for name in names if name]
    return {"logicalLocations": logical} if logical else {}


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
