"""`trainspec docs`: what the pages say, the same bytes twice, and no part of a spec becomes markup."""

import shutil
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from trainspec.graph.model import TIMES
from trainspec.site.schedule import in_words, next_runs

from helpers import ROOT, Run

START = datetime(2025, 4, 1, tzinfo=timezone.utc)
SPEC = """\
trainspec: 1
dag: {id: ID, schedule: "@daily", start_date: 2025-04-01, catchup: false, tags: [nightly]}
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 90m}
jobs:
  train:
    name: ID-{{ ds }}
    inputs: {train: "READS"}
    output: WRITES
"""
TUNED = (
    SPEC.replace("  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}\n", "").replace(
        "ID-{{ ds }}", "tuned"
    )
    + """\
    metrics: {auc: "auc=([0-9.]+)"}
    tuning:
      strategy: Random
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: {min: 0.1, max: 0.5}}
      limits: {jobs: 20, parallel: 2}
      resources:
        instances:
          - {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
          - {instance_type: ml.m5.xlarge, instance_count: 2, volume_size: 10GB}
"""
)


@pytest.fixture
def root(project: Path) -> Path:
    shutil.rmtree(project / "specs", ignore_errors=True)
    (project / "specs").mkdir()
    return project


def spec(
    root: Path, name: str, reads: str = "s3://my-data/in/", writes: str = "s3://my-models/out/", text: str = SPEC
) -> None:
    made = text.replace("ID", name).replace("READS", reads).replace("WRITES", writes)
    (root / f"specs/{name}.yaml").write_text(made)


class Page(HTMLParser):
    """The tags, links and texts of a page; it must close what it opens."""

    _EMPTY = frozenset({"meta", "link", "br", "input", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self._EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs]


def page(root: Path, name: str) -> Page:
    return Page((root / "site" / name).read_text())


def test_pages_say_what_the_specs_do(root: Path, trainspec: Run) -> None:
    spec(root, "first")
    spec(root, "second", reads="s3://my-models/out/{{ ds }}/", writes="s3://elsewhere/models/")
    done = trainspec("docs")
    assert done.returncode == 0, done.stderr
    index, first, second = page(root, "index.html"), page(root, "dags/first.html"), page(root, "dags/second.html")
    assert {"dags/first.html", "dags/second.html"} <= set(index.links())
    assert "every day at midnight (UTC)" in first.text
    assert "Wed 02 Apr 2025, 00:00 UTC" in first.text
    assert "1h30m" in first.text
    assert '"TrainingJobName": "first-{{ ds }}"' in first.text
    assert "written by first: train" in second.text
    assert "first.html" in second.links()
    assert "second.html" in first.links()
    assert [tag for tag, _ in index.tags].count("h1") == 1
    assert ("html", {"lang": "en"}) in index.tags


def test_a_job_names_all_machines_that_it_chooses_from(root: Path, trainspec: Run) -> None:
    spec(root, "tuned", text=TUNED)
    assert trainspec("docs").returncode == 0
    assert f"1 {TIMES} ml.m5.large or 2 {TIMES} ml.m5.xlarge" in page(root, "dags/tuned.html").text


def test_every_link_leads_somewhere(root: Path, trainspec: Run) -> None:
    spec(root, "first")
    spec(root, "second", reads="s3://my-models/out/")
    trainspec("docs")
    for file in (root / "site").rglob("*.html"):
        ids = {attrs["id"] for _, attrs in Page(file.read_text()).tags if "id" in attrs}
        for link in Page(file.read_text()).links():
            if not link.startswith("https://"):
                name, _, anchor = link.partition("#")
                target = (file.parent / name).resolve() if name else file
                assert target.is_file(), link
                assert not anchor or name or anchor in ids, link


def test_the_same_bytes_twice_and_only_what_changed_is_written(root: Path, trainspec: Run) -> None:
    spec(root, "first")
    trainspec("docs")
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (root / "site").rglob("*") if path.is_file()
    }
    done = trainspec("docs")
    assert "0 changed" in done.stderr
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}


def test_a_page_whose_dag_is_gone_goes_and_nothing_else(root: Path, trainspec: Run) -> None:
    spec(root, "first")
    spec(root, "second")
    trainspec("docs")
    (root / "specs/second.yaml").unlink()
    (root / "site/dags/mine.html").write_text("<h1>mine</h1>")
    trainspec("docs")
    assert sorted(path.name for path in (root / "site/dags").iterdir()) == ["first.html", "mine.html"]


def test_runs_after_a_date(root: Path, trainspec: Run) -> None:
    spec(root, "first")
    trainspec("docs", "--at", "2025-12-24")
    assert "Thu 25 Dec 2025, 00:00 UTC" in page(root, "dags/first.html").text


def test_environments_have_their_own_requests_and_schedules(root: Path, trainspec: Run) -> None:
    patch = (
        'environments:\n  prod: {dag: {schedule: "0 3 * * *"}, defaults: {resources: {instance_type: ml.m5.xlarge}}}\n'
    )
    spec(root, "first", text=SPEC + patch)
    trainspec("docs")
    text = page(root, "dags/first.html").text
    assert "base: every day at midnight (UTC)" in text
    assert "prod: at 03:00 (UTC)" in text
    assert "Request in base" in text
    assert "Request in prod" in text
    assert '"InstanceType": "ml.m5.xlarge"' in text


