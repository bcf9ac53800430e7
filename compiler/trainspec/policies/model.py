"""Policies as plain data, and the set of them that applies to a project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import Code, Diagnostic, Span
from trainspec.text.tree import Mapping as Map
from trainspec.text.tree import Node, Path

if TYPE_CHECKING:
    from trainspec.cost.model import Prices
    from trainspec.text.source import Source

TARGETS = ("request", "job", "dag", "tuning")
WORDS = ("max_hours", "max_cost")
"""What `must` may contain in addition to a JSON Schema: the most that a job may use, in machine hours and in
money."""


def is_policy(tree: Node | None) -> bool:
    """Whether a YAML document is a policy, and not a spec or a part of one."""
    return (
        isinstance(tree, Map)
        and tree.get("must") is not None
        and not any(tree.get(key) for key in ("trainspec", "jobs", "dag", "defaults"))
    )


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception from a policy, until a day (`2026-12-31`, that day included); its patterns are globs.

    `has_ended` if that day is over.
    """

    until: str
    has_ended: bool
    span: Span
    paths: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most machine hours of a job, all points of its matrix and all retries together; and the most money."""

    hours: float | None = None
    cost: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One rule. `when` and `must` are JSON Schemas, as JSON; `good` and `bad` are examples, each with its path.

    `span` is the place of the document, `id_span` that of its code, `scope_spans` those of `environment` and `path`.
    """

    code: Code
    message: str
    advice: str | None = None
    text: str = ""
    target: str = "request"
    when: str | None = None
    must: str = "true"
    limits: Limits = Limits()
    environments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    scope_spans: Mapping[str, Span] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    good: Sequence[tuple[Path, Any]] = ()
    bad: Sequence[tuple[Path, Any]] = ()
    span: Span
    id_span: Span

    @property
    def id(self) -> str:
        """Its code, such as ORG001."""
        return self.code.id


@dataclass(frozen=True)
class PolicySet:
    """The policies of a project: the texts of their files, read on demand.

    `digest` is all that decides what they find, the day included as far as it ends exceptions. `prices` are for
    `max_cost`. `unread` are findings about files that could not be read.
    """

    digest: str
    sources: "Sequence[Source]" = field(default=(), repr=False, compare=False)
    unread: Sequence[Diagnostic] = field(default=(), repr=False, compare=False)
    today: str = field(default="", repr=False, compare=False)
    prices: "Prices | None" = field(default=None, repr=False, compare=False)

    @cached_property
    def _read(self) -> "tuple[tuple[Policy, ...], tuple[Diagnostic, ...]]":
        from contextvars import Context

        from trainspec.policies.read import read_all

        return Context().run(read_all, self.sources, self.today)  # not on the budget of the first spec that needs them

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Those that can be followed, by their codes."""
        return self._read[0]

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with their files, and which exceptions have ended."""
        return (*self.unread, *self._read[1])

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """Their codes, by id."""
        return {each.id: each.code for each in self.policies}
