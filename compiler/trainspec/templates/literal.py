r"""What is a template in a text and what is not, and how the rest passes through Airflow unchanged.

Airflow renders every string of `config` with Jinja, which would drop a final newline, turn `\r\n` into `\n` and take
`{#` for a comment. In a spec, `{{ ... }}` and `{% ... %}` are Airflow's; all else is literal. A literal `{{` or `{%` is
written as Airflow's users write it: `{{ '{{' }}`.
"""

import re
from functools import cache
from typing import Any

_TEMPLATE = re.compile(r"\{\{|\{%.*?%\}", re.DOTALL)
_SPECIAL = re.compile(r"\{[{%#]|\r")
_CARRIAGE_RETURN = "\U0010fffe"
"""Stands for `\\r` while Jinja's lexer runs, which would normalize it. A noncharacter: no text holds it."""


def has_template(text: str) -> bool:
    """Whether Airflow has something to render in `text`."""
    return _TEMPLATE.search(text) is not None


def for_airflow(text: str) -> str:
    """The text that Airflow's rendering turns into `text`, with its templates rendered and all else to the letter."""
    if _SPECIAL.search(text):
        pieces = _pieces(text) if has_template(text) else [(text, True)]
        text = "".join(_SPECIAL.sub(_quoted, piece) if literal else piece for piece, literal in pieces)
    return text + "\n" if text.endswith("\n") else text


def folded(text: str) -> str:
    """`text` with templates that can only be one thing put in, where it holds no others: `{{ '{{' }}` is `{{`."""
    if not has_template(text):
        return text
    from trainspec.templates.evaluate import render

    constant = render(text).text
    return text if constant is None else constant


@cache
def environment() -> Any:
    """Jinja's parser for the templates of a spec: as Airflow's, but `{#` is no comment."""
    from jinja2 import Environment  # 80 ms to import: only where a spec holds a template

    options = {"extensions": ["jinja2.ext.do"], "keep_trailing_newline": True, "cache_size": 0}
    unused = {"comment_start_string": "\U0010ffff#", "comment_end_string": "#\U0010ffff"}
    return Environment(**options, **unused)  # type: ignore[arg-type]  # noqa: S701  # nothing is rendered


def shielded(text: str) -> str:
    """`text` for Jinja's parser: a `{%` that nothing closes is no statement, and a carriage return stays one."""
    closed = text.rfind("%}") + 2 if "%}" in text else 0
    text = text[:closed] + text[closed:].replace("{%", "{{ '{%' }}")
    return text.replace("\r", _CARRIAGE_RETURN)


def unshielded(text: str) -> str:
    """What `shielded` hid, as it was."""
    return text.replace(_CARRIAGE_RETURN, "\r")


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The parts of `text` in order, and whether each is literal."""
    from jinja2.exceptions import TemplateSyntaxError

    try:
        tokens = list(environment().lexer.tokeniter(shielded(text), None))
    except TemplateSyntaxError:
        return [(text, False)]
    pieces, raw = [], False
    for _, kind, value in tokens:
        raw = kind == "raw_begin" or (raw and kind != "raw_end")
        pieces.append((unshielded(value), kind == "data" and not raw))
    return pieces


def _quoted(special: re.Match[str]) -> str:
    return "{{ '\\r' }}" if special.group() == "\r" else f"{{{{ '{special.group()}' }}}}"