def test_a_spec_with_errors_has_a_page_with_its_findings(root: Path, trainspec: Run) -> None:
    spec(root, "first", text=SPEC.replace("volume_size", "volume_sise"))
    assert trainspec("docs").returncode == 0
    assert "unknown key `volume_sise`" in page(root, "dags/first.html").text
    assert "1 error" in page(root, "index.html").text


HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 1 }}{% raw %}"


def test_nothing_a_spec_says_becomes_markup(root: Path, trainspec: Run) -> None:
    quoted = HOSTILE.replace("'", "''")
    text = SPEC.replace(
        "tags: [nightly]", f"tags: ['{quoted}'], description: '{quoted}', default_args: {{owner: '{quoted}'}}"
    )
    spec(root, "first", writes=f"'s3://b/{quoted}'", text=text)
    assert trainspec("docs").returncode == 0
    for name in ("index.html", "dags/first.html"):
        tags = {tag for tag, _ in page(root, name).tags}
        assert "img" not in tags
        assert not [attrs for _, attrs in page(root, name).tags if "onerror" in attrs]
    assert "</script>" not in (root / "site/search.js").read_text()
    assert HOSTILE.split("{{")[0] in page(root, "index.html").text


def test_secrets_are_on_no_page(root: Path, trainspec: Run) -> None:
    text = SPEC.replace("    inputs:", "    environment: {DB_PASSWORD: hunter2hunter2}\n    inputs:")
    spec(root, "first", text=text)
    trainspec("docs")
    assert not [path for path in (root / "site").rglob("*") if path.is_file() and "hunter2" in path.read_text()]


def test_a_link_that_leaves_the_project_is_not_written_through(root: Path, trainspec: Run, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (root / "site").symlink_to(outside)
    spec(root, "first")
    assert trainspec("docs").returncode == 2
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (None, "only when triggered manually, by another DAG or through the API"),
        ("@daily", "every day at midnight (Europe/Berlin)"),
        ("@hourly", "every hour, on the hour"),
        ("6h", "every 6 hours"),
        ("1h", "every hour"),
        ("90m", "every 1 hour 30 minutes"),
        ("30 4 * * 1-5", "at 04:30, Monday through Friday (Europe/Berlin)"),
        (["0 6 * * *", "0 18 * * *"], "at 06:00 (Europe/Berlin); at 18:00 (Europe/Berlin)"),
        ({"assets": ["s3://b/a"]}, "whenever s3://b/a is updated"),
        ({"assets": ["a", "b"]}, "whenever a and b are updated"),
        ({"assets": {"any": ["a", "b"]}}, "whenever a or b is updated"),
        ({"assets": ["a"], "time": "@daily"}, "whenever a is updated, and every day at midnight (Europe/Berlin)"),
    ],
)
def test_schedules_in_words(schedule: Any, words: str) -> None:
    assert in_words(schedule, "Europe/Berlin") == words


def test_next_runs_are_those_of_the_time_zone() -> None:
    runs = next_runs("0 2 * * *", "Europe/Berlin", START, 2)
    assert [run.isoformat() for run in runs] == ["2025-04-02T02:00:00+02:00", "2025-04-03T02:00:00+02:00"]
    assert [run.isoformat() for run in next_runs("12h", "UTC", START, 2)] == [
        "2025-04-01T12:00:00+00:00",
        "2025-04-02T00:00:00+00:00",
    ]
    assert next_runs({"assets": ["a"]}, "UTC", START, 5) == []
    assert next_runs("0 0 30 2 *", "UTC", START, 5) == []
    assert len(next_runs(["0 6 * * *", "0 18 * * *"], "UTC", START, 5)) == 5


def test_the_examples_of_the_repository(trainspec: Run, tmp_path: Path) -> None:
    done = trainspec("docs", "-o", str(tmp_path / "out"), str(ROOT / "specs"))
    assert done.returncode == 0, done.stderr


def test_a_spec_with_very_many_tasks_draws_some_of_its_dags(root: Path, trainspec: Run) -> None:
    tasks = "".join(f"  t{each}: {{operator: acme.Work, depends_on: [t{each - 1}]}}\n" for each in range(1, 250))
    text = f"trainspec: 1\nfor_each: {{x: [{', '.join(map(str, range(9)))}]}}\ndag: {{id: 'd_${{for_each.x}}'}}\n"
    (root / "specs" / "many.yaml").write_text(f"{text}tasks:\n  t0: {{operator: acme.Work}}\n{tasks}")
    assert trainspec("docs").returncode == 0
    drawn = [path for path in sorted((root / "site" / "dags").iterdir()) if "<svg" in path.read_text()]
    assert 1 <= len(drawn) < 9
    assert "trainspec graph specs/many.yaml --each" in page(root, "dags/d_8.html").text
