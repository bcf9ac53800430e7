"""`matrix` turns a job into one job for each combination of values; `for_each` does the same with a spec."""

import hashlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from trainspec.diagnostics import Code, Diagnostic, Label, Span, codes
from trainspec.text.tree import Mapping, Node, Scalar, Sequence
from trainspec.text.typing import is_null, natural

MAX_POINTS = 256
MAX_DAGS = 64
MAX_ID = 250
MAX_GROUP = 200
"""Airflow's limits on the ids of tasks and of task groups."""

Values: TypeAlias = dict[str, Scalar]

_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9_.]+")
_OF_A_GROUP = re.compile(r"[A-Za-z0-9_-]+")
_VARIABLE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_BOUND = "max_parallel"
_ROOM_FOR_LANES = 6
"""The ids of the tasks that limit a matrix are longer than those of its points by this many characters."""


class Point(NamedTuple):
    """One job of a matrix: what distinguishes it, its task's id (`train.lr-0.1_depth-4`) and its values."""

    label: str
    task_id: str
    values: Values

    @property
    def id_for_names(self) -> str:
        """The label in the letters that names of training jobs take: `lr-0-1-depth-4`."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.label).strip("-")


class Expanded(NamedTuple):
    """A matrix, read: its points, none if something is wrong with it, and how many of them may run at once."""

    points: list[Point]
    bound: int | None
    findings: list[Diagnostic]


def expand(job: Scalar, matrix: Node) -> Expanded:
    """The points of the matrix of `job`."""
    reading = _Reading(f"jobs.{job.text}.matrix")
    points = reading.points(matrix)
    room = _ROOM_FOR_LANES if reading.bound is not None else 0
    if not _OF_A_GROUP.fullmatch(job.text) or len(job.text) > MAX_GROUP - room:
        message = f"`{job.text}` cannot be the name of a job with a matrix: it becomes a task group"
        advice = f"use letters, digits, `_` and `-`, at most {MAX_GROUP - room}"
        reading.report(codes.MALFORMED, job.span, message, advice)
    if not points and not reading.findings:
        reading.report(codes.OUT_OF_RANGE, matrix.span, "the matrix has no points")
    named = [] if reading.findings else _named(job.text, points, reading.dimensions, MAX_ID - room)
    return Expanded(named, reading.bound, reading.findings)


def combinations(node: Node) -> Expanded:
    """The combinations of `for_each`, each as a point whose task id is its label."""
    reading = _Reading("for_each", "combinations", MAX_DAGS, is_bounded=False)
    points = reading.points(node)
    if not points and not reading.findings:
        reading.report(codes.OUT_OF_RANGE, node.span, "`for_each` has no combinations")
    named = [] if reading.findings else _named("", points, reading.dimensions, MAX_GROUP)
    return Expanded(named, None, reading.findings)


@dataclass(slots=True)
class _Reading:
    """A matrix or `for_each` being read: `at` is its path in the document, `called` what messages call its points.

    There may be as many as `most`; `is_bounded` says whether it takes `max_parallel`.
    """

    at: str
    called: str = "points"
    most: int = MAX_POINTS
    is_bounded: bool = True
    dimensions: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)
    bound: int | None = None
    findings: list[Diagnostic] = field(default_factory=list)

    def points(self, matrix: Node) -> list[Values]:
        """All combinations of the dimensions' values, without those of `exclude`, with those of `include`."""
        if not isinstance(matrix, Mapping):
            example = "matrix: {lr: [0.1, 0.01]}" if self.is_bounded else "for_each: {team: [a, b]}"
            advice = f"write a map of lists, for example `{example}`"
            self.report(codes.WRONG_TYPE, matrix.span, f"`{self.at}` must be a map of lists", advice)
            return []
        for entry in sorted(matrix.entries, key=lambda entry: entry.key.text):  # their order has no meaning
            if self.is_bounded and entry.key.text in (_BOUND, "max-parallel"):
                self._bound(entry.key, entry.value)
            elif entry.key.text not in ("include", "exclude"):
                self._dimension(entry.key, entry.value)
        count = 1 if self.dimensions else 0
        for values in self.dimensions.values():
            count *= len(values)
        included = self._maps(matrix.get("include"), "include")
        if count + len(included) > self.most:
            message = f"`{self.at}` has {count + len(included):,} {self.called}, more than {self.most}"
            self.report(codes.OUT_OF_RANGE, matrix.span, message)
            return []
        combinations = itertools.product(*self.dimensions.values()) if self.dimensions else ()
        points = [dict(zip(self.dimensions, each, strict=True)) for each in combinations]
        for excluded, span in self._maps(matrix.get("exclude"), "exclude"):
            kept = [point for point in points if not _has(point, excluded)]
            if len(kept) == len(points):
                shown = ", ".join(f"{name}: {value.text}" for name, value in excluded.items())
                what = "point of the matrix" if self.is_bounded else "combination"
                message = f"no {what} has {{{shown}}}"
                self.report(codes.NOT_ONE_OF, span, message, "exclude values that are in the lists, or remove the line")
            points = kept
        for added, span in included:
            self._include(points, added, span)
        return points

    def _bound(self, key: Scalar, value: Node) -> None:
        if key.text != _BOUND:
            self.report(codes.UNKNOWN_KEY, key.span, f"unknown key `{key.text}` in `{self.at}`", f"write `{_BOUND}`")
            return
        count = natural(value.text) if isinstance(value, Scalar) and value.plain else None
        if type(count) is int and count >= 1:
            self.bound = count
        else:
            message = f"`{self.at}.{_BOUND}` must be a whole number of at least 1: how many points may run at once"
            self.report(codes.OUT_OF_RANGE, value.span, message)

    def _dimension(self, key: Scalar, value: Node) -> None:
        name = key.text
        items = value.items if isinstance(value, Sequence) else ()
        if not _VARIABLE.fullmatch(name):
            advice = "use letters, digits, `_` and `-`"
            self.report(codes.MALFORMED, key.span, f"`{name}` cannot be the name of a matrix variable", advice)
        elif not items:
            message = f"`{self.at}.{name}` must be a list of values"
            self.report(codes.WRONG_TYPE, value.span, message, "list the values to try")
        else:
            self.dimensions[name] = tuple(each for item in items if (each := self._value(item, name)) is not None)
            seen: dict[object, Scalar] = {}
            for each in self.dimensions[name]:
                first = seen.setdefault(_meaning(each), each)
                if first is not each:
                    labels = (Label(first.span, "first written here"),)
                    message = f"`{each.text}` is a duplicate in `{self.at}.{name}`"
                    self.findings.append(Diagnostic(codes.CONFLICT, each.span, message, "keep one", labels=labels))

    def _maps(self, node: Node | None, key: str) -> list[tuple[Values, Span]]:
        """The maps of `include` or `exclude`, each with its place."""
        if node is None:
            return []
        items = node.items if isinstance(node, Sequence) else (node,)
        found = []
        for item in items:
            if not isinstance(item, Mapping) or not item.entries:
                advice = f"for example `{key}: [{{lr: 0.1}}]`"
                self.report(codes.WRONG_TYPE, item.span, f"`{self.at}.{key}` must be a list of maps", advice)
                continue
            entries = sorted(item.entries, key=lambda entry: entry.key.text)
            read = {entry.key.text: self._value(entry.value, entry.key.text) for entry in entries}
            values = {name: value for name, value in read.items() if value is not None}
            if len(values) == len(read):
                found.append((values, item.via or item.span))
        return found

    def _value(self, node: Node, name: str) -> Scalar | None:
        if isinstance(node, Scalar) and not is_null(node):
            return node
        advice = "use strings or numbers, and add further variables to a point with `include`"
        self.report(codes.WRONG_TYPE, node.span, f"`{self.at}`: a value of `{name}` must be a scalar", advice)
        return None

    def _include(self, points: list[Values], values: Values, span: Span) -> None:
        """Add variables to the points that have the rest of `values`, or else add a point."""
        shared = {name: value for name, value in values.items() if name in self.dimensions}
        more = {name: value for name, value in values.items() if name not in self.dimensions}
        matching = [point for point in points if _has(point, shared)] if self.dimensions else []
        if matching and not more:
            what = "point is already in the matrix" if self.is_bounded else "combination already exists"
            self.report(codes.CONFLICT, span, f"this {what}", "remove the line")
        for point in matching:
            point.update(more)
        if not matching:
            points.append(dict(values))

    def report(self, code: Code, span: Span, message: str, advice: str | None = None) -> None:
        """Note a finding."""
        self.findings.append(Diagnostic(code, span, message, advice, self.at))


