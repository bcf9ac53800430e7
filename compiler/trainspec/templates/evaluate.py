"""Rendering a template without running it: a walk over Jinja's syntax tree that can neither hang nor reach anything."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trainspec.diagnostics import Code, codes, did_you_mean
from trainspec.safety.budget import spend
from trainspec.templates.context import AIRFLOW_2_ONLY
from trainspec.templates.filters import FILTERS, STRING_METHODS
from trainspec.templates.literal import MAX_TEMPLATE, has_template, is_closed, parse_template, pieces, unshielded
from trainspec.templates.values import UNKNOWN, Moment, Namespace, Params, Unknown

MAX_TEXT = 65_536
MAX_NUMBER = 10**12
MAX_RANGE = 10_000
"""Bounds on what a template computes: beyond them it is refused."""

_STEPS_OF_NODE = 10
_MISSING = Unknown()
"""Stands for a parameter that the DAG does not have."""

_BARE_NAME = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_CONSTANTS = ("true", "false", "none")
_LITERAL = "for a literal `{{` or `{%`, write `{{ '{{' }}` or `{{ '{%' }}`"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template."""

    code: Code
    message: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text, None where a part of it is known only when the task runs; and what is wrong with it."""

    text: str | None
    problems: tuple[Problem, ...] = ()


def render(text: str, context: Mapping[str, Any] | None = None) -> Rendered:
    """`text` as Airflow renders it where templates see `context`. Without one, names are unknown but not wrong."""
    if not has_template(text):
        return Rendered(text)
    spend(len(text) // 2)
    if len(text) > MAX_TEMPLATE:
        problem = Problem(codes.UNSAFE_TEMPLATE, f"a template of more than {MAX_TEMPLATE:,} characters")
        return Rendered(None, (problem,))
    if not is_closed(text):
        problem = Problem(codes.TEMPLATE_SYNTAX, "`{{` opens a template that is never closed", _LITERAL)
        return Rendered(None, (problem,))
    if (quick := _of_names(text, context)) is not None:
        return Rendered(quick)
    from jinja2.exceptions import TemplateSyntaxError

    try:
        tree = parse_template(text)
        walk = _Walk(context)
        value = walk.body(tree.body)
    except TemplateSyntaxError as error:
        return Rendered(None, (Problem(codes.TEMPLATE_SYNTAX, f"Jinja cannot parse this: {error.message}", _LITERAL),))
    except RecursionError:
        return Rendered(None, (Problem(codes.UNSAFE_TEMPLATE, "the template is nested too deeply"),))
    except ValueError:  # Jinja reads numbers with int(), which refuses very long ones
        return Rendered(None, (Problem(codes.UNSAFE_TEMPLATE, "the template holds a number that is too long"),))
    problems = tuple(dict.fromkeys(walk.problems))
    return Rendered(None if isinstance(value, Unknown) or problems else unshielded(value), problems)


def _of_names(text: str, context: Mapping[str, Any] | None) -> str | None:
    """`text` rendered, where its templates are bare names: most are, and Jinja takes 0.1 s to import. Else None."""
    parts = []
    for piece, literal in pieces(text):
        name = None if literal else _BARE_NAME.fullmatch(piece)
        value = piece if literal else (context or {}).get(name[1]) if name else None
        if not isinstance(value, str):
            return None
        parts.append(value)
    return "".join(parts)


def folded(text: str) -> str:
    """`text` with templates that can only be one thing put in, where it holds no others: `{{ '{{' }}` is `{{`."""
    if not has_template(text) or _names_something(text):
        return text
    constant = render(text).text
    return text if constant is None else constant


def _names_something(text: str) -> bool:
    """Whether a template of `text` is a bare name, so that it is no constant: asked before Jinja parses it."""
    if "{%" in text:
        return False  # which can set a name, or make it literal
    names = (_BARE_NAME.fullmatch(piece) for piece, literal in pieces(text) if not literal)
    return any(name is not None and name[1] not in _CONSTANTS for name in names)


class _RefusedError(Exception):
    """A template that is wrong; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}
_JINJA_GLOBALS = ("dict", "namespace", "cycler", "joiner")
_LOADS = ("Include", "Import", "FromImport", "Extends")


