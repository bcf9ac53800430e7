"""Findings as a JUnit report, which CI systems show with their tests.

There is a suite for each file and a failed case for each finding.

https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.model import Diagnostic, Severity


def show(findings: Sequence[Diagnostic], checked: Sequence[str] = ()) -> Iterator[str]:
    """The report. `checked` names the files of the run: one without findings is a case that passed.

    Only errors fail; a warning or a note is a skipped test case, with its message.
    """
    by_file = {path: list(group) for path, group in groupby(findings, key=lambda found: found.span.path)}
    files = {**{path: [] for path in checked}, **by_file}
    failures = sum(found.severity is Severity.ERROR for found in findings)
    tests = sum(len(group) or 1 for group in files.values())
    skipped = len(findings) - failures
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="trainspec" tests="{tests}" failures="{failures}" skipped="{skipped}">'
    for path in sorted(files):
        yield from _suite(path, files[path])
    yield "</testsuites>"


def _suite(path: str, findings: Sequence[Diagnostic]) -> Iterator[str]:
    failures = sum(found.severity is Severity.ERROR for found in findings)
    skipped = len(findings) - failures
    name = _quoted(visible(path))
    yield f'  <testsuite name={name} tests="{len(findings) or 1}" failures="{failures}" skipped="{skipped}">'
    if not findings:
        yield f'    <testcase name="lint" classname={name} file={name} />'
    for found in findings:
        span = found.span
        place = f"{span.line}:{span.column}"
        case = _quoted(f"{found.code.id} at {place}")
        yield f'    <testcase name={case} classname={name} file={name} line="{span.line}">'
        yield from _outcome(found, f"{path}:{place}")
        yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(found: Diagnostic, place: str) -> Iterator[str]:
    message = _quoted(visible(found.message))
    if found.severity is not Severity.ERROR:
        yield f"      <skipped message={message} />"
        return
    text = [f"{place}: {found.message}", *([f"help: {found.advice}"] if found.advice else [])]
    body = escape("\n".join(map(visible, text)), quote=False)
    yield f'      <failure type="{found.code.id}" message={message}>{body}</failure>'


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'