def _has(point: Values, values: Values) -> bool:
    return all(name in point and _meaning(point[name]) == _meaning(value) for name, value in values.items())


def _meaning(value: Scalar) -> object:
    """The key by which two values of a matrix are equal: 0.1 and 0.10 are, 1 and "1" are not."""
    known = natural(value.text) if value.plain else value.text
    return type(known).__name__, str(known)


def _named(job: str, points: Iterable[Values], dimensions: Iterable[str], longest: int) -> list[Point]:
    """Each point with an id that Airflow accepts and a person can read; cut, or with a digest, if necessary."""
    shown = set(dimensions)
    named: dict[str, Point] = {}
    for values in points:
        parts = [f"{name}-{_word(value.text)}" for name, value in values.items() if name in shown or not shown]
        label = "_".join(parts) or "_".join(f"{name}-{_word(value.text)}" for name, value in values.items())
        if len(f"{job}.{label}") > longest or f"{job}.{label}" in named:
            written = repr([(name, value.text, value.plain) for name, value in values.items()])
            digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            label = f"{label[: longest - len(job) - 10]}-{digest}"
        named[f"{job}.{label}"] = Point(label, f"{job}.{label}", values)
    return list(named.values())


def _word(text: str) -> str:
    """A value as a part of an id; a minus sign stays."""
    sign = "-" if re.fullmatch(r"-[0-9.].*", text) else ""
    return sign + _NOT_OF_AN_ID.sub("-", text).strip("-.")
