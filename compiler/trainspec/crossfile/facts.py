"""What a run keeps of each file: for its report, for the commands, and for the rules that concern several files."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from trainspec.reporting.comments import Ignore


class DagAt(NamedTuple):
    """A DAG's id, and the place that says it."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One file. A fragment, and what cannot be read, has no DAG.

    `name` is its path from the project's root. `id_span` is the place that stands for the id of its DAG, None if it
    defines no DAG. `combinations` are those of `for_each`, each of which defines a DAG, and `combination` is the number
    of the one that these facts are about; `dag_ids` are the ids of all, if only that is known. `environments` are the
    names of its patches, `variables` those that `--var` may set. `is_policy` is set for a rule of an organization.
    `secrets` are the places of what must not be shown, even if nothing is reported about it.

    How it depends on other files: `references` are the ids of other DAGs that a spec names, each with the finding for
    the case that there is none. `made_of` are the names of all files that a spec consists of, `used_ignores` the
    comments in them that silenced something, `own_ignores` those of a fragment, `jobs_span` the place of its jobs,
    which some spec should extend. `is_whole` is false for a spec that was not checked to the end. `packs` means that
    folders of code belong to it, so that its text alone does not determine the result.
    """

    name: str
    findings: tuple[Diagnostic, ...] = ()
    is_spec: bool = False
    is_policy: bool = False
    dag_id: str = ""
    id_span: Span | None = None
    environments: tuple[str, ...] = ()
    combinations: tuple[str, ...] = ()
    combination: int = 0
    dag_ids: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    secrets: frozenset[Span] = frozenset()
    references: tuple[tuple[str, Diagnostic], ...] = ()
    made_of: frozenset[str] = frozenset()
    used_ignores: "frozenset[Ignore]" = frozenset()
    own_ignores: "frozenset[Ignore]" = frozenset()
    jobs_span: Span | None = None
    is_whole: bool = False
    packs: bool = False

    @property
    def dag(self) -> DagAt | None:
        """The DAG that it defines."""
        return DagAt(self.dag_id, self.id_span) if self.id_span is not None else None


def facts_of(file: FileFacts) -> dict[str, Any]:
    """The facts by name, of what may know more."""
    return {each.name: getattr(file, each.name) for each in fields(FileFacts)}
