"""The reference: every field has an example that is accepted; the pages in docs/ match the code."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from trainspec.diagnostics import Diagnostic
from trainspec.language.job import Job
from trainspec.language.task import TaskArguments
from trainspec.pipeline import Options, analyse
from trainspec.reference.codes import all_codes
from trainspec.reference.fields import Field, all_fields
from trainspec.reference.fixable import LIST, made_list, spec_with
from trainspec.reference.pages import GROUPS, PAGES
from trainspec.request.fields import members
from trainspec.rules.support.registry import all_rules
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.text.source import Source, decode

from helpers import ROOT

DOCS = ROOT / "docs"
OF_THE_DOCUMENT = tuple(load_schema(SPEC_SCHEMA)["properties"])
WRONG_VALUE = {
    "TS101",
    "TS102",
    "TS103",
    "TS104",
    "TS105",
    "TS106",
    "TS405",
    "TS406",
    "TS407",
    "TS408",
    "TS603",
    "TS604",
}


def _findings(text: str) -> Sequence[Diagnostic]:
    return analyse(Source("example.yaml", text), Options()).findings


def test_the_list_of_fixable_codes_is_up_to_date() -> None:
    assert LIST.read_text(encoding="utf-8") == made_list()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name: str) -> None:
    """After a change of the code, run: python -m trainspec.reference."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_code_has_its_place_on_the_page() -> None:
    page = PAGES["rules.md"]()
    assert [known.code.id for known in all_codes() if f"\n### {known.code.id}\n" not in page] == []
    assert [rule.code.id for rule in all_rules() if rule.text.splitlines()[-1] not in page] == []


def test_every_field_that_becomes_a_member_is_known() -> None:
    known = all_fields()
    assert [path for path, _ in members() if path not in known and not path.endswith(".*")] == []


def test_every_field_is_described_and_has_an_example() -> None:
    for field in all_fields().values():
        assert field.description, field.path
        assert field.example, field.path


ABOUT_THE_TASK = {*TaskArguments.model_fields, "depends_on", "doc", "matrix", "on_failure", "proceed_if", "task_group"}


def test_every_field_of_a_job_has_its_topic() -> None:
    of_topics = {top for group in GROUPS.values() for top in group}
    lacking = set(Job.model_fields) - of_topics - ABOUT_THE_TASK
    assert not lacking, "name its topic in GROUPS of reference/pages.py, or say here that it is about the task"


def test_every_group_names_fields_once() -> None:
    named = [top for group in GROUPS.values() for top in group]
    assert len(named) == len(set(named))
    assert set(named) <= set(all_fields())


@pytest.mark.parametrize("field", all_fields().values(), ids=lambda field: field.path)
def test_examples_of_fields(field: Field) -> None:
    assert field.example is not None
    data = yaml.load(field.example, Loader=yaml.BaseLoader)  # noqa: S506  # strings only
    assert isinstance(data, dict)
    text = field.example if field.path == "trainspec" else _whole(field.example, is_bad=False)
    if field.path == "environments.*.vars":
        text += "vars: {data: s3://my-bucket}\n"
    wrong = [found for found in _findings(text) if found.code.id in WRONG_VALUE and "no jobs" not in found.message]
    needed = {"TS102"} if field.path.startswith(("framework.", "source.", "distribution.", "dag.schedule")) else set()
    assert [found.message for found in wrong if found.code.id not in needed] == []


# ---------------------------------------------------------------------- every YAML example of the docs

_FENCE = re.compile(r"(?:^<!-- (?P<marks>[a-z ]+) -->\n)?^```yaml\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES_WITH_EXAMPLES = sorted([*DOCS.glob("*.md"), ROOT / "README.md"])


def _examples(page: Path) -> Iterator[tuple[str, frozenset[str], str]]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start("text")) + 1
        yield f"{page.name}:{line}", frozenset((found["marks"] or "").split()), found["text"]


EXAMPLES = [each for page in PAGES_WITH_EXAMPLES for each in _examples(page)]


@pytest.mark.parametrize(("marks", "text"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES])
def test_yaml_in_the_docs(marks: frozenset[str], text: str) -> None:
    """A complete spec compiles; a `fragment` has fields of a job, or of the document; `other` is not a spec."""
    if "other" in marks or text.startswith("repos:"):  # a configuration of pre-commit
        assert yaml.safe_load(text)
        return
    whole = _whole(text, is_bad="bad" in marks) if "fragment" in marks else text
    source = decode(whole.replace(r"\x07", "\a").encode(), "example.yaml")
    findings = (source,) if isinstance(source, Diagnostic) else analyse(source, Options()).findings
    if "bad" in marks:
        assert findings
    else:
        unwanted = ("error", "warning") if not marks and "sagemaker_training_dag" not in text else ("error",)
        assert [found.message for found in findings if found.severity in unwanted] == []


def _whole(fragment: str, *, is_bad: bool) -> str:
    """A complete spec with `fragment` in it; unless the fragment is bad, without other fields that exclude its own."""
    keys = set(re.findall(r"^(\w+):", fragment, re.MULTILINE))
    if keys & set(OF_THE_DOCUMENT):
        defaults, _, jobs = spec_with("{}").partition("defaults:\n")[2].partition("jobs:\n")
        dag = "" if "dag" in keys else "dag: {id: example}\n"
        above = "" if "defaults" in keys else f"defaults:\n{defaults}"
        fragment = fragment.rstrip() + "\n"
        return f"trainspec: 1\n{dag}{above}{fragment}" + ("" if "jobs" in keys else f"jobs:\n{jobs}")
    fragment = fragment.rstrip() + "\n"
    if is_bad:
        return spec_with(fragment)
    removed = [each for each, others in EXCLUDED.items() if keys & others and each not in keys]
    needed = "region: us-east-1\n" if keys & {"framework", "algorithm"} and "region" not in keys else ""
    return spec_with(fragment + "".join(f"{each}: null\n" for each in removed) + needed)


EXCLUDED = {
    "image": {"framework", "algorithm", "serverless"},
    "resources": {"serverless"},
    "inputs": {"serverless"},
}


def test_links_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    anchors = {page: _anchors(page) for page in pages}
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            there = (page.parent / name).resolve() if name else page
            assert there.exists(), f"{page.name}: {target}"
            if anchor and there in anchors:
                assert anchor in anchors[there], f"{page.name}: {target}"


def _anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


def test_an_editor_shows_the_limits_that_the_docs_show() -> None:
    job = load_schema(SPEC_SCHEMA)["$defs"]["Job"]["properties"]
    known = {name: field for name, field in all_fields().items() if field.member and name in job}
    assert {"name", "framework", "image", "hyperparameters"} <= known.keys()
    for name, field in known.items():
        reported = str(job[name].get("description", "")).partition("Request member:")[2].partition(" (")[2]
        assert reported in ("", f"{field.limits})."), name
    assert known["framework"].limits is None
    assert known["image"].limits == "at most 255 characters"
