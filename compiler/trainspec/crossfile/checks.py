"""Findings that concern several files: two specs with one DAG id, unknown DAGs, unused comments.

Every spec of the project counts, even if a run checks only a few: of the others, only the DAG ids are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from trainspec.crossfile.facts import DagAt, FileFacts
from trainspec.diagnostics import Diagnostic, Label, codes, did_you_mean

_ELSEWHERE = "if it is defined elsewhere, add it to `external-dags` in the settings"


@dataclass
class Across:
    """A run's files, and the DAGs of the project's `others`. `external` are patterns of DAGs made elsewhere.

    `members` are the names of the project's own specs: other files of a run may have any id.
    """

    run: Sequence[FileFacts]
    others: Sequence[DagAt] = ()
    members: frozenset[str] = frozenset()
    external: Sequence[str] = field(default=())

    def findings(self) -> Iterator[Diagnostic]:
        """All of them, in no order."""
        yield from self._same_dag()
        yield from dict.fromkeys(self._unknown_dags())  # the DAGs of one spec may all name the same one
        yield from self._idle_comments()
        yield from self._forgotten()

    def _same_dag(self) -> Iterator[Diagnostic]:
        """Specs that define the same DAG: reported for each but the first of the run, or of the others."""
        others = {each.id.casefold(): each for each in reversed(self.others)}
        first: dict[str, DagAt] = {}
        makers: dict[str, str] = {}
        for each, at in self._specs:
            key, span = at.id.casefold(), at.span
            other = first.setdefault(key, others.get(key, at) if each.name in self.members else at)
            is_its_own = makers.setdefault(key, each.name) == each.name and key not in others  # a combination's
            if other is not at and not is_its_own:
                message = f"{other.span.path} also defines the DAG `{other.id}`"
                labels = (Label(other.span, "also here"),)
                yield Diagnostic(
                    codes.DUPLICATE_DAG, span, message, "change the `dag.id` of one of them", "dag.id", labels=labels
                )

    def _unknown_dags(self) -> Iterator[Diagnostic]:
        for each in self.run:
            for dag_id, finding in each.references:
                if dag_id not in self._ids and not any(fnmatchcase(dag_id, pattern) for pattern in self.external):
                    near = did_you_mean(dag_id, self._ids)
                    yield finding._replace(
                        advice=f"{near} {_ELSEWHERE[0].upper()}{_ELSEWHERE[1:]}" if near else _ELSEWHERE
                    )

    def _idle_comments(self) -> Iterator[Diagnostic]:
        """Comments in fragments that silence nothing in any spec that uses them."""
        fragments = [each for each in self.run if each.own_ignores]
        if fragments:
            from trainspec.reporting.suppress import unused
        for fragment in fragments:
            specs = [each for each in self.run if each.id_span is not None and fragment.name in each.made_of]
            if specs and all(each.is_whole for each in specs):
                used = frozenset[object]().union(*(each.used_ignores for each in specs))
                yield from (unused(each) for each in fragment.own_ignores if each not in used and not each.in_patch)

    def _forgotten(self) -> Iterator[Diagnostic]:
        """Files with jobs that no spec uses: nothing ever compiles them."""
        if any(each.is_spec and each.id_span is None for each in self.run):
            return  # a spec that cannot be read may extend anything
        used = frozenset[str]().union(*(each.made_of for each in self.run))
        for each in self.run:
            if each.jobs_span is not None and each.name not in used:
                message = "the file has jobs but no `trainspec: 1`, and no spec extends it, so it is never compiled"
                advice = "write `trainspec: 1` as its first line, or extend the file from a spec"
                yield Diagnostic(codes.FORGOTTEN, each.jobs_span, message, advice, "trainspec")

    @property
    def _specs(self) -> Iterable[tuple[FileFacts, DagAt]]:
        return ((each, each.dag) for each in self.run if each.dag is not None)

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset({*(each.dag_id for each, _ in self._specs), *(each.id for each in self.others)})
