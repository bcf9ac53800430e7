"""Values as people write them in DAG files: a string, number or map in many ways, chosen by a random generator."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

UNSET = "IMPORT_TEST_IS_NOT_SET"
"""An environment variable that is never set."""


@dataclass
class Span:
    """The lines that create something: a DAG, tasks, edges. Spans can be nested; the last line is included."""

    names: tuple[str, ...]
    first: int
    outer: "Span | None"
    last: int = 0


@dataclass
class Code:
    """The lines of a file while it is written; `chance` chooses how."""

    chance: random.Random
    lines: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    made: int = 0
    depth: int = 0
    spans: list[Span] = field(default_factory=lambda: [Span((), 1, None, 10**9)])
    plain: float = 0.5
    """How likely it is that a value is written as a literal."""

    def fresh(self, stem: str) -> str:
        """A unique name."""
        self.made += 1
        return f"{stem}_{self.made}"

    def add(self, *lines: str) -> None:
        """Add lines at the current indentation."""
        self.lines += ["    " * self.depth + line for line in lines]

    @contextmanager
    def span(self, *names: str) -> Iterator[None]:
        """What is written inside the context creates the DAG, the tasks or the edges of these names."""
        outer = next(each for each in reversed(self.spans) if not each.last or each.outer is None)
        self.spans.append(Span(names, len(self.lines) + 1, outer))
        made = self.spans[-1]
        yield
        made.last = len(self.lines)

    def named(self, stem: str, expression: str) -> str:
        """Give an expression a name."""
        name = self.fresh(stem)
        self.add(f"{name} = {expression}")
        return name


def text(code: Code, value: str) -> str:
    """An expression whose value is `value`; the lines that it needs are added before it."""
    if code.chance.random() < code.plain or not value:
        return repr(value)
    return code.chance.choice(_TEXTS)(code, value)


def number(code: Code, value: int) -> str:
    """An expression whose value is the number."""
    if code.chance.random() < code.plain:
        return repr(value)
    return code.chance.choice(_NUMBERS)(code, value)


def mapping(code: Code, value: Mapping[str, Any]) -> str:
    """An expression whose value is the map."""
    from random_maps import MAPS, literal

    if code.chance.random() < code.plain or not all(map(str.isidentifier, value)):
        return literal(code, value)
    return code.chance.choice(MAPS)(code, value)


def any_value(code: Code, value: Any) -> str:
    """An expression for a value of a request."""
    if isinstance(value, str):
        return text(code, value)
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        return number(code, value)
    if isinstance(value, Mapping):
        return mapping(code, value)
    items = [any_value(code, each) for each in value]
    if code.chance.random() < code.plain or not items:
        return f"[{', '.join(items)}]"
    from random_maps import LISTS

    return code.chance.choice(LISTS)(code, items)


# ---- texts


def _cut(code: Code, value: str) -> tuple[str, str]:
    at = code.chance.randint(0, len(value))
    return value[:at], value[at:]


def _constant(code: Code, value: str) -> str:
    return code.named("NAME", repr(value))


def _f_string(code: Code, value: str) -> str:
    first, last = _cut(code, value)
    name = code.named("PART", repr(first))
    return f"f{'{' + name + '}' + last.replace('{', '{{').replace('}', '}}')!r}"


def _percent(code: Code, value: str) -> str:
    first, last = _cut(code, value)
    forms = [
        f"{'%s' + last.replace('%', '%%')!r} % {first!r}",
        f"'%s%s' % ({first!r}, {last!r})",
        f"'%(a)s%(b)s' % {{'a': {first!r}, 'b': {last!r}}}",
    ]
    return f"({code.chance.choice(forms)})"


def _format(code: Code, value: str) -> str:
    first, last = _cut(code, value)
    safe = last.replace("{", "{{").replace("}", "}}")
    forms = [f"{'{}' + safe!r}.format({first!r})", f"{'{head}' + safe!r}.format(head={first!r})"]
    forms.append(f"{'{0}{1}'!r}.format({first!r}, {last!r})")
    forms.append(f"{'{a[k]}' + safe!r}.format(a={{'k': {first!r}}})")
    return code.chance.choice(forms)


def _sum(code: Code, value: str) -> str:
    first, last = _cut(code, value)
    return f"({text(code, first)} + {last!r})"


def _join(code: Code, value: str) -> str:
    parts = value.split("/")
    made = code.named("parts", repr(parts)) if code.chance.random() < 0.5 else repr(tuple(parts))
    return f"'/'.join({made})" if code.chance.random() < 0.7 else f"'/'.join(p for p in {made})"


def _environment(code: Code, value: str) -> str:
    call = code.chance.choice(["os.getenv", "os.environ.get"])
    return f"{call}({UNSET!r}, {value!r})"


def _subscript(code: Code, value: str) -> str:
    forms = [
        ({"a": "wrong", "b": value}, "['b']"),
        ({"a": {"b": value}}, "['a']['b']"),
        (["wrong", value], "[1]"),
        (["wrong", value], "[-1]"),
        ((value, "wrong"), "[0]"),
        ({"a": value}, ".get('a')"),
        ({"a": "wrong"}, f".get('b', {value!r})"),
    ]
    holder, access = code.chance.choice(forms)
    return code.named("TABLE", repr(holder)) + access


def _function(code: Code, value: str) -> str:
    name = code.fresh("give")
    first, last = _cut(code, value)
    forms = [
        ([f"def {name}():", f"    return {value!r}"], f"{name}()"),
        ([f"def {name}(a, b={last!r}):", "    return a + b"], f"{name}({first!r})"),
        ([f"def {name}(*parts):", "    return ''.join(parts)"], f"{name}({first!r}, {last!r})"),
        ([f"def {name}(**parts):", "    return parts['a'] + parts['b']"], f"{name}(b={last!r}, a={first!r})"),
        ([f"{name} = lambda a: a + {last!r}"], f"{name}({first!r})"),
        ([f"def {name}(a):", f"    if a == {first!r}:", f"        return {value!r}", "    return 'wrong'"],
         f"{name}({first!r})"),
        ([f"def {name}(a):", "    b = a", "    a = 'wrong'", f"    return b + {last!r}"], f"{name}({first!r})"),
        ([f"GIVEN_{name} = {first!r}", f"def {name}(a=GIVEN_{name}):", f"    return a + {last!r}",
          f"GIVEN_{name} = 'wrong'"], f"{name}()"),
        ([f"GIVEN_{name} = 'wrong'", f"def {name}():", f"    return GIVEN_{name} + {last!r}",
          f"GIVEN_{name} = {first!r}"], f"{name}()"),
    ]  # fmt: skip
    lines, call = code.chance.choice(forms)
    code.add(*lines)
    return call


def _choice(code: Code, value: str) -> str:
    flag = code.named("FLAG", code.chance.choice(["True", "1 > 0", "not False", "'a' in ['a']", "2 == 2", "bool('x')"]))
    forms = [f"({value!r} if {flag} else 'wrong')", f"('wrong' if not {flag} else {value!r})", f"('' or {value!r})"]
    forms.append(f"({flag} and {value!r})")
    return code.chance.choice(forms)


def _held(code: Code, value: str) -> str:
    """A name of a class, of an object, of a module next to the file."""
    name = code.fresh("Held")
    forms = [
        ([f"class {name}:", f"    VALUE = {value!r}"], f"{name}.VALUE"),
        ([f"class {name}:", "    def __init__(self, a):", "        self.a = a", f"{name}_it = {name}({value!r})"],
         f"{name}_it.a"),
        (["import enum", f"class {name}(str, enum.Enum):", f"    A = {value!r}"], f"{name}.A.value"),
        (["from dataclasses import dataclass", "@dataclass", f"class {name}:", "    a: str", f"    b: str = {value!r}"],
         f"{name}('wrong').b"),
        (["from collections import namedtuple", f"{name} = namedtuple('{name}', 'a b')"],
         f"{name}('wrong', {value!r}).b"),
        (["from types import SimpleNamespace", f"{name} = SimpleNamespace(a={value!r})"], f"{name}.a"),
        (["import random_helpers"], f"random_helpers.echo({value!r})"),
        (["import random_helpers as rh"], f"(rh.EMPTY + {value!r})"),
        (["from random_helpers import EMPTY as nothing"], f"(nothing + {value!r})"),
    ]  # fmt: skip
    lines, expression = code.chance.choice(forms)
    code.add(*lines)
    return expression


def _method(code: Code, value: str) -> str:
    forms = [f"{'  ' + value + ' '!r}.strip()" if value == value.strip() else repr(value)]
    if value == value.lower():
        forms.append(f"{value.upper()!r}.lower()")
    forms.append(f"{'xy' + value!r}[2:]")
    forms.append(f"{value.replace('a', '@')!r}.replace('@', 'a')" if "@" not in value else repr(value))
    forms.append(f"{value + ';rest'!r}.split(';')[0]" if ";" not in value else repr(value))
    return code.chance.choice(forms)


def _changed(code: Code, value: str) -> str:
    """A name that is set more than once."""
    name, (first, last) = code.fresh("changing"), _cut(code, value)
    forms = [
        [f"{name} = 'wrong'", f"{name} = {value!r}"],
        [f"{name} = {first!r}", f"{name} += {last!r}"],
        [f"{name} = ''", f"for part in ({first!r}, {last!r}):", f"    {name} += part"],
        [f"{name} = {value!r}", f"def unrelated_{name}():", f"    {name} = 'wrong'", f"    return {name}"],
        [f"{name} = 'wrong'", f"if len({first!r}) >= 0:", f"    {name} = {value!r}", "else:", f"    {name} = 'worse'"],
        ["try:", f"    import there_is_no_such_module as {name}", "except ImportError:", f"    {name} = {value!r}"],
        ["try:", f"    {name} = os.environ[{UNSET!r}]", "except KeyError:", f"    {name} = {value!r}"],
        ["try:", f"    {name} = {value!r}", "finally:", "    pass"],
        [f"{name} = {value!r}", f"if os.getenv({UNSET!r}):", f"    {name} = 'wrong'"],
        [f"other, {name} = 'wrong', {value!r}"],
        [f"(other, *{name}) = ['wrong', {value!r}]", f"{name} = {name}[0]"],
        [f"other = {name} = {value!r}", "other = 'wrong'"],
        [f"{name} = 'wrong'", f"def set_{name}():", f"    global {name}", f"    {name} = {value!r}", f"set_{name}()"],
        [f"{name} = {value!r}", f"[{name} for {name} in ('wrong',)]"],
        [f"for {name} in ('wrong', {value!r}):", "    pass"],
        [f"for {name} in ({value!r}, 'wrong'):", "    break"],
        [f"while ({name} := {value!r}) == 'never':", "    pass"],
        [f"{name} = 'wrong'", f"match {first!r}:", f"    case {first!r}:", f"        {name} = {value!r}"],
        [f"{name} = {value!r}", f"del {name}", f"{name} = {value!r}"],
        [f"import contextlib\nwith contextlib.suppress(Exception):\n    {name} = {value!r}"],
        [f"globals()[{name!r}] = {value!r}"],
        [f"{name} = 'wrong'", f"exec('{name} = ' + {value!r}.__repr__())"],
    ]
    lines = code.chance.choice(forms)
    if code.depth:
        lines = forms[0] if any("global" in each or "exec(" in each or "\n" in each for each in lines) else lines
    code.add(*[each for line in lines for each in line.split("\n")])
    return name


def _read(code: Code, value: str) -> str:
    import json

    forms = [
        (["import json"], f"json.loads({json.dumps({'a': value})!r})['a']"),
        (["import textwrap"], f"textwrap.dedent({value!r})"),
        (["import posixpath"], f"posixpath.join({value!r}, '')" if value.endswith("/") else repr(value)),
        (["from string import Template"], f"Template('$a').substitute(a={value!r})"),
        (["from functools import reduce"], f"reduce(lambda a, b: a + b, {list(value)!r})"),
    ]
    lines, expression = code.chance.choice(forms)
    code.add(*lines)
    return expression


_TEXTS: tuple[Callable[[Code, str], str], ...] = (
    _constant, _constant, _f_string, _f_string, _percent, _format, _sum, _join, _environment, _subscript, _function,
    _choice, _held, _method, _changed, _changed, _read,
)  # fmt: skip


# ---- numbers


def _counted(code: Code, value: int) -> str:
    few = [f"len({list(range(value))})"] if value < 9 else [f"{value // 60} * 60 + {value % 60}"]
    name = code.fresh("N")
    code.add(f"{name} = {value - 1}")
    forms = [
        *few, f"({name} + 1)", f"int('{value}')", f"max({value}, 1)", f"sum([{value - 1}, 1])", f"({value * 2} // 2)",
        f"int({value}.0)", f"round({value}.2)", f"(-{value} * -1)", f"abs(-{value})",
        f"int(os.getenv({UNSET!r}, {value}))",
        f"int(timedelta(seconds={value}).total_seconds())", f"next(iter([{value}]))", f"min({value}, 10**9)",
        f"dict(a={value})['a']", f"divmod({value}, 10**9)[1]", f"({value} << 0)", f"(True + {value - 1})",
    ]  # fmt: skip
    return code.chance.choice(forms)


_NUMBERS: tuple[Callable[[Code, int], str], ...] = (
    lambda code, value: code.named("NUMBER", repr(value)),
    _counted,
)
