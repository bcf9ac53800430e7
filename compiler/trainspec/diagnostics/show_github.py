"""Findings as workflow commands of GitHub Actions, which marks them in the diff.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterable, Iterator

from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.model import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def show(findings: Iterable[Diagnostic]) -> Iterator[str]:
    """One command a finding."""
    for found in findings:
        span = found.span
        place = {
            "file": span.path,
            "line": span.line,
            "col": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
            "title": found.code.id,
        }
        properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
        message = f"{found.message} ({found.advice})" if found.advice else found.message
        yield f"::{_COMMANDS[found.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    """`text` as the runner decodes it: its special characters escaped, and terminal control characters made visible."""
    shown = "".join(each if each in "\r\n" else visible(each) for each in text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
