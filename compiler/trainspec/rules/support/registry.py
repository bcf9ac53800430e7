"""The rules, found by their place: every module of this package that holds a `CODE`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from trainspec.diagnostics import Code, codes
from trainspec.rules.support.topics import TOPICS, topic_of, topics_of
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
    only_with: frozenset[str]
    """Words of a request without any of which the rule finds nothing in a job; empty if there are no such words."""


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in order of its code."""
    return _rules_of(frozenset(TOPICS))


@cache
def rules_of_specs() -> tuple[Rule, ...]:
    """The rules that look at a spec as a whole, in order of their codes."""
    return tuple(rule for rule in _rules_of(frozenset()) if rule.check_spec)


def rules_for(job: JobView) -> tuple[Rule, ...]:
    """The rules that may find something in a job, in order of their codes."""
    topics = topics_of(job)
    return _rules_of_words(topics, _words_of(topics) & job.words)


@lru_cache(maxsize=1024)
def _rules_of_words(topics: frozenset[str], words: frozenset[str]) -> tuple[Rule, ...]:
    rules = (rule for rule in _rules_of(topics) if rule.check_job)
    return tuple(rule for rule in rules if not rule.only_with or not rule.only_with.isdisjoint(words))


@cache
def _words_of(topics: frozenset[str]) -> frozenset[str]:
    """The words that decide whether some rule of these topics is run."""
    return frozenset(word for rule in _rules_of(topics) for word in rule.only_with)


@cache
def _rules_of(topics: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of some topics, and those of none."""
    names = [name for name in _modules() if (topic := topic_of(name)) is None or topic in topics]
    rules = (_rule(name) for name in names)
    return tuple(sorted((rule for rule in rules if rule), key=lambda rule: rule.code.id))


@cache
def _modules() -> tuple[str, ...]:
    package = importlib.import_module("trainspec.rules")
    return tuple(each.name for each in pkgutil.iter_modules(package.__path__))


@cache
def _rule(name: str) -> Rule | None:
    """The rule in a module; None for a module without one."""
    module = importlib.import_module(f"trainspec.rules.{name}")
    if not hasattr(module, "CODE"):
        return None
    return Rule(
        module.CODE,
        (module.__doc__ or "").strip(),
        module.BAD.strip("\n"),
        module.GOOD.strip("\n"),
        getattr(module, "check_job", None),
        getattr(module, "check_spec", None),
        frozenset(getattr(module, "ONLY_WITH", ())),
    )


def known_codes() -> dict[str, Code]:
    """Every code by its id."""
    return {**codes.CODES, **{rule.code.id: rule.code for rule in all_rules()}}
