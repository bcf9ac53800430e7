"""What a file has to do with the others of its project, for the findings that only several files together give."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainspec.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from trainspec.reporting.suppress import Ignore


@dataclass(frozen=True, slots=True)
class DagAt:
    """A DAG's id, and the place that says it."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ties:
    """What one file says of others.

    `dags` are the ids of other DAGs that a spec speaks of, each with the finding to be told where there is none.
    `files` are the names of all files that a spec is made of, `used` the comments in them that silenced something,
    `ignores` those of a fragment. `is_whole` is false for a spec that was not looked at to the end.
    """

    dags: tuple[tuple[str, Diagnostic], ...] = ()
    files: frozenset[str] = frozenset()
    used: "frozenset[Ignore]" = frozenset()
    ignores: "frozenset[Ignore]" = frozenset()
    is_whole: bool = False
