"""The formats in which findings are shown: one table, one module each."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

from trainspec.diagnostics.model import Diagnostic, Severity, Span


class Report(NamedTuple):
    """Findings in order of their places, and other data that a format may need.

    `lines` gives a file's source, `checked` names the files of the run, `explain` gives Markdown about codes. `secrets`
    are the places that must not be shown, whether a finding is about them or not; `conceal` masks what anybody would
    take for a secret, wherever it stands, `conceal_source` what else gives one away in source.
    `counts` counts the findings by severity, if not all of them are here.
    """

    findings: Sequence[Diagnostic]
    lines: Callable[[str], Sequence[str]] = lambda _: ()
    colour: bool = False
    checked: Sequence[str] = ()
    explain: Callable[[], Mapping[str, str]] = dict
    secrets: frozenset[Span] = frozenset()
    conceal: Callable[[str], str] = str
    conceal_source: Callable[[str], str] = str
    counts: Mapping[Severity, int] | None = None


def _module(form: str) -> Any:
    """A format's module, imported on demand: most runs find nothing."""
    return import_module(f"trainspec.diagnostics.show_{form}")


Format: TypeAlias = Callable[[Report], Iterable[str]]

FORMATS: Mapping[str, Format] = {
    "text": lambda report: _module("text").show(report.findings, report.lines, report.counts, colour=report.colour),
    "concise": lambda report: _module("concise").show(report.findings),
    "json": lambda report: _module("json").show(report.findings),
    "github": lambda report: _module("github").show(report.findings),
    "gitlab": lambda report: _module("gitlab").show(report.findings),
    "sarif": lambda report: _module("sarif").show(report.findings, report.explain()),
    "junit": lambda report: _module("junit").show(report.findings, report.checked),
}
"""Each gives blocks of lines, without the last newline."""


def render(form: str, report: Report) -> Iterable[str]:
    """The report in one of the `FORMATS`: no secret in it, and no more than anybody reads."""
    from trainspec.diagnostics.bounds import bounded
    from trainspec.diagnostics.excerpt import concealing

    secrets = report.secrets | {found.secret for found in report.findings if found.secret}
    findings = bounded([_discreet(found, secrets, report.conceal) for found in report.findings])
    lines = concealing(report.lines, secrets, report.conceal_source)
    counts = Counter(found.severity for found in report.findings)
    return FORMATS[form](report._replace(findings=findings, lines=lines, counts=counts))


def _discreet(found: Diagnostic, secrets: frozenset[Span], conceal: Callable[[str], str]) -> Diagnostic:
    """The finding, without the secret that another one is about."""
    message = conceal(found.message)
    if found.span in secrets and not found.secret:
        message = re.sub('(?s)".*"', '"***"', message)
    shows_secret = found.fix and (
        found.span in secrets or any(conceal(each.text) != each.text for each in found.fix.edits)
    )
    fix = None if shows_secret else found.fix
    return found if message == found.message and not shows_secret else found._replace(message=message, fix=fix)
