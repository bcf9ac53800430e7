"""The position of a cursor in a spec, even while the text around it is not yet YAML.

Indentation says which keys are above a line of block style, and brackets which are above a place within one line of
flow style; the tree, which a half-written line may lack, is not needed.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

Steps: TypeAlias = tuple[str, ...]

_KEY = re.compile(r"""(?P<key>"[^"\n]*"|'[^'\n]*'|[^\s#'"\[\]{},&*!|>%@`-][^#\n]*?|[^\s:]+):(?=\s|$)""")
_DASHES = re.compile(r"(?:-(?:[ ]+|$))*")
_VALUE = re.compile(r"\s*(?:[&!]\S+\s*)*[^\s#&!]")
_CLOSING = {"[": "]", "{": "}"}
_MOST_LINES = 20_000

ITEM = "-"
"""The step to an item of a list."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is written at the cursor.

    `above` are the keys that it is below, from the root; `-` stands for an item of a list. `key` is the one whose
    value is being written, None if a key is. `written` is what is between the beginning of that key or value
    and the cursor. `closing` are the brackets that close those that are open on the line.
    """

    above: Steps
    key: str | None
    written: str
    closing: str = ""

    @property
    def path(self) -> Steps:
        """The path of the value that is being written, or of the map that a key is written in."""
        return self.above if self.key is None else (*self.above, self.key)


def cursor_at(text: str, offset: int) -> Cursor:
    """The cursor at an offset of a text."""
    lines = text[:offset].split("\n")
    line = lines[-1]
    indent = len(line) - len(line.lstrip(" "))
    rest = line[indent:]
    dashes = _DASHES.match(rest)
    skipped = dashes.end() if dashes else 0
    above = (*_above(lines[:-1], indent, in_list=skipped > 0), *("-" for _ in range(rest[:skipped].count("-"))))
    body = rest[skipped:]
    found = _KEY.match(body)
    if found is None:
        opened = _in_flow(body, above) if body[:1] in ("[", "{") else None
        return opened or Cursor(above, None, body)
    key, value = _plain(found["key"]), body[found.end() :].lstrip()
    if value[:1] in ("[", "{"):
        return _in_flow(value, (*above, key)) or Cursor(above, key, value)
    return Cursor(above, key, value)


def _above(lines: list[str], indent: int, *, in_list: bool) -> Steps:
    """The keys of the lines above that enclose a line with this indentation; `in_list` if that begins with `-`."""
    found: list[str] = []
    limit = indent
    for line in reversed(lines[-_MOST_LINES:]):
        stripped = line.lstrip(" ")
        if not stripped.strip() or stripped.startswith("#"):
            continue
        at, dashes = len(line) - len(stripped), _DASHES.match(stripped)
        width = dashes.end() if dashes else 0
        key = _opens(stripped[width:])
        if width and at < limit:
            found += [key] if key is not None and at + width < limit else []
            found.append("-")
            limit, in_list = at, True
        elif not width and key is not None and (at < limit or (in_list and at == limit)):
            found.append(key)
            limit, in_list = at, False
        if limit == 0 and not in_list:
            break
    return tuple(reversed(found))


def _opens(body: str) -> str | None:
    """The key of a line whose value is on the lines below it."""
    found = _KEY.match(body)
    if found is None or _VALUE.match(body, found.end()):
        return None
    return _plain(found["key"])


@dataclass(slots=True)
class _Bracket:
    """An open bracket, and the key in it whose value is being written."""

    sign: str
    key: str | None = None

    @property
    def steps(self) -> Steps:
        """The step that leads from it to its content."""
        return (ITEM,) if self.sign == "[" else (self.key,) if self.key is not None else ()


_SIGNS = re.compile(r"""\$\{[^}]*\}?|"(?:\\.|[^"\\])*"?|'(?:''|[^'])*'?|[\[{\]},]|:(?=\s|$)""")


def _in_flow(text: str, above: Steps) -> Cursor | None:
    """The cursor at the end of a flow value; None if all of its brackets are closed."""
    stack: list[_Bracket] = []
    start = 0
    for found in _SIGNS.finditer(text):
        sign = found.group()
        if sign in ("[", "{"):
            stack.append(_Bracket(sign))
        elif sign in ("]", "}") and stack:
            stack.pop()
        elif sign == "," and stack:
            stack[-1].key = None
        elif sign == ":" and stack and stack[-1].sign == "{":
            stack[-1].key = _plain(text[start : found.start()])
        else:
            continue
        start = found.end()
    if not stack:
        return None
    *outer, inner = stack
    path = (*above, *(step for each in outer for step in each.steps), *(inner.steps if inner.sign == "[" else ()))
    closing = "".join(_CLOSING[each.sign] for each in reversed(stack))
    return Cursor(path, inner.key, text[start:].lstrip(), closing)


def _plain(key: str) -> str:
    return key.strip().strip("'\"")
