"""What a rule sees, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trainspec.request.check import render_request
from trainspec.templates import SAMPLES, Sample, has_template
from trainspec.text.tree import Path

MISSING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a rule. `at` is a field, as a path from the job (or, for `check_spec`, from the document).

    It is shown at the field's value, with `on_key` at its key; where there is no such field, at the nearest one above.
    """

    at: Path
    message: str
    advice: str | None = None
    on_key: bool = False


@dataclass(frozen=True)
class JobView:
    """One job, for rules: its fields as the spec says them, and the request that they become.

    Fields that were invalid are left out, so a rule must not rely on any being there; the first keys of their paths
    are in `spoilt`.
    """

    name: str
    fields: Mapping[str, Any]
    request: Mapping[str, Any]
    dag: Mapping[str, Any]
    spoilt: frozenset[str] = frozenset()
    samples: Sequence[Sample] = SAMPLES

    @property
    def region(self) -> str | None:
        """The region that the spec names for the job."""
        region = self.fields.get("region")
        return region if isinstance(region, str) else None

    @property
    def operator(self) -> Mapping[str, Any]:
        """The operator's arguments, as the spec says them."""
        return self.fields.get("operator") or MISSING

    @property
    def is_serverless(self) -> bool:
        """Whether SageMaker chooses the machines and the algorithm."""
        return "ServerlessJobConfig" in self.request

    def member(self, *path: str | int) -> Any:
        """What the request says at a member's path, templates untouched; None where it says nothing."""
        found: Any = self.request
        for step in path:
            if isinstance(found, Mapping):
                found = found.get(step)
            else:
                known = isinstance(found, list) and isinstance(step, int) and step < len(found)
                found = found[int(step)] if known else None
        return found

    def number(self, *path: str | int) -> int | None:
        """The number at a member's path; None where there is none, or one that only the task run knows."""
        value = self.member(*path)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, *path: str | int) -> str | None:
        """The text at a member's path; None where there is none, or it holds a template."""
        value = self.member(*path)
        return value if isinstance(value, str) and not has_template(value) else None

    @cached_property
    def rendered(self) -> tuple[Mapping[str, Any], ...]:
        """The request for each sample task run, a template that only the task run knows left as it is."""
        return tuple(render_request(self.request, sample).request for sample in self.samples)


@dataclass(frozen=True)
class SpecView:
    """A whole document, for rules."""

    data: Mapping[str, Any]
    jobs: Sequence[JobView]
