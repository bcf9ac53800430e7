"""`for_each`: one spec as several DAGs, one for each combination of some values."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from typing import NamedTuple

from trainspec.compose.matrix import Point, combinations
from trainspec.compose.names import mentioned
from trainspec.compose.variables import Variables
from trainspec.diagnostics import Diagnostic, Label, Span, codes
from trainspec.text.tree import Mapping, Node, Scalar, key_span

FIELD = "for_each"


class Combinations(NamedTuple):
    """All combinations of a document, none if it has no `for_each` or something is wrong with it.

    `stand_ins` are values that its names have then, so that nothing else is reported about them.
    """

    points: tuple[Point, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    stand_ins: Map[str, Node] | None = None

    def values(self, number: int) -> Map[str, Node]:
        """What `${...}` can name in the combination of that number."""
        if self.stand_ins is not None:
            return self.stand_ins
        if not self.points:
            return {}
        point = self.points[number % len(self.points)]
        known: dict[str, Node] = {f"{FIELD}.{name}": value for name, value in point.values.items()}
        first = next(iter(point.values.values()))
        return {f"{FIELD}.id": Scalar(point.id_for_names, first.span, plain=False), **known}

    @property
    def labels(self) -> tuple[str, ...]:
        """Each combination as the command line names it: `team=a,region=eu`."""
        return tuple(",".join(f"{name}={value.text}" for name, value in point.values.items()) for point in self.points)


def combinations_of(root: Mapping, variables: Variables) -> Combinations:
    """The combinations of a document, whose `variables` its values may name."""
    node = root.get(FIELD)
    if node is None:
        return Combinations()
    before = len(variables.findings)
    resolved = variables.resolve(node)
    expanded = combinations(resolved)
    is_reported = len(variables.findings) > before or not isinstance(resolved, Mapping)  # the schema reports the latter
    findings = () if is_reported else tuple(expanded.findings)
    if expanded.points:
        return Combinations(tuple(expanded.points), findings)
    names = mentioned(root, FIELD)
    # A separate place, without extent: what is wrong with `for_each` itself has another one.
    nowhere = node.span._replace(end_line=node.span.line, end_column=node.span.column)
    stand_ins = {f"{FIELD}.{name}": Scalar("x", nowhere, plain=False) for name in ("id", *names)}
    return Combinations((), findings, stand_ins)


def same_ids(root: Mapping, found: Combinations, dag_ids: Sequence[str], place: Span) -> Iterator[Diagnostic]:
    """A finding that two combinations define one DAG, at the `place` of the id. `dag_ids` has each combination's."""
    first: dict[str, int] = {}
    for number, name in enumerate(dag_ids):
        other = first.setdefault(name.casefold(), number)
        if other != number:
            missing = _missing(found.points[other], found.points[number])
            one, two = found.labels[other], found.labels[number]
            both = f"the combinations `{one}` and `{two}` of `{FIELD}` both"
            both = both if one != two else f"two combinations `{one}` of `{FIELD}`"
            message = f"{both} produce the DAG `{name}`"
            advice = f"add `${{{FIELD}.{missing}}}` to `dag.id`" if one != two else "remove one of them"
            labels = (Label(key_span(root, (FIELD,)), "the combinations"),)
            yield Diagnostic(codes.DUPLICATE_DAG, place, message, advice, "dag.id", labels=labels)
            return


def _missing(one: Point, other: Point) -> str:
    """A name that distinguishes the two combinations."""
    names: Sequence[str] = [*one.values, *other.values]
    for name in names:
        a, b = one.values.get(name), other.values.get(name)
        if a is None or b is None or a.text != b.text:
            return name
    return "id"
