"""What a change of the specs costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trainspec.cost.model import DagCost


@dataclass(frozen=True, slots=True)
class Change:
    """A DAG whose bound differs; None for the side on which it does not exist."""

    dag_id: str
    before: DagCost | None
    after: DagCost | None

    @property
    def sign(self) -> str:
        """`+` for a DAG that is new, `-` for one that is gone, `~` for one that changed."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    @property
    def status(self) -> str:
        """The same in a word."""
        return {"+": "added", "-": "removed", "~": "changed"}[self.sign]


def changes(before: Iterable[DagCost], after: Iterable[DagCost]) -> list[Change]:
    """The DAGs that cost more or less than before, by id."""
    old, new = ({each.dag_id: each for each in side} for side in (before, after))
    pairs = (Change(id_, old.get(id_), new.get(id_)) for id_ in sorted({*old, *new}))
    return [each for each in pairs if _bound(old, each.dag_id) != _bound(new, each.dag_id)]


def _bound(side: Mapping[str, DagCost], dag_id: str) -> object:
    dag = side.get(dag_id)
    if dag is None:
        return None
    return dag.runs, dag.hours, dag.cost, tuple(job.warm_hours for job in dag.jobs), dag.not_counted
