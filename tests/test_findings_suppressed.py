"""`# trainspec: ignore[...]`: what each comment silences, and what is reported about one that silences nothing."""

import re

import pytest
from trainspec.diagnostics import Diagnostic, Severity, Span
from trainspec.diagnostics.codes import CODES, can_be_ignored
from trainspec.pipeline import Options, analyse
from trainspec.reporting.suppress import suppress
from trainspec.rules.support.registry import all_rules, known_codes
from trainspec.text.parse import parse
from trainspec.text.source import Source

from cpu_time import cpu_seconds
from helpers import ROOT

HEAD = """\
trainspec: 1
dag: {id: example}
"""
JOB = """\
    name: job-{{ ts_nodash }}
    role: arn:aws:iam::123456789012:role/SageMakerRole
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
C, F = "# trainspec: ignore[TS550]", "# trainspec: ignore-file[TS550]"
SLASH = "s3://my-bucket//train/"  # TS550, a warning


def _analyse(text: str) -> tuple[Diagnostic, ...]:
    return analyse(Source("spec.yaml", text), Options()).findings


def _ids(text: str) -> list[str]:
    return [found.code.id for found in _analyse(text)]


def _spec(inputs: str, head: str = "") -> str:
    return f"{head}{HEAD}jobs:\n  train:\n{JOB}{inputs}"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (f"    inputs: {{a: {SLASH}}}\n", ["TS550"]),
        (f"    inputs: {{a: {SLASH}}}  {C} that is its name\n", []),
        (f"    inputs: {{a: {SLASH}}}  #trainspec:ignore[ TS550 ,TS521 ]\n", ["TS009"]),
        (f"    inputs: {{a: {SLASH}}}  # an odd name  {C}\n", []),
        (f"    inputs:\n      a: {SLASH}  {C}\n      b: {SLASH}\n", ["TS550"]),
        (f"    {C}\n    inputs:\n      a: {SLASH}\n      b: {SLASH}\n", []),
        (f"    inputs:\n      {C}\n\n      # why\n      a: {SLASH}\n      b: {SLASH}\n", ["TS550"]),
        (f"    inputs:  {C}\n      a: {SLASH}\n", ["TS009", "TS550"]),
        (f"    inputs:\n    {C}\n    - name: a\n      s3: {SLASH}\n    - {{name: b, s3: {SLASH}}}\n", ["TS550"]),
        (f"    {C}\n    inputs:\n    - name: a\n      s3: {SLASH}\n    - {{name: b, s3: {SLASH}}}\n", []),
        (f"    inputs: {{a: \n      {SLASH}\n    }}\n{F}\n", []),
        (f'    inputs: {{a: "s3://my-bucket//\\\n      train/"}}  {C}\n', []),
        (f"    inputs:\n      a: |-  {C}\n        {SLASH}\n", []),
        (f"    inputs: {{a: {SLASH}}}\n    environment: {{A: 'x {F}'}}\n", ["TS550"]),
        (f"    inputs: {{a: {SLASH}}}\n    environment:\n      A: |\n        {F}\n", ["TS550"]),
        (f"    inputs: {{a: {SLASH}}}\n    # output: x  {F}\n", ["TS550"]),
        (f"    inputs: {{a: &a {SLASH}, b: *a}}  {C}\n", []),
        (f"    environment: {{A: b}}  {C}\n", ["TS009"]),
        ("    environment: {A: b}  # trainspec: ignore\n", ["TS010"]),
        ("    environment: {A: b}  # trainspec: ignore[]\n", ["TS010"]),
        ("    environment: {A: b}  # trainspec: ignore[TS550\n", ["TS010"]),
        ("    environment: {A: b}  # trainspec: ignore[TS999, XY]\n", ["TS010", "TS010"]),
        ("    environment: {A: b}  # trainspec: ignore[TS101]\n", ["TS010"]),
        ("    environment: {A: b}  # trainspec: disable[TS550]\n", ["TS010"]),
        ("    environment: {A: b}  # trainspec: is a fine tool\n", []),
        ("    environment: {A: b}  # trainspec: 1\n", []),
        ("    enviroment: {A: b}  # trainspec: ignore[TS101]\n", ["TS101", "TS010"]),
        (f"    enviroment: {{A: b}}  {C}\n", ["TS101"]),
    ],
)  # fmt: skip
def test_comments(inputs: str, expected: list[str]) -> None:
    assert _ids(_spec(inputs)) == expected


def test_a_value_from_elsewhere_is_silenced_at_both_places() -> None:
    head = "vars:\n  data: s3://my-bucket//train/{}\n"
    inputs = "    inputs: {{a: '${{vars.data}}'}}{}\n"
    comment = "  # trainspec: ignore[TS550]"
    assert _ids(_spec(inputs.format(""), head.format(""))) == ["TS550"]
    assert _ids(_spec(inputs.format(comment), head.format(""))) == []
    assert _ids(_spec(inputs.format(""), head.format(comment))) == []


def test_comments_of_a_file_that_is_built_on() -> None:
    def found(path: str) -> Diagnostic:
        return Diagnostic(known_codes()["TS550"], Span(path, 1, 4, 1, 5), "message")

    spec, base = (Source(name, f"a: b  {C}\n") for name in ("spec.yaml", "base.yaml"))
    (spec_tree, _), (base_tree, _) = parse(spec), parse(base)
    others = [(base, base_tree)]
    assert suppress([found("base.yaml"), found("spec.yaml")], spec, spec_tree, others).findings == ()
    assert [each.code.id for each in suppress([found("base.yaml")], spec, spec_tree).findings] == ["TS550", "TS009"]
    assert [each.code.id for each in suppress([], base, base_tree, [(spec, spec_tree)]).findings] == ["TS009"]


def test_comments_in_environments_may_be_of_use_in_another_run() -> None:
    source = Source("spec.yaml", f"environments:\n  dev:\n    a: b  {C}\n  prod: {{}}\nb: c  {C}\n")
    tree, _ = parse(source)
    assert [each.span.line for each in suppress([], source, tree).findings] == [5]


def test_an_error_of_a_rule_or_of_the_api_can_be_silenced() -> None:
    tomorrow = "    request: {ResourceConfig: {InstanceType: ml.m99.large}}"
    spec = _spec(f"{tomorrow}\n").replace("instance_type: ml.m5.large, ", "")
    assert _ids(spec) == ["TS404"]
    assert _ids(spec.replace(tomorrow, f"{tomorrow}  # trainspec: ignore[TS404] since yesterday")) == []


def test_what_is_said_of_comments() -> None:
    said = _analyse(_spec("    environment: {A: b}  # trainspec: ignore[ts550, TS101, TS550]\n"))
    assert [(found.message, found.advice) for found in said] == [
        ("there is no TS550 here: an S3 URI with two slashes in a row", "remove the comment, or the code from it"),
        (
            "TS101 cannot be ignored: an unknown key",
            "fix the error, and remove the comment",
        ),
        ("there is no code `ts550`", "did you mean `TS550`?"),
    ]
    assert {(found.span.line, found.span.column, found.span.end_column) for found in said} == {(11, 26, 66)}


def test_rules_can_be_ignored_and_syntax_cannot() -> None:
    assert all(can_be_ignored(rule.code) for rule in all_rules())
    fixed = {id_ for id_, code in known_codes().items() if not can_be_ignored(code)}
    assert {"TS001", "TS002", "TS101", "TS201", "TS601"} <= fixed
    assert not fixed & {"TS302", "TS404", "TS405"}


def test_the_page_lists_what_can_be_silenced() -> None:
    """Of the errors in the DAG, which leave nothing to compile, those that can be silenced."""
    page = (ROOT / "docs/diagnostics.md").read_text("utf-8")
    listed = page.partition("Errors that depend on a provider's release (")[2].partition(" can be silenced")[0]
    errors = [code for code in CODES.values() if code.id.startswith("TS6") and code.severity is Severity.ERROR]
    assert sorted(re.findall(r"TS\d+", listed)) == sorted(code.id for code in errors if can_be_ignored(code))


@pytest.mark.parametrize(
    "text",
    [
        "# trainspec: ignore[TS550]\n" * 30_000 + _spec(f"    inputs: {{a: {SLASH}}}\n"),
        _spec("    inputs: {a: b}\n") + "#" * 500_000,
        _spec("    inputs: {a: b}\n") + "# trainspec:" + " " * 500_000,
        _spec("    inputs: {a: b}\n") + "# trainspec: ignore[" + "," * 500_000,
        _spec("    environment:\n" + "".join(f"      A{n}: x # trainspec: ignore[TS550]\n" for n in range(10_000))),
    ],
)
def test_hostile_comments_take_no_time(text: str) -> None:
    with cpu_seconds(at_most=2):
        _analyse(text)
