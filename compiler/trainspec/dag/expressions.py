"""The few Python expressions that a DAG file is made of: literals and calls, written as `ruff format` would."""

from dataclasses import dataclass
from typing import Any, TypeAlias

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Import:
    """A name that the file imports: `from module import name`, or `import module` where there is no name."""

    module: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an imported name."""

    function: str
    imported: Import
    positional: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()


Expression: TypeAlias = Call | dict[str, Any] | list[Any] | str | int | float | bool | None


def source(value: Expression, depth: int = 0) -> str:
    """`value` as Python source. Collections are written out, an entry a line; calls of scalars stay on one."""
    inner, outer = INDENT * (depth + 1), INDENT * depth
    if isinstance(value, Call):
        return _call(value, depth)
    if isinstance(value, dict):
        lines = [f"{inner}{string(key)}: {source(below, depth + 1)},\n" for key, below in value.items()]
        return "{\n" + "".join(lines) + outer + "}" if lines else "{}"
    if isinstance(value, list):
        lines = [f"{inner}{source(below, depth + 1)},\n" for below in value]
        return "[\n" + "".join(lines) + outer + "]" if lines else "[]"
    return string(value) if isinstance(value, str) else repr(value)


def string(text: str) -> str:
    """A string literal in the quotes that `ruff format` chooses: double ones unless that takes more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def imports(value: Expression) -> set[Import]:
    """Everything that `value` needs imported."""
    if isinstance(value, Call):
        below = [*value.positional, *(each for _, each in value.keywords)]
        return {value.imported}.union(*map(imports, below))
    if isinstance(value, dict):
        return set().union(*map(imports, value.values()))
    return set().union(*map(imports, value)) if isinstance(value, list) else set()


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + quote
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else repr(character)[1:-1]


def _call(call: Call, depth: int) -> str:
    parts = [source(value, depth) for value in call.positional]
    parts += [f"{name}={source(value, depth)}" for name, value in call.keywords]
    return f"{call.function}({', '.join(parts)})"
