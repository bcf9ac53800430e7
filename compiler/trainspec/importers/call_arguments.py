"""Reads the arguments of a DAG file's calls, and notes what cannot be carried over."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.importers.arguments import READ
from trainspec.importers.literals import Constants, Hole, NotLiteralError, in_words
from trainspec.importers.times import duration_of, moment_of
from trainspec.schema.files import SPEC_SCHEMA, load_schema

__all__ = ["DURATIONS", "Hole", "NotLiteralError", "Reading", "called", "in_words"]

DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout", "dagrun_timeout")


@dataclass
class Reading:
    """Reads arguments, and notes what cannot be carried over.

    `functions` are the names of decorated functions by their decorator's id, `imported` the dotted paths of the names
    that the file imports.
    """

    constants: Constants
    functions: Mapping[int, str]
    imported: Mapping[str, str]
    notes: list[str] = field(default_factory=list)
    zone: str = "UTC"
    """The time zone of the DAG's dates."""

    def note(self, node: ast.AST, message: str) -> None:
        """Note something about a place in the file."""
        line = getattr(node, "lineno", 0)
        self.notes.append(f"line {line}: {message}" if line else message)

    def arguments(self, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        """The keyword arguments of a call."""
        for keyword in call.keywords:
            if keyword.arg is None:
                self.note(call, f"`**{ast.unparse(keyword.value)}` is not read")
            else:
                yield keyword.arg, keyword.value

    def value(self, node: ast.expr, what: str) -> Any:
        """The value of an argument, without the parts that are not literal; None if none of it is."""
        try:
            if what in READ:
                return READ[what](self.constants, self.imported, node)
            return self._filled(self.constants.value(node), what)
        except NotLiteralError as error:
            self.note(error.node, f"{what} is not a literal: {in_words(error.node)}")
            return None

    def _filled(self, value: Any, what: str) -> Any:
        if isinstance(value, Mapping):
            kept = {}
            for key, below in value.items():
                if isinstance(below, Hole):
                    self.note(below.node, f"{what}.{key} is not a literal: {in_words(below.node)}")
                else:
                    kept[key] = self._filled(below, f"{what}.{key}")
            return kept
        if isinstance(value, list):
            for hole in (each for each in value if isinstance(each, Hole)):
                self.note(hole.node, f"an entry of {what} is not a literal: {in_words(hole.node)}")
            return [self._filled(each, what) for each in value if not isinstance(each, Hole)]
        return value

    def dag_of(self, call: ast.Call, around: ast.Call | None, dags: Mapping[int, ast.Call]) -> ast.Call | None:
        """The DAG of a task: the one that it names, the enclosing one, or the only one."""
        named = next((self.constants.call(value) for name, value in self.arguments(call) if name == "dag"), None)
        return named or around or (next(iter(dags.values())) if len(dags) == 1 else None)

    def path_of(self, call: ast.Call) -> str | None:
        """The dotted path of what is called, if the file imports it."""
        first, *rest = ast.unparse(call.func).split(".")
        return ".".join((self.imported[first], *rest)) if first in self.imported else None

    def put_task_argument(self, fields: dict[str, Any], name: str, node: ast.expr, what: str) -> None:
        """Put an argument that every task takes into the spec's field for it."""
        known = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
        if name != "doc_md" and name not in known:
            self.note(node, f"{what} is not carried over")
        elif name in DURATIONS:
            self.put_duration(fields, name, node)
        elif name in ("start_date", "end_date"):
            moment: dict[str, Any] = {}
            self.put_moment(moment, name, node)
            zone = moment.pop("timezone", "UTC")
            if moment and zone != self.zone:
                self.note(
                    node,
                    f"the time zone {zone} of `{name}` is not carried over: a spec has a single time zone, the DAG's",
                )
            fields.update(moment)
        else:
            value = self.value(node, name)
            if value is not None:
                fields["doc" if name == "doc_md" else name] = value

    def put_duration(self, fields: dict[str, Any], name: str, node: ast.expr) -> None:
        """Put a duration."""
        length = duration_of(self.constants, node)
        if length is None:
            self.note(node, f"`{name}` is not a literal duration: {in_words(node)}")
        else:
            fields[name] = length

    def put_moment(self, fields: dict[str, Any], name: str, node: ast.expr) -> None:
        """Put a date, and its time zone."""
        moment = moment_of(self.constants, node)
        if moment is None and "days_ago(" in ast.unparse(node):
            self.note(
                node, f"`{name}` is a different date every day (`days_ago`), so it is not carried over: write a date"
            )
            return
        if moment is None:
            self.note(node, f"`{name}` is not a literal date: {in_words(node)}")
            return
        text, zone = moment
        others = {"start_date", "end_date"} & fields.keys() - {name}
        if others and zone != fields.get("timezone"):
            self.note(
                node,
                f"`{name}` is not carried over: a spec has a single time zone, and `{min(others)}` has a different one",
            )
            return
        fields[name] = text
        if zone:
            fields["timezone"] = zone


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
