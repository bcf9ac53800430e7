"""The table of results."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One comparison: what was measured against what, both figures with their units, the ratio and its bar."""

    what: str
    ours: str
    against: str
    theirs: str
    ratio: float
    bar: float
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the bar is met."""
        return self.ratio <= self.bar


def table(lines: Iterable[Line]) -> str:
    """The lines as Markdown."""
    head = ("what", "trainspec", "against", "its figure", "ratio", "bar", "met", "")
    rows = [head, tuple("---" for _ in head)]
    rows += [
        (each.what, each.ours, each.against, each.theirs, f"{each.ratio:.3f}", f"≤ {each.bar:g}",
         "yes" if each.is_met else "no", each.note)
        for each in lines
    ]  # fmt: skip
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
