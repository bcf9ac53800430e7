"""Renders a template: what Airflow would make of it, as far as that is known before the task runs."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from trainspec.diagnostics import codes
from trainspec.safety.budget import spend
from trainspec.templates.literal import MAX_TEMPLATE, has_template, is_closed, parse_template, pieces, unshielded
from trainspec.templates.problem import Problem
from trainspec.templates.values import Unknown, Varying

_BARE_NAME = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_CONSTANTS = ("true", "false", "none")
_LITERAL = "for a literal `{{` or `{%`, write `{{ '{{' }}` or `{{ '{%' }}`"


class Rendered(NamedTuple):
    """A rendered text, None if a part of it is only known at run time; and what is wrong with it."""

    text: str | None
    problems: tuple[Problem, ...] = ()


def render(text: str, context: Mapping[str, Any] | None = None) -> Rendered:
    """`text` as Airflow renders it if templates see `context`. Without one, names are unknown but not wrong."""
    if not has_template(text):
        return Rendered(text)
    spend(len(text) // 2)
    if len(text) > MAX_TEMPLATE:
        problem = Problem(codes.UNSAFE_TEMPLATE, f"the template has more than {MAX_TEMPLATE:,} characters")
        return Rendered(None, (problem,))
    if not is_closed(text):
        problem = Problem(codes.TEMPLATE_SYNTAX, "`{{` opens a template that is never closed", _LITERAL)
        return Rendered(None, (problem,))
    if (quick := _of_names(text, context)) is not None:
        return Rendered(quick)
    from jinja2.exceptions import TemplateSyntaxError
    from trainspec.templates.evaluate import Evaluation

    try:
        tree = parse_template(text)
        walk = Evaluation(context)
        value = walk.body(tree.body)
    except TemplateSyntaxError as error:
        return Rendered(None, (Problem(codes.TEMPLATE_SYNTAX, f"Jinja cannot parse this: {error.message}", _LITERAL),))
    except RecursionError:
        return Rendered(None, (Problem(codes.UNSAFE_TEMPLATE, "the template is nested too deeply"),))
    except ValueError:  # Jinja reads numbers with int(), which rejects very long ones
        return Rendered(None, (Problem(codes.UNSAFE_TEMPLATE, "the template contains a number that is too long"),))
    if isinstance(value, Varying):
        value = value.value
    problems = tuple(dict.fromkeys(walk.problems))
    return Rendered(None if isinstance(value, Unknown) or problems else unshielded(value), problems)


def _of_names(text: str, context: Mapping[str, Any] | None) -> str | None:
    """`text` rendered, if its templates are bare names: most are, and Jinja takes 0.1 s to import. Else None."""
    parts = []
    for piece, literal in pieces(text):
        name = None if literal else _BARE_NAME.fullmatch(piece)
        value = piece if literal else (context or {}).get(name[1]) if name else None
        if isinstance(value, Varying):
            value = value.value
        if not isinstance(value, str):
            return None
        parts.append(value)
    return "".join(parts)


def folded(text: str) -> str:
    """`text` with constant templates replaced, if it contains no others: `{{ '{{' }}` is `{{`."""
    if not has_template(text) or _names_something(text):
        return text
    constant = render(text).text
    return text if constant is None else constant


def _names_something(text: str) -> bool:
    """Whether a template of `text` is a bare name, so that it is not a constant: checked before Jinja parses it."""
    if "{%" in text:
        return False  # it can set a name, or make it literal
    names = (_BARE_NAME.fullmatch(piece) for piece, literal in pieces(text) if not literal)
    return any(name is not None and name[1] not in _CONSTANTS for name in names)
