"""The few Python expressions in a DAG file: literals, names and calls, written as `ruff format` would."""

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

INDENT = "    "
SHORT = 60
"""A call of no more characters than that stays on one line."""


@dataclass(frozen=True, slots=True)
class Import:
    """A name that the file imports: `from module import name`, or `import module` if there is no name."""

    module: str
    name: str | None = None

    @property
    def bound(self) -> str:
        """The name that the import binds in the file, unless it is given another."""
        return self.name or self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Name:
    """An imported name that is passed on, as a callback is; or an attribute of it."""

    imported: Import
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an imported name; `function` is the name, or an attribute of the imported module."""

    function: str
    imported: Import
    positional: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()
    method: str | None = None
    """The attribute of the imported name that is called, as in `DeadlineReference.AVERAGE_RUNTIME(10)`."""


Expression: TypeAlias = Call | Name | dict[str, Any] | list[Any] | str | int | float | bool | None

Names: TypeAlias = Mapping[Import, str]
"""The names of imports in a file, if they are renamed."""

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+")
_MAX_PATH = 500


def check_path(path: str) -> str | None:
    """Why the dotted path `path` cannot be imported; None if it may be (the compiler imports nothing itself)."""
    if not _PATH.fullmatch(path) or len(path) > _MAX_PATH:
        return "not a dotted path such as `my_team.alerts.page`: the module, a dot, the name in it"
    if why := next((why for word in path.split(".") if (why := _check_name(word))), None):
        return why
    if hidden := next((word for word in path.split(".") if word.startswith("__")), None):
        return f"`{hidden}` is a private Python name, not the name of a module or a function"
    return None


def check_keyword(word: str) -> str | None:
    """Why `word` cannot name an argument; None if it can."""
    return "`self` is the object itself and cannot be set" if word == "self" else _check_name(word)


def _check_name(word: str) -> str | None:
    if not word.isidentifier() or not word.isascii():
        return f"`{word}` is not a Python name"
    return f"`{word}` is a Python keyword and cannot be a name" if is_reserved(word) else None


def is_reserved(word: str) -> bool:
    """Whether Python allows no assignment to `word`: a keyword, or `__debug__`."""
    return keyword.iskeyword(word) or word == "__debug__"


def by_path(path: str) -> Import:
    """The import of a valid dotted path: the last name from the module that the others name."""
    module, _, name = path.rpartition(".")
    return Import(module, name)


def local_names(imported: Iterable[Import], own: Iterable[Import] = ()) -> dict[Import, str]:
    """The name of each import in the file: its own, or a longer one if one of `own` or another import has that."""
    first = set(own)
    names: dict[Import, str] = {}
    taken: set[str] = set()
    order = sorted(imported, key=lambda each: (each.name is not None, each not in first, each.module, each.name or ""))
    for each in order:
        name, parts = each.bound, each.module.split(".")
        while name in taken and each.name is not None:
            name = f"{parts.pop()}_{name}" if parts else f"{name}_"
        taken.add(name)
        names[each] = name
    return names


def source(value: Expression, depth: int = 0, names: Names | None = None) -> str:
    """`value` as Python source. Collections are written out, an entry a line; short calls stay on one."""
    if isinstance(value, str):
        return string(value)
    inner, outer = INDENT * (depth + 1), INDENT * depth
    if isinstance(value, Call):
        return _call(value, depth, names or {})
    if isinstance(value, Name):
        name = (names or {}).get(value.imported, value.imported.bound)
        return f"{name}.{value.attribute}" if value.attribute else name
    if isinstance(value, dict):
        lines = [f"{inner}{string(key)}: {source(below, depth + 1, names)},\n" for key, below in value.items()]
        return "{\n" + "".join(lines) + outer + "}" if lines else "{}"
    if isinstance(value, list):
        lines = [f"{inner}{source(below, depth + 1, names)},\n" for below in value]
        return "[\n" + "".join(lines) + outer + "]" if lines else "[]"
    return repr(value)


def string(text: str) -> str:
    """A string literal in the quotes that `ruff format` chooses: double ones unless that takes more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    if text.isprintable() and quote not in text and "\\" not in text:
        return quote + text + quote
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def one_line(text: str) -> str:
    """`text` for a comment: characters that could end the line or hide in it are escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def imports(value: Expression) -> set[Import]:
    """Everything that `value` needs imported."""
    found: set[Import] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):  # as most are
            continue
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, Call):
            found.add(each.imported)
            waiting += each.positional
            waiting += [below for _, below in each.keywords]
        elif isinstance(each, Name):
            found.add(each.imported)
    return found


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + quote
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else repr(character)[1:-1]


def _call(call: Call, depth: int, names: Names) -> str:
    """On one line if it is short and all its arguments are scalars; else one argument per line."""
    function = names.get(call.imported, call.function) if call.imported.name else call.function
    function = f"{function}.{call.method}" if call.method else function
    arguments = [("", value) for value in call.positional] + [(f"{name}=", value) for name, value in call.keywords]
    parts = [f"{name}{source(value, depth + 1, names)}" for name, value in arguments]
    line = f"{function}({', '.join(parts)})"
    if len(line) <= SHORT and not any(isinstance(value, Call | dict | list) for _, value in arguments):
        return line
    inner = INDENT * (depth + 1)
    return f"{function}(\n" + "".join(f"{inner}{part},\n" for part in parts) + INDENT * depth + ")"
