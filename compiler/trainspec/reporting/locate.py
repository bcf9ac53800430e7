"""Drops findings that follow from others, and moves each to the place of its cause."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map

from trainspec.compose.document import COMMAND_LINE
from trainspec.diagnostics import Diagnostic, Label, Span, codes
from trainspec.text.tree import Entry, Mapping

_HOLES = (codes.BAD_KEY, codes.UNKNOWN_VARIABLE, codes.BAD_SUBSTITUTION, codes.VARIABLE_CYCLE)
"""After one of these, a value is not what its author meant: nothing else is reported about it."""

_OF_REGIONS = "TS56"
"""Prefixes of the codes of rules about regions: a region that differs from the environment's is reported once."""

_LONGEST_NAME = 250

_GAPS = (codes.UNREADABLE, codes.SYNTAX, codes.NOT_A_SPEC)
"""Behind one of these, what a file extends is not there."""
_MISSED = (codes.MISSING_KEY, codes.API_REQUIRED, codes.UNKNOWN_VARIABLE, codes.UNKNOWN_JOB)
"""What a document without the files that it extends may lack."""


def has_gaps(findings: Iterable[Diagnostic]) -> bool:
    """Whether something of what a file extends could not be had; `findings` are those of its `extends`."""
    return any(found.code in _GAPS for found in findings)


def without_missed(findings: Iterable[Diagnostic], of_extends: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """`findings` without what misses something that may be in a file which could not be had."""
    return (found for found in findings if found.code not in _MISSED) if has_gaps(of_extends) else findings


def without_consequences(
    findings: Sequence[Diagnostic], reported: Collection[Diagnostic] = (), more_holes: Collection[Span] = ()
) -> Iterator[Diagnostic]:
    """`findings` without those that only follow from others.

    What a value would have been is not known where a variable has no such name, and `{{ ds }}` without quotes is a map.
    At `more_holes` it is not known either; what is wrong there are findings already `reported`.
    """
    holes = {found.span for found in findings if found.code in _HOLES}.union(more_holes)
    foreign = {found.span for found in findings if found.code.id == codes.FOREIGN_PLACE.id}
    bad_keys = [found.span for found in findings if found.code is codes.BAD_KEY]
    misspelt = {found.field.rpartition(".")[0] for found in findings if _is_misspelt(found) and found.field}
    known = frozenset(reported) if holes or bad_keys else frozenset[Diagnostic]()
    for found in findings:
        if found.code is codes.MISSING_KEY and found.field in misspelt:
            continue  # what is missing exists, under another name
        if found.span in foreign and found.code.id.startswith(_OF_REGIONS):
            continue
        is_of_hole = found.span in holes or any(label.span in holes for label in found.labels)
        is_map_by_mistake = found.code is codes.WRONG_TYPE and any(_is_line_of(found.span, key) for key in bad_keys)
        if not (is_of_hole or is_map_by_mistake) or found.code in _HOLES or found in known:
            yield found


def _is_line_of(value: Span, key: Span) -> bool:
    return value.contains(key) and (value.line, value.end_line) == (key.line, key.end_line)


def point(findings: Iterable[Diagnostic], own: str, tree: Mapping, entries: Map[str, Span]) -> Iterator[Diagnostic]:
    """The findings about the file `own`, whose tree is `tree`, each with a place in the part of it that is concerned.

    What is in another file points at the `extends` by which that came in (`entries`); what stands outside of a job,
    in `defaults` or in an environment, at the job.
    """
    written = tree.get("jobs")
    jobs = {entry.key.text: entry for entry in written.entries} if isinstance(written, Mapping) else {}
    for found in map(_without_own_place, map(_in_a_file, findings)):
        if any(label.span.path == own for label in found.labels):
            yield found
        elif found.span.path != own:
            yield _labelled(found, entries.get(found.span.path), "extended here")
        else:
            job = _job(found.field or "", jobs)
            is_outside = job is not None and job.key.span.path == own and not _holds(job, found.span)
            yield _labelled(found, job.key.span, "used by this job") if job and is_outside else found


def _in_a_file(found: Diagnostic) -> Diagnostic:
    """A finding about a value of the command line, at the place where it is used."""
    option = found.span.path
    used = next((label for label in found.labels if not label.span.path.startswith(COMMAND_LINE)), None)
    if used is None or not option.startswith(COMMAND_LINE):
        return found
    labels = tuple(label for label in found.labels if label is not used)
    return found._replace(span=used.span, message=f"{found.message} (`{option}`)", labels=labels, fix=None)


def _without_own_place(found: Diagnostic) -> Diagnostic:
    labels = tuple(label for label in found.labels if label.span != found.span)
    return found if len(labels) == len(found.labels) else found._replace(labels=labels)


def _holds(job: Entry, span: Span) -> bool:
    return job.key.span.line <= span.line <= job.value.span.end_line


def _job(field: str, jobs: Map[str, Entry]) -> Entry | None:
    """The job that a field's dotted path leads into. Its name may contain dots; a matrix's points add more."""
    if not field.startswith("jobs."):
        return None
    rest = field.removeprefix("jobs.")[: _LONGEST_NAME + 1]
    ends = [len(rest), *(end for end in range(len(rest) - 1, 0, -1) if rest[end] in ".[")]
    return next((jobs[rest[:end]] for end in ends if rest[:end] in jobs), None)


def _labelled(found: Diagnostic, span: Span | None, text: str) -> Diagnostic:
    return found._replace(labels=(*found.labels, Label(span, text))) if span else found


def _is_misspelt(found: Diagnostic) -> bool:
    return found.code is codes.UNKNOWN_KEY and (found.advice or "").startswith("did you mean")
