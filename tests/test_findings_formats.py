"""The formats of findings: all report the same, each in its own form."""

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from trainspec.cli import main
from trainspec.diagnostics import Code, Diagnostic, Edit, Fix, Label, Severity, Span
from trainspec.diagnostics.formats import FORMATS, Report, render
from trainspec.diagnostics.links import link
from trainspec.pipeline import Options, analyse
from trainspec.reference.codes import Explained, all_codes
from trainspec.reference.fixable import spec_with
from trainspec.text.source import decode

from helpers import ROOT
from test_cases import _analyse as analyse_case

CASES = sorted(path.parent for path in (ROOT / "tests" / "cases").glob("*/findings.txt"))
SARIF = Draft4Validator(json.loads((ROOT / "tests/data/sarif-2.1.0.schema.json").read_text(encoding="utf-8")))

EXAMPLES = [known for known in all_codes() if known.bad is not None]

Place = tuple[str, int, int]


def _show(form: str, findings: Sequence[Diagnostic], text: str = "") -> str:
    report = Report(findings, lambda _: text.splitlines(), checked=["spec.yaml"], explain=lambda: {"TS101": "About."})
    return "\n".join(FORMATS[form](report))


def _places(form: str, shown: str) -> list[Place]:
    if form == "text":
        found = re.findall(r"^(?:error|warning|note)\[(TS\d+)\].*\n *--> [\w./]+:(\d+):(\d+)$", shown, re.MULTILINE)
    elif form == "concise":
        found = [(c, line, col) for line, col, c in re.findall(r"^[\w./]+:(\d+):(\d+): (TS\d+) ", shown, re.MULTILINE)]
    elif form == "json":
        found = [(each["code"], each["line"], each["column"]) for each in json.loads(shown)]
    elif form == "github":
        found = [
            (c, a, b)
            for a, b, c in re.findall(r"^::\w+ file=[\w./]+,line=(\d+),col=(\d+),.*title=(TS\d+)::", shown, re.M)
        ]
    elif form == "gitlab":
        begins = [(each["check_name"], each["location"]["positions"]["begin"]) for each in json.loads(shown)]
        found = [(code, begin["line"], begin["column"]) for code, begin in begins]
    elif form == "sarif":
        results = json.loads(shown)["runs"][0]["results"]
        regions = [each["locations"][0]["physicalLocation"]["region"] for each in results]
        found = [(e["ruleId"], r["startLine"], r["startColumn"]) for e, r in zip(results, regions, strict=True)]
    else:
        assert form == "junit", f"say above how the format `{form}` is read back"
        names = [case.get("name", "") for case in ElementTree.fromstring(shown).iter("testcase")]  # noqa: S314  # our own
        found = re.findall(r"^(TS\d+) at (\d+):(\d+)$", "\n".join(names), re.MULTILINE)
    return sorted((code, int(line), int(column)) for code, line, column in found)


def _agree(findings: Sequence[Diagnostic], text: str) -> None:
    """All formats report the same findings, in the same places."""
    expected = sorted((found.code.id, found.span.line, found.span.column) for found in findings)
    assert expected
    for form in FORMATS:
        shown = "\n".join(render(form, Report(findings, lambda _: text.splitlines(), checked=["spec.yaml"])))
        assert _places(form, shown) == expected, form
        if form == "sarif":
            SARIF.validate(json.loads(shown))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_formats_agree(case: Path) -> None:
    analysis = analyse_case(case)
    _agree(analysis.findings, analysis.source.text)


@pytest.mark.parametrize("known", EXAMPLES, ids=lambda known: known.code.id)
def test_formats_agree_on_every_code(known: Explained) -> None:
    text = spec_with(known.bad or "")
    source = decode(text.encode(), "example.yaml")
    findings = (source,) if isinstance(source, Diagnostic) else analyse(source, Options()).findings
    _agree(findings, text)


FINDING = Diagnostic(
    Code("TS101", "an unknown key", Severity.WARNING),
    Span("specs/a b.yaml", 2, 3, 2, 7),
    'unknown key `naem` & <"tag">\x1b[0m',
    "did you mean `name`?",
    "jobs.train.naem",
    "TrainingJobName",
    (Label(Span("specs/base.yaml", 1, 1, 2, 5), "used here"),),
)