class _Walk:
    """Evaluates the nodes of one template. A method is named after the Jinja node that it takes."""

    def __init__(self, context: Mapping[str, Any] | None) -> None:
        self.names = dict(context or {})
        self.checks_names = context is not None
        self.problems: list[Problem] = []

    # ------------------------------------------------------------------ statements

    def body(self, nodes: list[Any]) -> Any:
        """The text of some statements, or UNKNOWN."""
        return _joined([self._statement(node) for node in nodes])

    def _statement(self, node: Any) -> Any:
        kind = type(node).__name__
        if kind == "Output":
            return _joined([self.value(child) for child in node.nodes])
        if kind == "If":
            return self._if(node)
        if kind == "Assign" and type(node.target).__name__ == "Name":
            self.names[node.target.name] = self.value(node.node)
            return ""
        if kind in _LOADS:
            self._report(codes.UNSAFE_TEMPLATE, "a template cannot load another one here")
        elif kind == "For":
            self.value(node.iter)
            self._bind(node.target)
            self.names["loop"] = UNKNOWN
            self.body([*node.body, *node.else_])
        else:
            self._bind(node)
            for child in node.iter_child_nodes():
                self._unknown_part(child)
        return UNKNOWN

    def _if(self, node: Any) -> Any:
        test = self.value(node.test)
        yes, no = self.body(node.body), self.body([*node.elif_, *node.else_])
        if isinstance(test, Unknown):
            return UNKNOWN
        return yes if test else no

    def _bind(self, target: Any) -> None:
        """Names that a statement defines are known from here on, their values are not."""
        from jinja2 import nodes

        for name in (target, *target.find_all(nodes.Name)):
            if isinstance(name, nodes.Name) and name.ctx in ("store", "param"):
                self.names[name.name] = UNKNOWN
        if type(target).__name__ in ("Macro", "AssignBlock"):
            self.names[getattr(target, "name", "")] = UNKNOWN

    def _unknown_part(self, node: Any) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Expr):
            self.value(node)
        elif isinstance(node, nodes.Stmt):
            self._statement(node)

    # ------------------------------------------------------------------ expressions

    def value(self, node: Any) -> Any:
        """What an expression gives, or UNKNOWN. A wrong one is noted, and unknown."""
        spend(_STEPS_OF_NODE)
        return self._noting(self._handled, node)

    def _handled(self, node: Any) -> Any:
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            for child in node.iter_child_nodes():
                self._unknown_part(child)
            return UNKNOWN
        return handler(node)

    def _noting(self, evaluate: Callable[..., Any], *arguments: Any) -> Any:
        """What `evaluate` gives, within bounds. What is wrong with it is noted, and it is unknown then."""
        try:
            return _bounded(evaluate(*arguments))
        except _RefusedError as refused:
            self.problems.append(refused.problem)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            pass  # Airflow would raise; on sample values that is no proof against the template
        return UNKNOWN

    def _templatedata(self, node: Any) -> Any:
        return node.data

    def _const(self, node: Any) -> Any:
        return node.value

    def _name(self, node: Any) -> Any:
        name = node.name
        if name in self.names:
            return self.names[name]
        if not self.checks_names or name in _JINJA_GLOBALS:
            return UNKNOWN
        if name in AIRFLOW_2_ONLY:
            advice = f"write `{{{{ {AIRFLOW_2_ONLY[name]} }}}}`"
            raise _RefusedError(Problem(codes.UNKNOWN_MACRO, f"`{name}` is gone in Airflow 3", advice))
        near = did_you_mean(name, self.names)
        raise _RefusedError(Problem(codes.UNKNOWN_MACRO, f"`{name}` is not available in Airflow templates", near))

    def _getattr(self, node: Any) -> Any:
        return self._attribute(self.value(node.node), node.attr)

    @staticmethod
    def _attribute(owner: Any, name: str) -> Any:
        if name.startswith("_"):
            raise _RefusedError(
                Problem(codes.UNSAFE_TEMPLATE, f"`.{name}` reaches into an object, which Airflow forbids")
            )
        if isinstance(owner, Moment):
            return owner.attribute(name)
        if isinstance(owner, Params):
            return UNKNOWN if name in Params.METHODS else _param(owner, name)
        if isinstance(owner, Mapping):
            return owner.get(name, UNKNOWN)
        if isinstance(owner, Namespace):
            if owner.closed and name not in owner.attributes:
                near = did_you_mean(name, owner.attributes)
                raise _RefusedError(Problem(codes.UNKNOWN_MACRO, f"Airflow has no macro `{name}`", near))
            return owner.attributes.get(name, UNKNOWN)
        return UNKNOWN

    def _getitem(self, node: Any) -> Any:
        owner = self.value(node.node)
        if type(node.arg).__name__ == "Slice":
            bounds = [
                None if part is None else self.value(part) for part in (node.arg.start, node.arg.stop, node.arg.step)
            ]
            known = isinstance(owner, str | list) and not any(isinstance(bound, Unknown) for bound in bounds)
            return owner[slice(*bounds)] if known else UNKNOWN
        return self._item(owner, self.value(node.arg))

    @staticmethod
    def _item(owner: Any, key: Any) -> Any:
        if isinstance(key, str) and key.startswith("_"):
            raise _RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"`[{key!r}]` reaches into an object"))
        if isinstance(owner, Params):
            return UNKNOWN if isinstance(key, Unknown) else _param(owner, str(key))
        if isinstance(owner, Namespace):
            return owner.attributes.get(key, UNKNOWN)
        return owner[key] if isinstance(owner, str | list | Mapping) and not isinstance(key, Unknown) else UNKNOWN

    def _call(self, node: Any) -> Any:
        args = [self.value(arg) for arg in node.args]
        kwargs = {pair.key: self.value(pair.value) for pair in node.kwargs}
        callee = type(node.node).__name__
        if callee == "Name" and node.node.name == "range" and "range" not in self.names:
            return self._range(args)
        if callee != "Getattr":
            self.value(node.node)
            return UNKNOWN
        owner, name = self.value(node.node.node), node.node.attr
        self._attribute(owner, name)
        if any(isinstance(each, Unknown) for each in (*args, *kwargs.values())):
            return UNKNOWN
        if isinstance(owner, Moment):
            return owner.call(name, args, kwargs)
        if isinstance(owner, str) and name in STRING_METHODS and not kwargs:
            return _within_bounds(STRING_METHODS[name], owner, args)
        if isinstance(owner, Namespace) and owner.closed:
            return _macro(name, args, kwargs)
        if isinstance(owner, Namespace) and name in owner.methods:
            return owner.methods[name](*args, **kwargs)
        return UNKNOWN

    @staticmethod
    def _range(args: list[Any]) -> Any:
        if any(isinstance(arg, int) and abs(arg) > MAX_RANGE for arg in args):
            raise _RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"`range` goes further than {MAX_RANGE:,}"))
        return UNKNOWN

    def _filter(self, node: Any) -> Any:
        from jinja2.filters import FILTERS as JINJA_FILTERS

        known = {*JINJA_FILTERS, *FILTERS}
        if node.name not in known:
            raise _RefusedError(
                Problem(codes.UNKNOWN_MACRO, f"there is no filter `{node.name}`", did_you_mean(node.name, known))
            )
        if node.node is None:
            return UNKNOWN
        if node.name in ("default", "d") and type(node.node).__name__ == "Name" and node.node.name not in self.names:
            return self.value(node.args[0]) if node.args else ""
        value = self._or_missing(node.node) if node.name in ("default", "d") else self.value(node.node)
        if value is _MISSING:
            return self.value(node.args[0]) if node.args else ""
        args = [self.value(arg) for arg in node.args]
        if node.name not in FILTERS or node.kwargs or any(isinstance(each, Unknown) for each in (value, *args)):
            return UNKNOWN
        return _within_bounds(FILTERS[node.name], value, args)

    def _test(self, node: Any) -> Any:
        if node.name in ("defined", "undefined") and self._or_missing(node.node) is _MISSING:
            return node.name == "undefined"
        if node.name not in ("defined", "undefined"):
            self.value(node.node)
        return UNKNOWN

    def _or_missing(self, node: Any) -> Any:
        """The value of `node`; `_MISSING` for a parameter that the DAG does not have.

        Such parameters are what `default` and `is defined` are there for. Everything is evaluated once.
        """
        kind = type(node).__name__
        if kind == "Getattr":
            owner, name = self.value(node.node), node.attr
        elif kind == "Getitem" and type(node.arg).__name__ != "Slice":
            owner, name = self.value(node.node), self.value(node.arg)
        else:
            return self.value(node)
        if isinstance(owner, Params) and isinstance(name, str) and name not in owner.values:
            return _MISSING
        return self._noting(self._attribute if kind == "Getattr" else self._item, owner, name)

    def _concat(self, node: Any) -> Any:
        return _joined([self.value(child) for child in node.nodes])

    def _condexpr(self, node: Any) -> Any:
        test, yes = self.value(node.test), self.value(node.expr1)
        no = self.value(node.expr2) if node.expr2 is not None else ""
        return UNKNOWN if isinstance(test, Unknown) else yes if test else no

    def _compare(self, node: Any) -> Any:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if isinstance(left, Unknown) or isinstance(right, Unknown):
                return UNKNOWN
            if not _COMPARE[operand.op](left, right):
                return False
            left = right
        return True

    def _list(self, node: Any) -> Any:
        """A list of known scalars; one that holds another many times over would be a bomb to compare or to print."""
        items = [self.value(item) for item in node.items]
        return items if all(isinstance(item, str | int | float | None | Moment) for item in items) else UNKNOWN

    _tuple = _list

    def _not(self, node: Any) -> Any:
        value = self.value(node.node)
        return UNKNOWN if isinstance(value, Unknown) else not value

    def _neg(self, node: Any) -> Any:
        value = self.value(node.node)
        return UNKNOWN if isinstance(value, Unknown) else -value

    def _pow(self, node: Any) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if not isinstance(left, int) or not isinstance(right, int) or not 0 <= right <= 64 or abs(left) > MAX_NUMBER:
            return UNKNOWN
        return left**right

    def _binary(self, node: Any) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return UNKNOWN
        kind = type(node).__name__
        if isinstance(left, Moment) and isinstance(right, timedelta) and kind in ("Add", "Sub"):
            return left.moved(right, 1 if kind == "Add" else -1)
        if kind == "Mul" and not (_is_number(left) and _is_number(right)):
            raise _RefusedError(Problem(codes.UNSAFE_TEMPLATE, "a template may multiply numbers only"))
        if kind == "Mod" and isinstance(left, str):
            return UNKNOWN
        return _BINARY[kind](left, right)

    _add = _sub = _mul = _div = _floordiv = _mod = _binary

    def _report(self, code: Code, message: str) -> None:
        self.problems.append(Problem(code, message))


