"""All that happens to the findings of one file before they are reported, step by step."""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Map
from typing import NamedTuple

from trainspec.compose import Composed, Extended
from trainspec.diagnostics import Diagnostic, Span
from trainspec.reporting.comments import Ignore, read_ignores
from trainspec.reporting.dedupe import distinct
from trainspec.reporting.locate import point, without_consequences, without_missed
from trainspec.reporting.select import Selection
from trainspec.reporting.suppress import suppress
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node


class Settled(NamedTuple):
    """The findings that are reported, and what the comments of a file do.

    `references` are the ids of other DAGs with the findings that are left for them, for who knows all DAGs.
    `used_ignores` are the comments in other files that silenced something, `own_ignores` those of a fragment.
    `is_whole` is false if not everything could be checked. `secrets` are the places of what must not be shown, even
    if nothing is reported about it.
    """

    findings: tuple[Diagnostic, ...]
    references: tuple[tuple[str, Diagnostic], ...] = ()
    used_ignores: frozenset[Ignore] = frozenset()
    own_ignores: frozenset[Ignore] = frozenset()
    is_whole: bool = False
    secrets: frozenset[Span] = frozenset()


class File(NamedTuple):
    """The file that findings are about: its text, its tree, and both of those that it extends."""

    source: Source
    tree: Mapping
    extended: Extended

    @property
    def others(self) -> list[tuple[Source, Node | None]]:
        """The files that it extends, with their trees."""
        trees = self.extended.trees
        return [(each, trees[name]) for name, each in self.extended.sources.items() if name != self.source.name]


def settle(
    findings: Sequence[Diagnostic],
    references: Iterable[tuple[str, Diagnostic]],
    file: File,
    composed: Composed,
    jobs: Collection[str],
    selection: Selection,
) -> Settled:
    """The `findings` of a spec, whose composed document is `composed`, with `jobs` by these names.

    `references` are the other DAGs that it names, each with the finding for the case that there is no such DAG.
    """
    dag_ids = {found: dag_id for dag_id, found in references}
    left: Iterable[Diagnostic] = without_consequences(findings, composed.findings, composed.holes)
    left = without_missed(left, file.extended.findings)
    suppressed = suppress([*distinct(left, jobs), *dag_ids], file.source, file.tree, file.others, selection.codes)
    left = (found for found in suppressed.findings if found not in dag_ids)
    left = point(left, file.source.name, file.tree, file.extended.entries)
    return Settled(
        selection.apply(with_fixes(left, file.extended.sources)),
        tuple((dag_ids[found], found) for found in suppressed.findings if found in dag_ids),
        suppressed.used,
        is_whole=suppressed.is_whole,
        secrets=frozenset(found.secret for found in findings if found.secret),
    )


def settle_fragment(findings: Sequence[Diagnostic], file: File, selection: Selection) -> Settled:
    """The same for a file that others extend: its comments are theirs, and silence nothing here."""
    ignores, wrong = read_ignores(file.source, file.tree, selection.codes)
    left = distinct(without_consequences([*findings, *wrong]))
    left = tuple(point(left, file.source.name, file.tree, file.extended.entries))
    reported = selection.apply(with_fixes(left, file.extended.sources))
    return Settled(reported, own_ignores=frozenset(ignores))


def settle_unread(findings: Iterable[Diagnostic], source: Source, selection: Selection) -> Settled:
    """The same for a file without a document."""
    return Settled(selection.apply(with_fixes(distinct(findings), {source.name: source})))


def with_fixes(findings: Iterable[Diagnostic], sources: Map[str, Source]) -> tuple[Diagnostic, ...]:
    """The findings, their fixes written as YAML for the texts `sources`."""
    findings = tuple(findings)
    if not any(found.fix for found in findings):
        return findings
    from trainspec.text.spelling import spelled  # most files have nothing to fix

    return spelled(findings, sources)
