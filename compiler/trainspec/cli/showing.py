"""What commands show: the findings of a run, in any format."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import TextIO

from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.formats import Report, render
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.text.source import Source


def show_findings(
    findings: Sequence[Diagnostic], project: Project, form: str, analyses: Sequence[FileFacts], stream: TextIO
) -> None:
    """Print the findings of a run in one of the `FORMATS`."""
    if form == "text" and not findings:
        return
    from trainspec.cli.discretion import secret_places
    from trainspec.safety.masking import conceal, conceal_all

    lines = _lines(project)
    sources = (Source(name, "\n".join(lines(name))) for name in dict.fromkeys(found.span.path for found in findings))
    by_name = frozenset(span for source in sources for span in secret_places(source))

    report = Report(
        findings,
        lines,
        colours(stream.isatty()),
        [each.name for each in analyses],
        lambda: _explained(project),
        by_name.union(*(each.secrets for each in analyses)),
        conceal,
        conceal_all,
    )
    for block in render(form, report):
        print(block, file=stream)


def show_on_stderr(findings: Sequence[Diagnostic], project: Project, analyses: Sequence[FileFacts]) -> None:
    """Print findings in addition to the command's result; those that all combinations of a spec share only once."""
    show_findings(list(dict.fromkeys(findings)), project, "text", analyses, sys.stderr)


def of_policies(project: Project, looked_at: Sequence[FileFacts], *, is_all: bool) -> tuple[Diagnostic, ...]:
    """Findings about the policies of the project, without those that the run has checked as files.

    `is_all` means that the run has checked all specs of the project.
    """
    policies = project.selection.policies
    if policies is None:
        return ()
    names = {each.name for each in looked_at}
    found = [each for each in policies.findings if each.span.path not in names or each.code.id in _OF_ALL_POLICIES]
    specs = {each.name for each in looked_at if each.is_spec} if is_all else set()
    if specs:
        from trainspec.policies.load import is_policy_file
        from trainspec.policies.scope import empty_scopes

        environments = {*project.environments, *(name for each in looked_at for name in each.environments)}
        own = (each for each in policies.policies if is_policy_file(each.span.path, project.policies))
        found += empty_scopes(own, environments, specs)
    return project.selection.apply(found)


_OF_ALL_POLICIES = ("TS708", "TS709")
"""What one policy file alone does not show: that an exception has ended, and which other policy has its code."""


def _explained(project: Project) -> dict[str, str]:
    from trainspec.reference.codes import all_codes

    policies = project.selection.policies.policies if project.selection.policies is not None else ()
    return {
        **{known.code.id: known.text for known in all_codes()},
        **{policy.id: policy.text for policy in policies},
    }


def colours(is_terminal: bool) -> bool:
    """Whether to print in color."""
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _lines(project: Project) -> Callable[[str], Sequence[str]]:
    files = Files(project)

    @cache
    def lines(name: str) -> Sequence[str]:
        source = files.shown(name)
        return source.lines() if isinstance(source, Source) else []

    return lines
