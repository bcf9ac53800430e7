"""What is shown of many findings, of long strings and of secrets: enough, and reported honestly, in every format."""

import json
from pathlib import Path

import pytest
from trainspec.diagnostics import Code, Diagnostic, Severity, Span
from trainspec.diagnostics.bounds import MOST_OF_FILE, MOST_OF_RUN, bounded
from trainspec.diagnostics.formats import FORMATS
from trainspec.diagnostics.words import LONGEST_MESSAGE, shorten

from helpers import Run

SPEC = """\
trainspec: 1
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


def _finding(line: int, severity: Severity = Severity.WARNING, path: str = "a.yaml", text: str = "x") -> Diagnostic:
    return Diagnostic(Code("TS999", "about", severity), Span(path, line, 1, line, 2), text)


def test_few_are_all_shown() -> None:
    findings = [_finding(line) for line in range(MOST_OF_FILE)]
    assert bounded(findings) == findings


def test_errors_are_shown_first() -> None:
    findings = [_finding(line) for line in range(300)] + [_finding(line, Severity.ERROR) for line in range(300, 350)]
    *shown, more = bounded(findings)
    assert len(shown) == MOST_OF_FILE
    assert sum(found.severity is Severity.ERROR for found in shown) == 50
    assert (more.code.id, more.severity) == ("TS011", Severity.WARNING)
    assert more.message == "and 250 more findings in this file, all of them warnings, are not shown"


def test_what_is_left_out_is_as_severe_as_the_worst_of_it() -> None:
    findings = [_finding(line, Severity.ERROR) for line in range(120)] + [_finding(line) for line in range(120, 140)]
    more = bounded(findings)[-1]
    assert more.severity is Severity.ERROR
    assert more.message == "and 40 more findings in this file, 20 of them errors, are not shown"


def test_many_files() -> None:
    findings = [_finding(line, path=f"{number:03}.yaml") for number in range(80) for line in range(90)]
    *shown, more = bounded(findings)
    assert len(shown) == MOST_OF_RUN
    assert more.message == "and 2,200 more findings in this run, all of them warnings, are not shown"


@pytest.mark.parametrize("form", FORMATS)
def test_a_flood(form: str, project: Path, trainspec: Run) -> None:
    keys = "".join(f"      9k{number}: x\n" for number in range(150))
    (project / "specs" / "one.yaml").write_text(f"{SPEC}    environment:\n{keys}")
    linted = trainspec("lint", "--format", form)
    assert linted.returncode == 1
    assert linted.stdout.count("TS011") >= 1
    assert "more findings in this file" in linted.stdout
    assert len(linted.stdout) < 200_000
    if form == "text":
        assert "Found 151 errors." in linted.stdout


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("`a` is " + "b" * 100, "`a` is " + "b" * 100),
        (f"`{'a' * 100}` is `b`", f"`{'a' * 87}...` is `b`"),
        (f'`a` is "{"b" * 60_000}", not `{"c" * 100}`', f'`a` is "{"b" * 87}...", not `{"c" * 87}...`'),
        ("x" * 60_000, "x" * (LONGEST_MESSAGE - 3) + "..."),
    ],
)
def test_long_texts_are_cut(message: str, expected: str) -> None:
    assert shorten(message) == expected


KEY = "AKIAIOSFODNN7EXAMPLE"
PASSWORD = "correct-horse-battery-staple"  # noqa: S105  # not a real one


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("fields", "also"),
    [
        # silenced by a comment, with another finding on the line
        (f"    environment: {{K: {KEY}, 9: x}}  # trainspec: ignore[TS570]\n", "TS405"),
        (f"    environment: {{DB_PASSWORD: {PASSWORD}, 9: x}}  # trainspec: ignore[TS571]\n", "TS405"),
        # in a message about another mistake in it
        (f'    environment: {{K: "{KEY} {"x" * 600}"}}  # trainspec: ignore[TS570]\n', "TS406"),
        (f'    environment: {{DB_PASSWORD: "{PASSWORD}{"x" * 600}"}}\n', "TS406"),
        # in a place that no rule checks
        (f"    retries: {KEY}\n", "TS10"),
        (f"    naem: {KEY}\n", "TS101"),
    ],
)
def test_no_secret_is_shown(fields: str, also: str, form: str, project: Path, trainspec: Run) -> None:
    (project / "specs" / "one.yaml").write_text(SPEC + fields)
    for arguments in ([], ["--ignore", "TS57"]):
        linted = trainspec("lint", "--format", form, *arguments)
        assert also in linted.stdout
        assert KEY not in linted.stdout + linted.stderr
        assert PASSWORD not in linted.stdout + linted.stderr


def test_json_of_a_flood_is_whole(project: Path, trainspec: Run) -> None:
    keys = "".join(f"      9k{number}: x\n" for number in range(150))
    (project / "specs" / "one.yaml").write_text(f"{SPEC}    environment:\n{keys}")
    *shown, more = json.loads(trainspec("lint", "--format", "json").stdout)
    assert len(shown) == MOST_OF_FILE
    assert more["code"] == "TS011"
    assert more["severity"] == "error"
