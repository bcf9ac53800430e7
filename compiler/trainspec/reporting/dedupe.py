"""Keeps one of several findings that report the same."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from trainspec.diagnostics import Diagnostic

if TYPE_CHECKING:
    from trainspec.crossfile.facts import FileFacts


def distinct(findings: Iterable[Diagnostic], jobs: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """The findings in order of their places; one that several `jobs` share through their defaults is reported once."""
    known = frozenset(jobs)
    once: dict[object, Diagnostic] = {}
    for found in sorted(findings, key=lambda found: found.field or ""):
        in_job = _field_in_job(found.field or "", known)
        once.setdefault((found.code.id, found.span, in_job or found.message, found.member), found)
    return tuple(sorted(once.values(), key=Diagnostic.sort_key))


def _field_in_job(name: str, jobs: frozenset[str]) -> str | None:
    """The part of a field's dotted path below its job, whose name may contain dots, too."""
    if not name.startswith("jobs."):
        return None
    rest = name.removeprefix("jobs.")
    ends = [end for end, sign in enumerate(rest) if sign in ".["]
    end = next((end for end in reversed(ends) if rest[:end] in jobs), ends[0] if ends else len(rest))
    return f"jobs{rest[end:]}"


def of_all_files(files: Sequence["FileFacts"]) -> list[Diagnostic]:
    """The findings of all files; one that several specs inherit from a file is reported once."""
    own = [found for each in files for found in each.findings if found.span.path == each.name]
    places = {(found.code.id, found.span, found.member) for found in own}
    others: dict[object, Diagnostic] = {}
    for found in (found for each in files for found in each.findings if found.span.path != each.name):
        place = (found.code.id, found.span, found.member)
        if place not in places:
            others.setdefault(place, found)
    return sorted([*own, *others.values()], key=Diagnostic.sort_key)
