"""Checks of a document in addition to its schema: that it is a spec, that it has jobs, its environments."""

from collections.abc import Collection, Iterator

from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.language.validate import validate
from trainspec.text.tree import Mapping, Node, Path, key_span, mapping
from trainspec.text.typing import is_null


def check_is_map(tree: Node | None, parsed: Collection[Diagnostic], name: str) -> Iterator[Diagnostic]:
    """Whether a document is a map; nothing is said of one that could not be read, which `parsed` says."""
    if tree is None and not parsed:
        span = Span(name, 1, 1, 1, 1)
        yield Diagnostic(codes.NOT_A_SPEC, span, "the file is empty", "start with `trainspec: 1`, or remove the file")
    if tree is not None and not isinstance(tree, Mapping):
        message = "a spec must be a YAML mapping"
        yield Diagnostic(codes.NOT_A_SPEC, tree.span, message, "start with `trainspec: 1`")


def check_fragment(root: Mapping, settled: Node) -> Iterator[Diagnostic]:
    """Errors of a fragment, whatever extends it: others may add what is missing, and null removes.

    `settled` is the same document without what null removes.
    """
    assert isinstance(settled, Mapping)  # noqa: S101  # a map stays one
    for found in validate(settled).findings:
        if found.code is not codes.MISSING_KEY and not (found.code is codes.WRONG_TYPE and _is_empty(root, found)):
            yield found


def _is_empty(root: Node, found: Diagnostic) -> bool:
    """Whether the value of a finding is null, or missing after its key."""
    if isinstance(root, Mapping):
        return any(_is_empty(entry.value, found) for entry in root.entries)
    return root.span == found.span and is_null(root)


def check_environments(root: Mapping, reported: Collection[Diagnostic]) -> Iterator[Diagnostic]:
    """What is wrong with the patches of all environments, whichever is chosen, as far as that shows in them alone.

    What is among the findings `reported` already is left out.
    """
    entry = root.entry("environments")
    known = {(found.code, found.span) for found in reported}
    for found in validate(mapping((entry,), root.span)).findings if entry else ():
        if (found.code, found.span) not in known:
            yield found


def check_jobs(root: Mapping, groups: Collection[str], invalid: Collection[Path]) -> Iterator[Diagnostic]:
    """Whether a composed document has jobs at all; a matrix without points, one of the `groups`, has been reported."""
    jobs = root.get("jobs")
    if groups or ("jobs",) in invalid or not (jobs is None or (isinstance(jobs, Mapping) and not jobs.entries)):
        return
    span = key_span(root, ("jobs",)) if jobs is not None else root.entries[0].key.span if root.entries else root.span
    yield Diagnostic(codes.MISSING_KEY, span, "the spec has no jobs", "add a job under `jobs`", "jobs")
