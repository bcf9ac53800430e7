"""Every code with its text and examples: the stages' from `stages.yaml`, the rules' from their modules."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from trainspec.diagnostics import Code
from trainspec.diagnostics.codes import CODES
from trainspec.rules.support.registry import Rule, all_rules

_STAGES = Path(__file__).parent / "stages.yaml"


@dataclass(frozen=True, slots=True)
class Explained:
    """A code. `text` explains it, in Markdown.

    `bad` and `good` are YAML: fields merged onto a valid job, or a whole spec if they begin with `trainspec:`. They are
    None if a single file cannot show the finding.
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
    found += [Explained(rule.code, _without_title(rule), rule.bad, rule.good) for rule in all_rules()]
    return tuple(sorted(found, key=lambda each: each.code.id))


def _without_title(rule: Rule) -> str:
    """The text of a rule, without a first sentence that only repeats the code's summary."""
    first, _, rest = rule.text.partition("\n\n")
    repeats = " ".join(first.split()).rstrip(".").casefold() == rule.code.summary.casefold()
    return rest if repeats else rule.text


def _stages() -> dict[str, dict[str, Any]]:
    import yaml
    from trainspec.text.events import loader

    with _STAGES.open(encoding="utf-8") as file:
        read: dict[str, dict[str, Any]] = yaml.load(file, Loader=loader())  # noqa: S506  # strings only
    return {code: {key: text.strip("\n") for key, text in entry.items()} for code, entry in read.items()}