FIXABLE = FINDING._replace(fix=Fix((Edit(FINDING.span, "name"),)))


def test_json_has_these_keys() -> None:
    place = {"path": "specs/a b.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 7}
    label = {"text": "used here", "path": "specs/base.yaml", "line": 1, "column": 1, "end_line": 2, "end_column": 5}
    assert json.loads(_show("json", [FINDING])) == [
        {
            "code": "TS101",
            "severity": "warning",
            "url": link(FINDING.code),
            "message": FINDING.message,
            "advice": "did you mean `name`?",
            "field": "jobs.train.naem",
            "member": "TrainingJobName",
            **place,
            "labels": [label],
            "fix": None,
        }
    ]
    edit = {"path": "specs/a b.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 7}
    assert json.loads(_show("json", [FIXABLE]))[0]["fix"] == [{"text": "name", **edit}]


def test_sarif_tells_all() -> None:
    log = json.loads(_show("sarif", [FINDING]))
    SARIF.validate(log)
    (run,) = log["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["help"] == {"text": "About.", "markdown": "About."}
    assert rule["helpUri"] == link(FINDING.code)
    (result,) = run["results"]
    assert result["level"] == "warning"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "specs/a%20b.yaml"
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7}
    assert result["relatedLocations"][0]["message"] == {"text": "used here"}


def test_sarif_tells_the_fix() -> None:
    log = json.loads(_show("sarif", [FIXABLE]))
    SARIF.validate(log)
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "specs/a%20b.yaml", "uriBaseId": "PROJECT"}
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7},
            "insertedContent": {"text": "name"},
        }
    ]


def test_a_fix_is_marked() -> None:
    assert _show("concise", [FIXABLE]).startswith("specs/a b.yaml:2:3: TS101 [*] unknown key")
    assert "[*] 1 fixable with `trainspec lint --fix`." in _show("text", [FIXABLE])


def test_gitlab_has_these_keys() -> None:
    (issue,) = json.loads(_show("gitlab", [FINDING]))
    assert re.fullmatch("[0-9a-f]{32}", issue.pop("fingerprint"))
    assert issue == {
        "description": f"{FINDING.message} (did you mean `name`?)",
        "check_name": "TS101",
        "severity": "minor",
        "location": {
            "path": "specs/a b.yaml",
            "positions": {"begin": {"line": 2, "column": 3}, "end": {"line": 2, "column": 7}},
        },
    }
    assert json.loads(_show("gitlab", [])) == []


def _fingerprints(*findings: Diagnostic) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(_show("gitlab", findings))]


def test_gitlab_knows_a_finding_again() -> None:
    moved = FINDING._replace(span=FINDING.span._replace(line=9, end_line=9))
    first, second = _fingerprints(FINDING, moved)
    assert first != second, "GitLab shows one finding of a fingerprint"
    assert _fingerprints(moved) == [first]
    other = FINDING._replace(span=FINDING.span._replace(path="specs/b.yaml"))
    assert _fingerprints(other, FINDING._replace(message="x"), moved)[2] == first
    assert len({first, *_fingerprints(other, FINDING._replace(message="x"))}) == 3


def test_junit_fails_only_for_errors() -> None:
    error = Diagnostic(Code("TS1", "x"), FINDING.span, FINDING.message)
    suites = ElementTree.fromstring(_show("junit", [FINDING, error]))  # noqa: S314  # our own
    assert {name: suites.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
    }
    assert [case.get("name") for case in suites.iter("testcase")] == ["lint", "TS101 at 2:3", "TS1 at 2:3"]


def test_concise_is_one_line() -> None:
    assert _show("concise", [FINDING]) == (
        'specs/a b.yaml:2:3: TS101 unknown key `naem` & <"tag">\\x1b[0m (did you mean `name`?)'
    )


