"""The formats in which findings are shown: one table, one module each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from trainspec.diagnostics import show_concise, show_github, show_json, show_junit, show_sarif, show_text
from trainspec.diagnostics.excerpt import Lines
from trainspec.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in order of their places, and what a format may want besides.

    `lines` gives a file's source, `checked` names the files of the run, `explain` gives Markdown about codes.
    """

    findings: Sequence[Diagnostic]
    lines: Lines = lambda _: ()
    colour: bool = False
    checked: Sequence[str] = ()
    explain: Callable[[], Mapping[str, str]] = field(default=dict)


Format: TypeAlias = Callable[[Report], Iterable[str]]

FORMATS: Mapping[str, Format] = {
    "text": lambda report: show_text.show(report.findings, report.lines, colour=report.colour),
    "concise": lambda report: show_concise.show(report.findings),
    "json": lambda report: show_json.show(report.findings),
    "github": lambda report: show_github.show(report.findings),
    "sarif": lambda report: show_sarif.show(report.findings, report.explain()),
    "junit": lambda report: show_junit.show(report.findings, report.checked),
}
"""Each gives blocks of lines, without the last newline."""
