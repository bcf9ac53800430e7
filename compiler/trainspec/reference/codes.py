"""Every code with its text and examples: the stages' from `stages.yaml`, the rules' from their modules."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from trainspec.diagnostics import Code
from trainspec.diagnostics.codes import CODES
from trainspec.rules.support.registry import all_rules

_STAGES = Path(__file__).parent / "stages.yaml"


@dataclass(frozen=True, slots=True)
class Explained:
    """A code. `text` explains it, in Markdown.

    `bad` and `good` are YAML: fields laid over a sound job, or a whole spec where they begin with `trainspec:`. None
    where one file cannot show it.
    """

    code: Code
    text: str
    bad: str | None = None
    good: str | None = None


@cache
def all_codes() -> tuple[Explained, ...]:
    """Every code, in order."""
    stages = _stages()
    found = [Explained(code, **stages[id_]) for id_, code in CODES.items()]
    found += [Explained(rule.code, rule.text, rule.bad, rule.good) for rule in all_rules()]
    return tuple(sorted(found, key=lambda each: each.code.id))


def _stages() -> dict[str, dict[str, Any]]:
    import yaml
    from trainspec.text.events import loader

    with _STAGES.open(encoding="utf-8") as file:
        read: dict[str, dict[str, Any]] = yaml.load(file, Loader=loader())  # noqa: S506  # strings only
    return {code: {key: text.strip("\n") for key, text in entry.items()} for code, entry in read.items()}
