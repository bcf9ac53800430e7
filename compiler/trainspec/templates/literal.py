r"""Which parts of a string are templates, and how the rest passes through Airflow unchanged.

Airflow renders every string of `config` with Jinja, which would drop a final newline, turn `\r\n` into `\n` and take
`{#` for a comment. In a spec, `{{ ... }}` and `{% ... %}` are Airflow's; everything else is literal. A literal `{{` or
`{%` is written as Airflow's users write it: `{{ '{{' }}`.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from trainspec.safety.budget import spend

MAX_TEMPLATE = 10_000
"""The longest text that is searched for templates; a longer one that contains any is rejected."""

_LONGEST_KEPT = 500

_OPENING = re.compile(r"\{\{|\{%")
_OPENING_EXPRESSION = re.compile(r"\{\{")
_EXPRESSION_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\}\}|%\}|[({\[\])}'"]""", re.DOTALL)
_RAW = re.compile(r"[-+]?\s*raw\s*[-+]?")
_END_RAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_SPECIAL = re.compile(r"\{*(?:\{[{%#]|\r|\n\Z)")
_SPECIAL_INSIDE = re.compile(r"\{*(?:\{[{%#]|\r)")
_CARRIAGE_RETURN = "\U0010fffe"
"""Replaces a carriage return while Jinja parses, which would normalize it. A noncharacter: no text contains it."""


def has_template(text: str) -> bool:
    """Whether Airflow has something to render in `text`."""
    if "{{" not in text and "{%" not in text:  # as nearly every text
        return False
    return _has_template(text)


@lru_cache(maxsize=1024)  # the checks, the rules and the emitter use the same few texts
def _has_template(text: str) -> bool:
    return any(not literal for _, literal in pieces(text))


def is_closed(text: str) -> bool:
    """Whether every template in `text` has an end. Jinja would find out, too, but in quadratic time."""
    return all(literal or piece.endswith(("}}", "%}")) for piece, literal in pieces(text))


def for_airflow(text: str) -> str:
    """The string that Airflow renders to `text`, with its templates rendered and everything else unchanged.

    It does so whether the Jinja environment keeps a final newline or, as by default, drops it.
    """
    if not _SPECIAL.search(text):
        return text
    parts = list(pieces(text))
    special = [*[_SPECIAL_INSIDE] * (len(parts) - 1), _SPECIAL]
    return "".join(
        pattern.sub(_quoted, piece) if literal else piece
        for (piece, literal), pattern in zip(parts, special, strict=True)
    )


def as_literal(text: str) -> str:
    """What a spec must contain so that a job gets exactly `text`, whatever `${`, `{{` or `{%` is in it."""
    return _OPENING.sub(lambda opening: f"{{{{ '{opening.group()}' }}}}", as_template(text))


def as_template(text: str) -> str:
    """What a spec must contain so that Airflow gets `text`, with its templates: only `${` is special in a spec."""
    return text.replace("${", "$${")


def parse_template(text: str) -> Any:
    """Jinja's syntax tree of `text`, in which what is literal here is literal. Raises jinja2's TemplateSyntaxError.

    Read strings in the tree through `unshielded`.
    """
    spend(len(text) // 3)
    return _parsed(text) if len(text) <= _LONGEST_KEPT else _parsed_last(text)


@lru_cache(maxsize=1024)  # one text is rendered for several sample runs, by the checks and by rules
def _parsed(text: str) -> Any:
    return _parse(text)


@lru_cache(maxsize=8)  # the trees of long texts are large
def _parsed_last(text: str) -> Any:
    return _parse(text)


def _parse(text: str) -> Any:
    shown = (piece.replace("{%", "{{ '{%' }}") if literal else piece for piece, literal in pieces(text))
    return _environment().parse("".join(shown).replace("\r", _CARRIAGE_RETURN))


def unshielded(text: str) -> str:
    """A text from `parse_template`'s tree, restored."""
    return text.replace(_CARRIAGE_RETURN, "\r")


@cache
def _environment() -> Any:
    from jinja2 import Environment  # 80 ms to import: only if a spec contains a template

    options = {"extensions": ["jinja2.ext.do"], "keep_trailing_newline": True, "cache_size": 0}
    no_comments = {"comment_start_string": "\U0010ffff#", "comment_end_string": "#\U0010ffff"}
    return Environment(**options, **no_comments)  # type: ignore[arg-type]  # noqa: S701  # nothing is rendered


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of `text` in order, and whether each is literal.

    What opens with `{{` is a template, closed or not; a `{%` that nothing closes is not a template, and neither is
    any later one. Takes time in proportion to the text's length.
    """
    if len(text) > MAX_TEMPLATE:
        yield text, _OPENING.search(text) is None
        return
    start = position = 0
    opens = _OPENING
    while (opening := opens.search(text, position)) is not None:
        end = _end(text, opening)
        if end is None:
            position, opens = opening.end(), _OPENING_EXPRESSION
            continue
        if opening.start() > start:
            yield text[start : opening.start()], True
        yield text[opening.start() : end], False
        start = position = end
    if start < len(text):
        yield text[start:], True


def _end(text: str, opening: re.Match[str]) -> int | None:
    """Where the template that begins at `opening` ends; None if a `{%` begins none."""
    is_statement = opening.group() == "{%"
    depth, position = 0, opening.end()
    while (token := _EXPRESSION_TOKEN.search(text, position)) is not None:
        position = token.end()
        if token.group() in ("'", '"'):
            break  # a string that nothing closes: neither does the template end
        if token.group() == "%}" and is_statement:
            raw = _RAW.fullmatch(text, opening.end(), token.start())
            closing = _END_RAW.search(text, position) if raw else token
            return closing.end() if closing else len(text)
        if token.group() == "}}" and not is_statement and depth == 0:
            return position
        if token.group() in ("}}", "%}"):
            position = token.start() + 1
            depth -= token.group() == "}}"
        elif token.group() in "({[":
            depth += 1
        elif token.group() in ")}]":
            depth = max(0, depth - 1)
    return None if is_statement else len(text)


def _quoted(special: re.Match[str]) -> str:
    """An expression that renders to these characters. Braces before them are part of it: `{{{` would open elsewhere."""
    text = special.group().replace("\r", "\\r").replace("\n", "\\n")
    return f"{{{{ '{text}' }}}}"
