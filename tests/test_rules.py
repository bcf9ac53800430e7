"""Every rule's bad example yields its code, and its good example nothing."""

import re

import pytest
from trainspec.diagnostics import Diagnostic, codes
from trainspec.pipeline import Analysis, Options, analyse
from trainspec.reference.fixable import spec_with
from trainspec.rules.support.registry import Rule, all_rules
from trainspec.text.source import Source


def analysed(fields: str) -> Analysis:
    return analyse(Source("example.yaml", spec_with(fields)), Options())


def findings(fields: str) -> list[Diagnostic]:
    return list(analysed(fields).findings)


def test_sound_job_is_sound() -> None:
    """Examples are merged onto a job that is checked like any other, and that has no findings."""
    assert findings("{}") == []
    assert [request.members["TrainingJobName"] for request in analysed("{}").requests.values()]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code.id)
def test_examples(rule: Rule) -> None:
    assert {found.code.id for found in findings(rule.bad)} == {rule.code.id}
    assert findings(rule.good) == []


def test_codes_are_distinct() -> None:
    ids = [rule.code.id for rule in all_rules()] + list(codes.CODES)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code.id)
def test_rule_explains_itself(rule: Rule) -> None:
    first, _, rest = rule.text.partition("\n")
    assert first.endswith(".")
    assert rest.strip()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code.id)
def test_rule_has_a_source(rule: Rule) -> None:
    """Its text ends with its source page; docs/rules.md and `explain` show it."""
    source = rule.text.splitlines()[-1]
    assert re.match(r"https://[a-z0-9.-]+/\S+", source), f"{rule.code.id} ends with {source!r}"