def _bounded(value: Any) -> Any:
    if isinstance(value, str | list) and len(value) > MAX_TEXT:
        raise _RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"the template makes more than {MAX_TEXT:,} characters"))
    if _is_number(value) and abs(value) > MAX_NUMBER:
        return UNKNOWN
    return value


def _within_bounds(function: Callable[..., Any], value: Any, args: list[Any]) -> Any:
    """Call a filter or method whose result can be no longer than its arguments' product, if that is no bomb."""
    longest = max((len(arg) for arg in args if isinstance(arg, str)), default=1)
    size = sum(len(str(item)) for item in value) if isinstance(value, list) else len(str(value))
    if (size + 1) * max(longest, 1) > MAX_TEXT * 16:
        raise _RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"the template makes more than {MAX_TEXT:,} characters"))
    return function(value, *args)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _joined(parts: list[Any]) -> Any:
    """The parts as one text; unknown where one is, or where it has no text that is known here (a list, a map)."""
    texts = [str(part) for part in parts if isinstance(part, str | int | float | Moment)]
    known = len(texts) == len(parts) and sum(map(len, texts)) <= MAX_TEXT
    return "".join(texts) if known else UNKNOWN


def _param(params: Params, name: str) -> Any:
    """The default of a parameter. Raises _RefusedError where there is none of that name."""
    if name not in params.values:
        advice = did_you_mean(name, params.values) or "declare it under `dag.params`"
        raise _RefusedError(Problem(codes.UNKNOWN_MACRO, f"the DAG has no parameter `{name}`", advice))
    return params.values[name]


def _macro(name: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
    """Airflow's macros whose result is known here."""
    if name == "ds_add" and len(args) == 2:
        return (datetime.strptime(args[0], "%Y-%m-%d") + timedelta(days=args[1])).strftime("%Y-%m-%d")
    if name == "ds_format" and len(args) == 3:
        return datetime.strptime(args[0], args[1]).strftime(args[2])
    if name == "timedelta":
        return timedelta(*args, **kwargs)
    return UNKNOWN
