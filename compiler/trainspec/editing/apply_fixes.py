"""Applies fixes to the files that they concern, until no finding with a fix is left."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trainspec.diagnostics import Diagnostic, Edit
from trainspec.editing.equivalence import is_sound
from trainspec.text.source import Source

ROUNDS = 20
"""How often the files are checked again: a misspelled key hides errors below it, and fixes may overlap."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check of the files: findings, and the texts that they are about, by name."""

    findings: Sequence[Diagnostic]
    sources: Mapping[str, Source]


@dataclass(slots=True)
class FixedFiles:
    """Texts before (`old`) and after (`new`), by name; how many findings were fixed; what is left.

    `refused` are findings whose fix would have changed the meaning of the rest of its file.
    """

    left: Sequence[Diagnostic] = ()
    old: dict[str, Source] = field(default_factory=dict)
    new: dict[str, Source] = field(default_factory=dict)
    fixed: int = 0
    refused: list[Diagnostic] = field(default_factory=list)


def apply_fixes(check: Callable[[Mapping[str, Source]], Checked]) -> FixedFiles:
    """Apply the fixes of what `check` finds, round by round.

    `check` is given the texts that replace files.
    """
    result = FixedFiles()
    seen: dict[str, set[str]] = {}
    given_up: set[str] = set()
    for _ in range(ROUNDS):
        checked = check(result.new)
        result.left = checked.findings
        found_more = False
        for name, findings in _by_file(checked.findings, result.refused).items():
            source = checked.sources.get(name)
            if source is None or name in given_up:
                continue
            text, done = _fixed(source, findings, result.refused)
            before = seen.setdefault(name, {source.text})
            if text in before:  # the fixes undo one another, or there are none
                if done:
                    given_up.add(name)
                continue
            before.add(text)
            result.old.setdefault(name, source)
            result.new[name] = Source(name, text)
            result.fixed += len(done)
            found_more = True
        if not found_more:
            return result
    result.left = check(result.new).findings
    return result


def at_once(source: Source, findings: Iterable[Diagnostic]) -> tuple[str, int] | None:
    """The text of one file with as many fixes as are compatible, and how many; None if there is nothing to fix.

    Fixes that change other files are left out.
    """
    own = [each for each in findings if each.fix and all(edit.span.path == source.name for edit in each.fix.edits)]
    text, done = _fixed(source, own, []) if own else (source.text, ())
    return (text, len(done)) if text != source.text else None


def _by_file(findings: Iterable[Diagnostic], refused: Sequence[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """The findings that have a fix, by the file that it is for."""
    refused_before = {(found.code.id, found.span, found.fix) for found in refused}
    files: dict[str, list[Diagnostic]] = {}
    for found in findings:
        if found.fix and (found.code.id, found.span, found.fix) not in refused_before:
            files.setdefault(found.fix.edits[0].span.path, []).append(found)
    return files


def _fixed(
    source: Source, findings: Sequence[Diagnostic], refused: list[Diagnostic]
) -> tuple[str, Sequence[Diagnostic]]:
    """The text of `source` after the fixes of `findings`, as many as are compatible, and the findings fixed."""
    chosen = _disjoint(source, findings)
    text = _applied(source, chosen)
    if text is not None:
        return text, chosen
    sound: list[Diagnostic] = []
    for found in chosen:
        (sound if _applied(source, [found]) is not None else refused).append(found)
    text = _applied(source, sound)
    return (text, sound) if text is not None else (source.text, ())


def _disjoint(source: Source, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings whose edits do not overlap, the first ones first; equal edits are made once."""
    taken: list[tuple[int, int]] = []
    known: set[tuple[Edit, ...]] = set()
    chosen = []
    for found in findings:
        edits = found.fix.edits if found.fix else ()
        places = [source.offsets(edit.span) for edit in edits]
        if edits in known or any(start < end2 and start2 < end for start, end in places for start2, end2 in taken):
            continue
        known.add(edits)
        taken += places
        chosen.append(found)
    return chosen


def _applied(source: Source, findings: Sequence[Diagnostic]) -> str | None:
    """The text after the findings' fixes; None if the rest of it would change its meaning."""
    edits = [edit for found in findings if found.fix for edit in found.fix.edits]
    text = source.text
    for (start, end), new in sorted(((source.offsets(edit.span), edit.text) for edit in edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text if is_sound(source, Source(source.name, text), edits) else None
