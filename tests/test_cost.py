"""`trainspec cost`, compared with limits calculated by hand. The prices are fixtures, invented for the tests."""

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from helpers import Run

FIXTURE = {
    "date": "2026-11-01",
    "currency": "USD",
    "prices": {"us-east-1": {"ml.m5.large": 0.5, "ml.g5.xlarge": 2}, "eu-west-1": {"ml.m5.large": 0.75}},
    "warm_pools": {"us-east-1": {"ml.m5.large": 0.5}},
    "storage": {"us-east-1": 0.72},
}
JOB: dict[str, Any] = {
    "name": "a-${job.id}-{{ ts_nodash }}",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1",
    "role": "arn:aws:iam::123456789012:role/R",
    "output": "s3://my-bucket/out/",
    "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": "10GB"},
    "stopping": {"max_runtime": "1h"},
}


def spec(job: dict[str, Any] | None = None, **dag: Any) -> str:
    dag = {"id": "d", "start_date": "2025-04-01", "schedule": "@daily", "catchup": False, **dag}
    jobs = {"train": {**JOB, **(job or {})}}
    return json.dumps({"trainspec": 1, "dag": dag, "jobs": jobs})


def machines(kind: str = "ml.m5.large", number: int = 1, **more: Any) -> dict[str, Any]:
    return {"resources": {"instance_type": kind, "instance_count": number, "volume_size": "10GB", **more}}


STORAGE = 0.72 * 10 / 720
"""For one machine for an hour, with 10 GB."""
MATRIX = {
    "name": "a-${matrix.lr}-{{ ts_nodash }}",
    "matrix": {"lr": [1, 2, 3]},
    "hyperparameters": {"lr": "${matrix.lr}"},
}
GROUPS = [
    {"name": "a", "instance_type": "ml.m5.large", "instance_count": 2},
    {"name": "b", "instance_type": "ml.g5.xlarge", "instance_count": 1},
]
SPOT = {"spot": True, "stopping": {"max_runtime": "1h", "max_wait": "3h"}, "checkpoint": "s3://my-bucket/c/"}

# The job's fields, the DAG's, hours per run, runs in 30 days, money per run; all calculated by hand.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], float, int | None, float]] = {
    "a day": ({}, {}, 1, 30, 0.5 + STORAGE),
    "an hour": ({}, {"schedule": "@hourly"}, 1, 720, 0.5 + STORAGE),
    "an interval": ({}, {"schedule": "6h"}, 1, 120, 0.5 + STORAGE),
    # 1 April 2025 is a Tuesday: its 30 days have 22 days from Monday to Friday.
    "working days": ({}, {"schedule": "0 5 * * 1-5"}, 1, 22, 0.5 + STORAGE),
    "a week": ({}, {"schedule": "@weekly"}, 1, 4, 0.5 + STORAGE),
    # The clocks of Berlin go forward on 30 March 2025: one of these days has 23 hours.
    "a zone": (
        {},
        {"schedule": "@daily", "timezone": "Europe/Berlin", "start_date": "2025-03-15"},
        1,
        30,
        0.5 + STORAGE,
    ),
    "once": ({}, {"schedule": "@once"}, 1, 1, 0.5 + STORAGE),
    "by hand": ({}, {"schedule": None}, 1, None, 0.5 + STORAGE),
    "assets": (
        {"name": "a-{{ dag_run.run_after | ts_nodash }}"},
        {"schedule": {"assets": ["s3://my-bucket/x"]}},
        1,
        None,
        0.5 + STORAGE,
    ),
    "an end": ({}, {"end_date": "2025-04-11"}, 1, 10, 0.5 + STORAGE),
    "machines": (machines(number=4), {}, 4, 30, 4 * (0.5 + STORAGE)),
    "a matrix": (MATRIX, {}, 3, 30, 3 * (0.5 + STORAGE)),
    "retries": ({"retries": 2}, {}, 3, 30, 3 * (0.5 + STORAGE)),
    "retries of all": ({}, {"default_args": {"retries": 1}}, 2, 30, 2 * (0.5 + STORAGE)),
    "SageMaker's retries": ({"retry": {"max_attempts": 5}}, {}, 1, 30, 0.5 + STORAGE),
    "spot": (SPOT, {}, 1, 30, 0.5 + STORAGE),
    "a warm pool": (machines(keep_alive="30m"), {}, 1, 30, 0.5 + STORAGE + 0.25),
    "a day by default": ({"stopping": {"max_pending": "2h"}}, {}, 24, 30, 24 * (0.5 + STORAGE)),
    "groups": ({"resources": {"groups": GROUPS, "volume_size": "10GB"}}, {}, 3, 30, 2 * 0.5 + 2 + 3 * STORAGE),
}


@pytest.fixture
def prices(project: Path) -> str:
    (project / "prices.json").write_text(json.dumps(FIXTURE))
    return "prices.json"


