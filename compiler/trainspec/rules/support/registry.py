"""The rules, found by their place: every module of this package that holds a `CODE`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from trainspec.diagnostics import Code, codes
from trainspec.rules.support.view import Found, JobView, SpecView


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `text` explains it, in Markdown; `bad` and `good` are fields merged onto a valid job, in YAML."""

    code: Code
    text: str
    bad: str
    good: str
    check_job: Callable[[JobView], Iterator[Found]] | None
    check_spec: Callable[[SpecView], Iterator[Found]] | None


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in order of its code."""
    package = importlib.import_module("trainspec.rules")
    names = (f"trainspec.rules.{each.name}" for each in pkgutil.iter_modules(package.__path__))
    modules = map(importlib.import_module, names)
    rules = (
        Rule(
            module.CODE,
            (module.__doc__ or "").strip(),
            module.BAD.strip("\n"),
            module.GOOD.strip("\n"),
            getattr(module, "check_job", None),
            getattr(module, "check_spec", None),
        )
        for module in modules
        if hasattr(module, "CODE")
    )
    return tuple(sorted(rules, key=lambda rule: rule.code.id))


def known_codes() -> dict[str, Code]:
    """Every code by its id."""
    return {**codes.CODES, **{rule.code.id: rule.code for rule in all_rules()}}
