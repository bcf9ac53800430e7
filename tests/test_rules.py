"""Every rule's bad example yields its code, and its good example nothing."""

import pytest
from trainspec.compose.merge import merge
from trainspec.diagnostics import Diagnostic, codes
from trainspec.pipeline import Options, analyse
from trainspec.rules.registry import Rule, all_rules
from trainspec.text.source import Source

SOUND_JOB = """\
name: job-{{ ts_nodash }}
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
role: arn:aws:iam::123456789012:role/SageMakerRole
inputs: {train: s3://my-bucket/train/}
output: s3://my-bucket/models/
resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
stopping: {max_runtime: 30m}
"""


def spec_with(fields: str) -> str:
    """A spec whose job is the sound one with `fields` laid over it; or the document itself where it is a whole one."""
    if fields.startswith("trainspec:"):
        return fields
    indented = "".join(f"    {line}\n" if line else "\n" for line in fields.splitlines())
    base = "".join(f"  {line}\n" for line in SOUND_JOB.splitlines())
    return f"trainspec: 1\ndag: {{id: example}}\ndefaults:\n{base}jobs:\n  train:\n{indented}"


def findings(fields: str) -> list[Diagnostic]:
    return list(analyse(Source("example.yaml", spec_with(fields)), Options()).findings)


def test_sound_job_is_sound() -> None:
    assert findings("{}") == []
    assert merge.__doc__


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