def cost(trainspec: Run, *arguments: str) -> Any:
    return json.loads(trainspec("cost", *arguments, "--format", "json").stdout)


@pytest.mark.parametrize("name", CASES)
def test_the_bound_is_what_one_counts_by_hand(name: str, project: Path, trainspec: Run, prices: str) -> None:
    job, dag, hours, runs, money = CASES[name]
    (project / "specs/a.yaml").write_text(spec(job, **dag))
    (found,) = cost(trainspec, "--prices", prices)["dags"]
    assert (found["hours_run"], found["runs_month"]) == (hours, runs)
    assert found["cost_run"] == pytest.approx(money, abs=1e-5)
    assert found["hours_month"] == (None if runs is None else hours * runs)
    assert found["cost_month"] == (None if runs is None else pytest.approx(money * runs, abs=1e-3))


def test_what_is_not_known_is_reported_and_not_guessed(project: Path, trainspec: Run, prices: str) -> None:
    (project / "specs/a.yaml").write_text(spec(machines("ml.p4d.24xlarge")))
    job = cost(trainspec, "--prices", prices)["dags"][0]["jobs"][0]
    assert job["cost_run"] is None
    assert job["hours_run"] == 1
    assert job["notes"] == ["no price for ml.p4d.24xlarge in us-east-1"]
    text = trainspec("cost", "--prices", prices).stdout
    assert "not all prices are known" in text
    assert "Prices of 2026-11-01 (USD)" in text


def test_without_a_table_there_are_hours_and_no_money(project: Path, trainspec: Run) -> None:
    (project / "specs/a.yaml").write_text(spec())
    said = cost(trainspec)
    assert said["prices"] is None
    assert (said["dags"][0]["hours_month"], said["dags"][0]["cost_month"]) == (30, None)


def test_spot_is_at_most(project: Path, trainspec: Run, prices: str) -> None:
    (project / "specs/a.yaml").write_text(spec(SPOT))
    assert "at most 0.51" in trainspec("cost", "--prices", prices).stdout


def test_the_settings_may_name_the_table(project: Path, trainspec: Run, prices: str) -> None:
    (project / "trainspec.toml").write_text(f'prices = "{prices}"\n')
    (project / "specs/a.yaml").write_text(spec())
    assert cost(trainspec)["prices"] == {"date": "2026-11-01", "currency": "USD"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"date": "2026-11-01", "currency": "USD"}', "`prices` is missing"),
        ('{"date": "x", "currency": "USD", "prices": {}}', "`date` must be a date"),
        ('{"date": "2026-11-01", "currency": "USD", "prices": {"r": {"t": "1"}}}', "`prices.r.t` must be a number"),
        ('{"date": "2026-11-01", "currency": "USD", "prices": {"r": {"t": NaN}}}', "not JSON"),
        ('{"date": "2026-11-01", "currency": "USD", "prices": {}, "price": {}}', "unknown key `price`"),
    ],
)
def test_a_table_that_is_none_is_refused(table: str, said: str, project: Path, trainspec: Run) -> None:
    (project / "specs/a.yaml").write_text(spec())
    (project / "p.json").write_text(table)
    done = trainspec("cost", "--prices", "p.json")
    assert done.returncode == 2
    assert said in done.stderr


def test_against_a_revision_only_what_changes_is_shown(project: Path, trainspec: Run, prices: str) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    (project / "specs/a.yaml").write_text(spec())
    (project / "specs/same.yaml").write_text(spec(id="same"))
    subprocess.run([*git, "init", "-q", "-b", "main"], cwd=project, check=True)
    subprocess.run([*git, "add", "."], cwd=project, check=True)
    subprocess.run([*git, "commit", "-qm", "a"], cwd=project, check=True)
    assert "No DAG costs" in trainspec("cost", "--against", "main").stdout
    (project / "specs/a.yaml").write_text(spec(machines(number=4)))
    said = cost(trainspec, "--against", "main", "--prices", prices)
    assert [(each["dag"], each["status"]) for each in said["changes"]] == [("d", "changed")]
    assert (said["changes"][0]["before"]["hours_month"], said["changes"][0]["after"]["hours_month"]) == (30, 120)
    shown = trainspec("cost", "--against", "main", "--format", "markdown").stdout
    assert "| ~ | d | 30 | 120 | 30 days |" in shown
    assert trainspec("cost", "--against", "nowhere").returncode == 2


