"""Rendering a template without running it: a walk over Jinja's syntax tree that can neither hang nor reach anything."""

from collections.abc import Callable, Mapping
from typing import Any

from trainspec.diagnostics import Code, codes, did_you_mean
from trainspec.safety.budget import spend
from trainspec.templates import branches
from trainspec.templates.context import AIRFLOW_2_ONLY
from trainspec.templates.filters import FILTERS, OF_DATES, STRING_METHODS, defaulted
from trainspec.templates.operations import (
    COMPARE,
    MAX_NUMBER,
    attribute,
    binary,
    bounded,
    item,
    joined,
    macro,
    of_range,
    sliced,
    within_bounds,
)
from trainspec.templates.problem import Problem, RefusedError
from trainspec.templates.values import UNKNOWN, Moment, Namespace, Params, Unknown, Varying, varying

_STEPS_OF_NODE = 10
_NAMES_IN_A_STEP = 4
_MISSING = Unknown()
"""Stands for a name that nothing sets, or a parameter that the DAG does not have."""
_JINJA_GLOBALS = ("dict", "namespace", "cycler", "joiner")
_FUNCTIONS = ("range", "lipsum")
_LOADS = ("Include", "Import", "FromImport", "Extends")


class Evaluation:
    """Evaluates the nodes of one template. A method is named after the Jinja node that it takes."""

    def __init__(self, context: Mapping[str, Any] | None) -> None:
        self.names = dict(context or {})
        self.checks_names = context is not None
        self.not_set: set[str] = set()
        """Names that are set only in branches which are not taken."""
        self.problems: list[Problem] = []

    # ------------------------------------------------------------------ statements

    def body(self, nodes: list[Any]) -> Any:
        """The text of some statements, or UNKNOWN."""
        return joined([self._statement(node) for node in nodes])

    def _statement(self, node: Any) -> Any:
        kind = type(node).__name__
        if kind == "Output":
            return joined([self.value(child) for child in node.nodes])
        if kind == "If":
            return self._if(node)
        if kind == "Assign" and type(node.target).__name__ == "Name":
            self.names[node.target.name] = self.value(node.node)
            return ""
        if kind in _LOADS:
            self._report(codes.UNSAFE_TEMPLATE, "a template cannot load another template here")
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
        """The text of the branch that is taken, with the names that it sets. The others are checked for problems."""
        before, taken, is_decided = self.names, [], False
        for test, body in [*((each.test, each.body) for each in (node, *node.elif_)), (None, node.else_)]:
            spend(len(before) // _NAMES_IN_A_STEP)
            self.names = before
            holds = True if test is None else self.value(test)
            self.names = dict(before)
            text = self.body(body)
            self.not_set.update(self.names.keys() - before.keys())
            if not is_decided and (isinstance(holds, Unknown) or holds):
                taken.append((text, self.names))
                is_decided = not isinstance(holds, Unknown)
        self.names = branches.after([names for _, names in taken])
        return taken[0][0] if len(taken) == 1 else UNKNOWN

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
        """The result of `evaluate`, within limits. Anything wrong with it is recorded, and it is unknown then."""
        try:
            return bounded(evaluate(*arguments))
        except RefusedError as refused:
            self.problems.append(refused.problem)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            pass  # Airflow would raise; with sample values, that does not prove the template wrong
        return UNKNOWN

    def _templatedata(self, node: Any) -> Any:
        return node.data

    def _const(self, node: Any) -> Any:
        return node.value

    def _name(self, node: Any) -> Any:
        name = node.name
        if name in self.names:
            return self.names[name]
        if not self.checks_names or name in _JINJA_GLOBALS or name in self.not_set:
            return UNKNOWN
        if name in AIRFLOW_2_ONLY:
            advice = f"write `{{{{ {AIRFLOW_2_ONLY[name]} }}}}`"
            raise RefusedError(Problem(codes.UNKNOWN_MACRO, f"`{name}` was removed in Airflow 3", advice))
        near = did_you_mean(name, self.names)
        raise RefusedError(Problem(codes.UNKNOWN_MACRO, f"`{name}` is not available in Airflow templates", near))

    def _getattr(self, node: Any) -> Any:
        return attribute(self.value(node.node), node.attr)

    def _getitem(self, node: Any) -> Any:
        owner = self.value(node.node)
        if type(node.arg).__name__ == "Slice":
            bounds = [
                None if part is None else self.value(part) for part in (node.arg.start, node.arg.stop, node.arg.step)
            ]
            return sliced(owner, bounds)
        return item(owner, self.value(node.arg))

    def _call(self, node: Any) -> Any:
        args = [self.value(arg) for arg in node.args]
        kwargs = {pair.key: self.value(pair.value) for pair in node.kwargs}
        callee = type(node.node).__name__
        is_spread = self._is_spread(node)
        if callee == "Name" and node.node.name == "range" and "range" not in self.names:
            return of_range(args)
        if callee != "Getattr":
            self.value(node.node)
            return UNKNOWN
        owner, name = self.value(node.node.node), node.node.attr
        attribute(owner, name)
        if is_spread:
            return UNKNOWN
        if isinstance(owner, Varying) and isinstance(owner.value, Moment):
            return varying(owner.value.call(name, args, kwargs))
        if isinstance(owner, Namespace) and owner.closed and any(isinstance(each, Varying) for each in args):
            args = [each.value if isinstance(each, Varying) else each for each in args]
            return UNKNOWN if any(isinstance(each, Unknown) for each in args) else varying(macro(name, args, kwargs))
        if any(isinstance(each, Unknown) for each in (*args, *kwargs.values())):
            return UNKNOWN
        if isinstance(owner, Moment):
            return owner.call(name, args, kwargs)
        if isinstance(owner, str) and name in STRING_METHODS and not kwargs:
            return within_bounds(STRING_METHODS[name], owner, args)
        if isinstance(owner, Namespace) and owner.closed:
            return macro(name, args, kwargs)
        if isinstance(owner, Namespace) and name in owner.methods:
            return owner.methods[name](*args, **kwargs)
        return UNKNOWN

    def _filter(self, node: Any) -> Any:
        from jinja2.filters import FILTERS as JINJA_FILTERS

        known = {*JINJA_FILTERS, *FILTERS}
        if node.name not in known:
            raise RefusedError(
                Problem(codes.UNKNOWN_MACRO, f"there is no filter `{node.name}`", did_you_mean(node.name, known))
            )
        if node.node is None:
            return UNKNOWN
        is_default = node.name in ("default", "d")
        value = self._or_missing(node.node) if is_default else self.value(node.node)
        args = [self.value(arg) for arg in node.args]
        kwargs = {pair.key: self.value(pair.value) for pair in node.kwargs}
        if self._is_spread(node):
            return UNKNOWN
        if is_default:
            return defaulted(value, value is _MISSING, *args, **kwargs)
        if isinstance(value, Varying) and node.name in OF_DATES and not args:
            return varying(FILTERS[node.name](value.value))
        if node.name not in FILTERS or kwargs or any(isinstance(each, Unknown) for each in (value, *args)):
            return UNKNOWN
        return within_bounds(FILTERS[node.name], value, args)

    def _is_spread(self, node: Any) -> bool:
        """Whether a call has arguments from a list or map, `*a` or `**b`, which are not evaluated."""
        spread = [self.value(each) for each in (node.dyn_args, node.dyn_kwargs) if each is not None]
        return bool(spread)

    def _test(self, node: Any) -> Any:
        if node.name in ("defined", "undefined") and self._or_missing(node.node) is _MISSING:
            return node.name == "undefined"
        if node.name not in ("defined", "undefined"):
            self.value(node.node)
        return UNKNOWN

    def _or_missing(self, node: Any) -> Any:
        """The value of `node`; `_MISSING` for a name that nothing sets, or a parameter that the DAG does not have.

        Such are what `default` and `is defined` are there for. Everything is evaluated once.
        """
        kind = type(node).__name__
        if kind == "Name" and self.checks_names and self._is_undefined(node.name):
            return _MISSING
        if kind == "Getattr":
            owner, name = self.value(node.node), node.attr
        elif kind == "Getitem" and type(node.arg).__name__ != "Slice":
            owner, name = self.value(node.node), self.value(node.arg)
        else:
            return self.value(node)
        if isinstance(owner, Params) and isinstance(name, str) and name not in owner.values:
            return _MISSING
        return self._noting(attribute if kind == "Getattr" else item, owner, name)

    def _is_undefined(self, name: str) -> bool:
        return name not in self.names and name not in (*_JINJA_GLOBALS, *_FUNCTIONS)

    def _concat(self, node: Any) -> Any:
        return joined([self.value(child) for child in node.nodes])

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
            if not COMPARE[operand.op](left, right):
                return False
            left = right
        return True

    def _list(self, node: Any) -> Any:
        """A list of known scalars; one with many copies of another would be too expensive to compare or print."""
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
        return binary(type(node).__name__, self.value(node.left), self.value(node.right))

    _add = _sub = _mul = _div = _floordiv = _mod = _binary

    def _report(self, code: Code, message: str) -> None:
        self.problems.append(Problem(code, message))
