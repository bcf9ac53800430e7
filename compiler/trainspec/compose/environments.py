"""`environments`: patches that are merged onto a document, by the name of the environment."""

from collections.abc import Collection, Iterator

from trainspec.compose.merge import is_removal, merge, without
from trainspec.diagnostics import Diagnostic, codes, did_you_mean
from trainspec.safety.budget import spend
from trainspec.text.tree import Entry, Mapping, Node, mapping

_PATCHED = ("dag", "vars", "for_each", "defaults", "jobs", "sensors", "tasks", "approvals", "triggers")
_NAMED = {
    "jobs": "job", "vars": "variable", "sensors": "sensor", "tasks": "task", "approvals": "approval",
    "triggers": "trigger",
}  # fmt: skip
"""Sections whose keys the author chose: a patch of an unknown key is meant for another one."""


_STEPS_OF_FAULT = 50


def names(root: Mapping) -> tuple[str, ...]:
    """The environments of a document."""
    known = root.get("environments")
    entries = known.entries if isinstance(known, Mapping) else ()
    return tuple(entry.key.text for entry in entries if not is_removal(entry.value))


def check(root: Mapping, wanted: str | None, known_elsewhere: Collection[str] = ()) -> Iterator[Diagnostic]:
    """Findings for patches of unknown keys; and for a missing environment `wanted` if there are others.

    A spec need not patch itself for an environment that is `known_elsewhere`, in the settings.
    """
    known = root.entry("environments")
    if known is None or not isinstance(known.value, Mapping):
        return
    for entry in known.value.entries:
        for section, what in _NAMED.items():
            patch = entry.value.get(section) if isinstance(entry.value, Mapping) else None
            yield from _unknown(patch, root.get(section), section, what, entry.key.text)
    if wanted is not None and wanted not in (*names(root), *known_elsewhere):
        listed = ", ".join(names(root))
        advice = did_you_mean(wanted, names(root)) or f"available environments: {listed}"
        message = f"there is no environment `{wanted}`"
        yield Diagnostic(codes.NOT_ONE_OF, known.key.span, message, advice, "environments")


def _unknown(patch: Node | None, patched: Node | None, section: str, what: str, name: str) -> Iterator[Diagnostic]:
    known = tuple(patched.keys()) if isinstance(patched, Mapping) else ()
    for entry in patch.entries if isinstance(patch, Mapping) else ():
        if entry.key.text not in known:
            spend(_STEPS_OF_FAULT + len(known) // 4)
            message = f"the environment `{name}` patches the {what} `{entry.key.text}`, which does not exist"
            advice = did_you_mean(entry.key.text, known) or f"declare it under `{section}`"
            at = f"environments.{name}.{section}.{entry.key.text}"
            yield Diagnostic(codes.UNKNOWN_KEY, entry.key.span, message, advice, at)


def patched(root: Mapping, wanted: str | None) -> Mapping:
    """The document with the patch of the environment `wanted` merged onto it, if there is one."""
    known = root.get("environments")
    patch = known.get(wanted) if isinstance(known, Mapping) and wanted is not None else None
    if not isinstance(patch, Mapping):
        return root
    entries = tuple(
        Entry(entry.key, _of_known(entry.value, root.get(entry.key.text)) if entry.key.text in _NAMED else entry.value)
        for entry in patch.entries
        if entry.key.text in _PATCHED
    )
    over = merge(root, mapping(entries, root.span))
    assert isinstance(over, Mapping)  # noqa: S101  # a map over a map
    return over


def _of_known(patch: Node, patched: Node | None) -> Node:
    """The part of a patch of which no finding says that what it changes is missing."""
    if not isinstance(patch, Mapping) or not isinstance(patched, Mapping):
        return patch
    return without(patch, *(set(patch.keys()) - set(patched.keys())))