class PriceList(BaseHTTPRequestHandler):
    """Responds as AWS's public price list does."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        usages = {"USE1-Train:ml.m5.large": "$0.5 per Hour", "USE1-Host:ml.m5.large": "$9 per Hour"}
        usages["USE1-X"] = "$0.72 per GB-Mo of Training Job ML storage"
        offer = {
            "publicationDate": "2026-11-01T00:00:00Z",
            "products": {str(n): {"attributes": {"usagetype": usage}} for n, usage in enumerate(usages)},
            "terms": {"OnDemand": {str(n): _term(said) for n, said in enumerate(usages.values())}},
        }
        content = json.dumps(offer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def _term(said: str) -> Any:
    price = said.split()[0].removeprefix("$")
    return {"t": {"priceDimensions": {"d": {"description": said, "pricePerUnit": {"USD": price}}}}}


@pytest.fixture
def price_list() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), PriceList)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_refresh_writes_the_table_that_cost_reads(project: Path, trainspec: Run, price_list: str) -> None:
    (project / "specs/a.yaml").write_text(spec())
    done = trainspec("cost", "--refresh", "--prices", "new.json", "--endpoint-url", price_list)
    assert done.returncode == 0, done.stderr
    assert PriceList.asked[-1] == "/offers/v1.0/aws/AmazonSageMaker/current/us-east-1/index.json"
    table = json.loads((project / "new.json").read_text())
    assert table["prices"] == {"us-east-1": {"ml.m5.large": 0.5}}
    assert (table["date"], table["storage"]) == ("2026-11-01", {"us-east-1": 0.72})
    assert cost(trainspec, "--prices", "new.json")["dags"][0]["cost_run"] == pytest.approx(0.5 + STORAGE)


def test_errors_of_the_specs_are_shown(project: Path, trainspec: Run) -> None:
    (project / "specs/a.yaml").write_text("trainspec: 1\njobs: {a: {nmae: x}}\n")
    assert trainspec("cost").returncode == 1


def tuning(limits: dict[str, Any], **more: Any) -> dict[str, Any]:
    ranges = more.pop("ranges", {"eta": {"min": 0.1, "max": 0.5}})
    fields = {"strategy": "Random", "objective": {"metric": "auc", "goal": "Maximize"}, "ranges": ranges}
    metrics = {"auc": "auc=([0-9.]+)"}
    return {"name": "a-{{ ts_nodash }}", "metrics": metrics, "tuning": {**fields, "limits": limits, **more}}


GRID = {"strategy": "Grid", "ranges": {"eta": [0.1, 0.2, 0.3], "depth": [4, 6]}}
CHOICES = [
    {"instance_type": "ml.m5.large", "instance_count": 3, "volume_size": "10GB"},
    {"instance_type": "ml.g5.xlarge", "instance_count": 1, "volume_size": "10GB"},
]
EACH = 0.5 + STORAGE
# The fields of `tuning` and of the job; the hours and the money per run; what the notes say.
TUNED: dict[str, tuple[dict[str, Any], dict[str, Any], float | None, float | None, str]] = {
    "all training jobs": (tuning({"jobs": 20, "parallel": 4}), {}, 20, 20 * EACH, "20 training jobs, each up to"),
    # Twenty hours of training would take five hours; 4 at once for 2 hours are eight.
    "its own limit": (tuning({"jobs": 20, "parallel": 4, "runtime": "2h"}), {}, 8, 8 * EACH, "4 training jobs at once"),
    "a limit in vain": (tuning({"jobs": 20, "parallel": 4, "runtime": "9h"}), {}, 20, 20 * EACH, "20 training jobs"),
    "retries": (tuning({"jobs": 5, "parallel": 5}), {"retries": 2}, 15, 15 * EACH, "5 training jobs, each up to"),
    "a grid": (tuning({"parallel": 2}, **GRID), {}, 6, 6 * EACH, "6 training jobs, each up to"),
    "a template": (tuning({"jobs": "{{ params.n }}", "parallel": 4}), {}, None, None, "`tuning.limits` are missing"),
    "a template within a limit": (
        tuning({"jobs": "{{ params.n }}", "parallel": 4, "runtime": "2h"}), {}, 8, 8 * EACH, "4 training jobs at once",
    ),
    "no number": (tuning({"parallel": 2}), {}, None, None, "`tuning.limits` are missing"),
    "a warm pool": (
        tuning({"jobs": 6, "parallel": 2}), machines(keep_alive="30m"), 6, 6 * (EACH + 0.25), "6 training jobs",
    ),
    # 2 x 3 machines for 0.50 cost more than 2 x 1 for 2: 3 per training job, and the hours of the three.
    "several machines": (
        tuning({"jobs": 2, "parallel": 1}, resources={"instances": CHOICES}), {"resources": None},
        6, 2 * max(3 * EACH, 2 + STORAGE), "several instance types",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TUNED)
def test_the_bound_of_a_tuning_job(name: str, project: Path, trainspec: Run, prices: str) -> None:
    fields, more, hours, money, note = TUNED[name]
    text = spec({**fields, **more}, params={"n": 20})
    (project / "specs/a.yaml").write_text(text.replace('"resources": null, ', ""))
    (found,) = cost(trainspec, "--prices", prices)["dags"]
    assert found["hours_run"] == hours
    assert found["cost_run"] == (None if money is None else pytest.approx(money, abs=1e-5))
    assert note in " ".join(found["jobs"][0]["notes"])
