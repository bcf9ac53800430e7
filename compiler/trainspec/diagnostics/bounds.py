"""Limits the number of findings that are shown, so that one broken file does not hide the others."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from trainspec.diagnostics.codes import NOT_SHOWN
from trainspec.diagnostics.model import Diagnostic, Severity
from trainspec.diagnostics.words import LONGEST_MESSAGE, cut, shorten

MOST_OF_FILE = 100
MOST_OF_RUN = 5_000
"""How many findings are shown for one file, and for a complete run."""

_WEIGHTS = list(Severity)


def bounded(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What is shown of `findings`, which are in order of their places.

    Errors are shown before warnings, these before notes. What is left out is a finding itself, as severe as the worst
    of it. Texts are shortened.
    """
    by_file = groupby(findings, key=lambda found: found.span.path)
    of_files = [found for _, group in by_file for found in _most(list(group), MOST_OF_FILE, "in this file")]
    return [_short(found) for found in _most(of_files, MOST_OF_RUN, "in this run")]


def _most(findings: list[Diagnostic], most: int, where: str) -> Iterator[Diagnostic]:
    if len(findings) <= most:
        yield from findings
        return
    weighed = sorted(range(len(findings)), key=lambda index: _WEIGHTS.index(findings[index].severity))
    kept = frozenset(weighed[:most])
    yield from (found for index, found in enumerate(findings) if index in kept)
    left = [found for index, found in enumerate(findings) if index not in kept]
    yield _not_shown(left, where)


def _not_shown(left: list[Diagnostic], where: str) -> Diagnostic:
    worst = min((found.severity for found in left), key=_WEIGHTS.index)
    count = sum(found.severity is worst for found in left)
    are = f"{count:,} of them {worst.value}s" if count < len(left) else f"all of them {worst.value}s"
    message = f"and {len(left):,} more findings {where}, {are}, are not shown"
    return Diagnostic(NOT_SHOWN._replace(severity=worst), left[0].span, message, "fix these, then run it again")


def _short(found: Diagnostic) -> Diagnostic:
    texts = {"message": shorten(found.message), "advice": found.advice and shorten(found.advice)}
    names = {"field": found.field, "member": found.member}
    texts |= {key: name and cut(name, LONGEST_MESSAGE) for key, name in names.items()}
    same = all(getattr(found, key) == text for key, text in texts.items())
    return found if same else found._replace(**texts)  # type: ignore[arg-type]  # each of its field's type
