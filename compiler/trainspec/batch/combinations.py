"""A spec with `for_each`: each combination analyzed once, and one list of findings for the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from trainspec.batch.outcome import Outcome
from trainspec.batch.pool import Look, outcomes
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic, codes
from trainspec.options import Options

Facts = TypeVar("Facts", bound=FileFacts)

_IDLE = (codes.UNUSED_IGNORE.id, codes.UNUSED_VARIABLE.id)
"""Codes for something unused: they count if it is unused in every combination."""


def outcomes_of_all(paths: Sequence[Path], look: Look) -> list[Outcome]:
    """What a run has to know of each file; of a spec with `for_each`, one after the other, of each combination.

    The findings of all combinations are those of the first, so that each is reported once.
    """
    found = dict(zip(paths, outcomes(paths, look), strict=True))
    several = {path: [each] for path, each in found.items() if len(each.combinations) > 1}
    for number in range(1, max((len(each.combinations) for each in found.values()), default=0)):
        there = replace(look, chosen=look.chosen._replace(combination=number))
        left = [path for path in several if len(found[path].combinations) > number]
        for path, each in zip(left, outcomes(left, there), strict=True):
            several[path].append(each)
    return [each for path, one in found.items() for each in (_joined(several[path]) if path in several else [one])]


def of_all(first: Facts, look: Callable[[int], Facts]) -> Iterator[Facts]:
    """A file and its other combinations, if there are any; `look` analyses the one with a number."""
    yield first
    yield from (look(number) for number in range(1, len(first.combinations)))


def chosen_again(chosen: Options, outcome: FileFacts) -> Options:
    """The options with which the same was found."""
    return chosen._replace(combination=outcome.combination)


def _joined(several: Sequence[Outcome]) -> list[Outcome]:
    first, *others = several
    return [replace(first, findings=tuple(findings_of_all(several))), *(replace(each, findings=()) for each in others)]


def findings_of_all(several: Sequence[FileFacts]) -> Sequence[Diagnostic]:
    """The findings of a file in all of its combinations, in their order; the first one knows what they are called.

    The others may know nothing: one that used up the budget has no more than the finding that says so.
    """
    if len(several) == 1:
        return several[0].findings
    labels = several[0].combinations
    return joined_findings([(label, each.findings) for label, each in zip(labels, several, strict=True)])


def joined_findings(found: Sequence[tuple[str, Iterable[Diagnostic]]]) -> list[Diagnostic]:
    """The findings in several combinations, each once; one that not all of them have names those that have it."""
    merged: dict[object, tuple[Diagnostic, list[str]]] = {}
    for label, findings in found:
        for finding in findings:
            key = (finding.code.id, finding.span, finding.field or finding.message, finding.member)
            merged.setdefault(key, (finding, []))[1].append(label)
    kept: list[Diagnostic] = []
    for finding, labels in merged.values():
        is_everywhere = len({*labels}) == len(found)
        if is_everywhere:
            kept.append(finding)
        elif finding.code.id not in _IDLE:
            listed = ", ".join(f"`{label}`" for label in dict.fromkeys(labels[:3])) + ("…" if len(labels) > 3 else "")
            kept.append(finding._replace(message=f"{finding.message} (for {listed})"))
    return sorted(kept, key=Diagnostic.sort_key)