def _text(text: str, *spans: tuple[int, int, int, int]) -> str:
    first, *others = (Span("a.yaml", *span) for span in spans)
    labels = tuple(Label(span, "used here") for span in others)
    found = Diagnostic(Code("TS1", "x"), first, "message", labels=labels)
    return _show("text", [found], text).split("\n\n")[0]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("a: bc", [(1, 4, 1, 6)], ["1 | a: bc", "  |    ^~"]),
        ("a: 模型 x", [(1, 7, 1, 8)], ["1 | a: 模型 x", "  |         ^"]),
        ("模型: 模型", [(1, 5, 1, 7)], ["1 | 模型: 模型", "  |       ^~~~"]),
        ("a: e\u0301x", [(1, 6, 1, 7)], ["1 | a: e\u0301x", "  |     ^"]),
        ("a:\t\tbc", [(1, 5, 1, 7)], ["1 | a:  bc", "  |     ^~"]),
        ("a", [(1, 2, 1, 2)], ["1 | a", "  |  ^"]),
        ("a: {b: 1,\n    c: 2}", [(1, 4, 2, 10)], ["1 | a: {b: 1,", "  |    ^~~~~~", "2 |     c: 2}", "  |     ^~~~~"]),
        (
            "a:\n  b: 1\n  c: 2\n  d: 3\n",
            [(2, 3, 4, 7)],
            ["2 |   b: 1", "  |   ^~~~", "  ⋮", "4 |   d: 3", "  |   ^~~~"],
        ),
        ("a: |\n  x\n  y\n\nb: 1", [(1, 4, 5, 1)], ["1 | a: |", "  |    ^", "  ⋮", "3 |   y", "  |   ^"]),
        (
            "a: &x 1\nb: *x",
            [(1, 4, 1, 8), (2, 4, 2, 6)],
            ["1 | a: &x 1", "  |    ^~~~", "  ⋮", "2 | b: *x", "  |    -- used here"],
        ),
        ("short", [(7, 1, 7, 2)], []),
    ],
)
def test_text_marks_the_place(text: str, spans: list[tuple[int, int, int, int]], expected: list[str]) -> None:
    line, column, *_ = spans[0]
    head = ["error[TS1]: message", f" --> a.yaml:{line}:{column}"]
    assert _text(text, *spans).splitlines() == [*head, *(["  |"] if expected else []), *expected]


def test_text_of_a_long_line_is_cut() -> None:
    shown = _text("x" * 1000, (1, 500, 1, 503)).splitlines()
    assert max(map(len, shown)) < 200
    assert shown[-1].index("^") - 4 == 80


def test_text_is_whole() -> None:
    sources = {"specs/a b.yaml": ["jobs:", "  naem: x"], "specs/base.yaml": ["a:", "  b: c"]}
    shown = "\n".join(FORMATS["text"](Report([FINDING], lambda name: sources[name])))
    assert shown.splitlines() == [
        'warning[TS101]: unknown key `naem` & <"tag">\\x1b[0m',
        " --> specs/a b.yaml:2:3",
        "  |",
        "2 |   naem: x",
        "  |   ^~~~",
        " ::: specs/base.yaml:1:1",
        "  |",
        "1 | a:",
        "  | --",
        "2 |   b: c",
        "  |   -- used here",
        "  = field: jobs.train.naem",
        "  = request member: TrainingJobName",
        "  = help: did you mean `name`?",
        "",
        "Found 1 warning. `trainspec explain TS101` says more.",
    ]


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [(True, {}, True), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False), (False, {}, False)],
)
def test_colour(
    terminal: bool,
    environment: dict[str, str],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    project: Path,
) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    (project / "specs" / "x.yaml").write_text("trainspec: 1\n")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with redirect_stdout(Stream()) as stdout:
        assert main(["lint"]) == 1
    shown = stdout.getvalue()
    assert ("\x1b[1;31m" in shown) is coloured
    assert ("\x1b" in shown) is coloured


def test_the_pages_list_the_formats() -> None:
    readme, page = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/diagnostics.md"))
    (shown,) = re.findall(r"^\| `trainspec lint .*?`--format (.*?);", readme, re.M)
    assert re.findall(r"\w+(?=`)", shown) == list(FORMATS)
    (table,) = re.findall(r"(?s)\n\| format \| for \|\n(.*?)\n\n", page)
    assert re.findall(r"^\| `(\w+)` \|", table, re.M) == list(FORMATS)


def test_each_format_is_a_module_and_a_row() -> None:
    folder = ROOT / "compiler/trainspec/diagnostics"
    assert {path.stem.removeprefix("show_") for path in folder.glob("show_*.py")} == set(FORMATS)
