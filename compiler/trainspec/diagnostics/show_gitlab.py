"""Findings as a Code Quality report of GitLab, which shows them in merge requests and their diffs.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from trainspec.diagnostics.excerpt import visible_json
from trainspec.diagnostics.model import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def show(findings: Iterable[Diagnostic]) -> Iterator[str]:
    """The report as a JSON string."""
    seen: Counter[tuple[str, ...]] = Counter()
    yield visible_json([_issue(found, seen) for found in findings])


def _issue(found: Diagnostic, seen: Counter[tuple[str, ...]]) -> dict[str, Any]:
    span = found.span
    return {
        "description": f"{found.message} ({found.advice})" if found.advice else found.message,
        "check_name": found.code.id,
        "fingerprint": _fingerprint(found, seen),
        "severity": _SEVERITIES[found.severity],
        "location": {
            "path": span.path,
            "positions": {
                "begin": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
    }


def _fingerprint(found: Diagnostic, seen: Counter[tuple[str, ...]]) -> str:
    """What shows GitLab that a finding of two reports is the same: not its line, which other changes move.

    Findings that are otherwise alike have different fingerprints: GitLab shows only one finding of a fingerprint.
    """
    about = (found.span.path, found.code.id, found.field or "", found.message)
    seen[about] += 1
    whole = "\0".join((*about, str(seen[about])))
    return hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()[:32]
