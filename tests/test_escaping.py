"""Hostile names in every output, each parsed again by a real parser: no part of them becomes markup or a command."""

import html.parser
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from trainspec.cli import main
from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.diagnostics import formats as findings_formats
from trainspec.diagnostics.formats import Report, render
from trainspec.diff.model import Change, DagDifference, Status, TaskDifference
from trainspec.diff.show import FORMATS
from trainspec.graph.mermaid import mermaid
from trainspec.graph.model import Edge, Graph, Kind, Node
from trainspec.graph.svg import svg

from helpers import Run

HOSTILE = (
    "</script><script>alert(1)</script>",
    "]]><x/>&amp;&#0;",
    '"><img src=x onerror=alert(1)>',
    "a\n::error file=x::owned",
    "a\r\n::set-output name=x::y",
    "%0A::error::owned",
    "| a | b |\n| --- | --- |",
    "[link](javascript:alert(1)) `code` **bold** _x_ <b>",
    "`````\n# heading\n```",
    "\x1b[31mred\x07\x00\x9b1m",
    "\u202egnp.exe\u2066\u200b",
    'end"]; click a "javascript:alert(1)"',
    "\ufffe\uffff\x0b",
    "{{ 7 * 7 }} ${x} $(id)",
)


def finding(text: str) -> Diagnostic:
    span = Span(f"specs/{text}.yaml", 1, 1, 1, 2)
    return Diagnostic(codes.UNKNOWN_KEY, span, f"unknown key `{text}`", f"did you mean `{text}`?", f"jobs.{text}")


def shown(form: str, text: str) -> str:
    return "\n".join(render(form, Report([finding(text)], lambda _: [text], checked=[f"specs/{text}.yaml"])))


def is_for_a_terminal(text: str) -> bool:
    return all(each.isprintable() or each == "\n" for each in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_for_terminals(text: str) -> None:
    for form in findings_formats.FORMATS:
        assert is_for_a_terminal(shown(form, text))
    assert len(shown("concise", text).splitlines()) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_workflow_commands(text: str) -> None:
    """One line is one command, as GitHub's runner reads it: `::name key=value,…::message`, `%25` and so on decoded."""
    lines = shown("github", text).splitlines()
    assert len(lines) == 1
    assert is_for_a_terminal(lines[0])
    command = re.fullmatch(r"::(error|warning|notice) ([^:]*(?::(?!:)[^:]*)*)::(.*)", lines[0])
    assert command is not None
    properties = dict(pair.split("=", 1) for pair in command[2].split(","))
    assert set(properties) <= {"file", "line", "col", "endLine", "endColumn", "title"}


@pytest.mark.parametrize("text", HOSTILE)
def test_json_and_sarif(text: str) -> None:
    assert json.loads(shown("json", text))
    assert json.loads(shown("gitlab", text))
    (run,) = json.loads(shown("sarif", text))["runs"]
    (result,) = run["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]*", uri)


@pytest.mark.parametrize("text", HOSTILE)
def test_junit(text: str) -> None:
    root = ET.fromstring(shown("junit", text))  # noqa: S314  # ours
    assert {each.tag for each in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "system-out"}


def graph(text: str) -> Graph:
    nodes = (Node("a", Kind.JOB, text, text), Node("b", Kind.DATA, text, text, 3))
    return Graph(text, nodes, (Edge("a", "b", text, is_data=True),))


@pytest.mark.parametrize("text", HOSTILE)
def test_svg(text: str) -> None:
    root = ET.fromstring(svg(graph(text)))  # noqa: S314  # ours
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags <= {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}
    assert not [name for each in root.iter() for name in each.attrib if name.lower().startswith("on")]


LABEL = '"[^"<>`]*(?:<br>[^"<>`]*)?"'


@pytest.mark.parametrize("text", HOSTILE)
def test_mermaid(text: str) -> None:
    lines = mermaid(graph(text)).splitlines()
    assert lines[0] == "flowchart LR"
    assert len(lines) == 4
    for line in lines[1:]:
        assert re.fullmatch(
            r'    n\d+(?:[\[({>]+"[^"<>`]*(?:<br>[^"<>`]*)?"[\])}]+| -\.?->\|"[^"<>`]*"\| n\d+)', line
        ), line


class Tags(html.parser.HTMLParser):
    """The tags of some HTML, and how many cells its rows have."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not attrs


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_of_a_difference(text: str) -> None:
    change = Change(Status.CHANGED, f"Environment.{text}", text, f"{text}!", f"{text}:1")
    dag = DagDifference(Status.CHANGED, text, text, (change,), (TaskDifference(Status.CHANGED, text, (change,)),))
    made = FORMATS["markdown"]([dag], False)
    tags = Tags()
    tags.feed(made)
    assert tags.tags <= {"code"}
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert {row.count("|") for row in rows} == {5}
    assert not re.search(r"\]\(|\*\*\*|(?m:^#{1,6} (?!.*\(changed\)$))", made)
    assert is_for_a_terminal(FORMATS["text"]([dag], False))
    assert json.loads(FORMATS["json"]([dag], False))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tasks_docs(text: str) -> None:
    """The fence around the request is longer than any in it."""
    request = json.dumps({"Environment": {text: text}}, indent=2, ensure_ascii=False)
    fence = "`" * (max([2, *map(len, re.findall("`+", request))]) + 1)
    assert f"\n{fence}" not in request


def test_names_of_environments_in_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    name = json.dumps("\x1b[2J\x1b]0;owned\x07prod")
    (tmp_path / "x.yaml").write_text(f"trainspec: 1\nenvironments: {{{name}: {{}}}}\njobs: {{}}\n")
    monkeypatch.chdir(tmp_path)
    main(["lint", "x.yaml", "--env", "nope"])
    said = capsys.readouterr()
    assert is_for_a_terminal(said.out + said.err)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "command",
    ["ls", "ls --json", "request", "request --origin", "request --origin --format json", "metrics --log x.log",
     "iam", "push --dry-run", "lint --format json", "graph", "run --simulate --phase-seconds 0"],
)  # fmt: skip
def test_commands(command: str, text: str, project: Path, trainspec: Run) -> None:
    (project / "x.log").write_text("auc=1\n")
    (project / "x.yaml").write_text(_spec(text))
    first, *options = command.split()
    ran = trainspec(first, "x.yaml", *options)
    assert ran.returncode in (0, 1, 2), ran.stderr
    assert is_for_a_terminal(ran.stdout), ran.stdout
    assert is_for_a_terminal(ran.stderr), ran.stderr
    assert not re.search(r"(?m)^(::|\| ---|# heading)", ran.stdout + ran.stderr)
    if "json" in command and ran.stdout:
        json.loads(ran.stdout)


def _spec(text: str) -> str:
    """A spec with `text` in every place that some command shows."""
    name = json.dumps(text)
    return f"""\
trainspec: 1
dag: {{schedule: null, tags: [{name}], owner_links: {{{name}: mailto:x}}}}
jobs:
  train:
    name: job-{{{{ ts_nodash }}}}
    doc: {name}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
    stopping: {{max_runtime: 30m}}
    environment: {{A: {name}}}
    hyperparameters: {{{name}: {name}}}
    tags: {{{name}: {name}}}
    metrics: {{{name}: "auc=(.*)"}}
"""
