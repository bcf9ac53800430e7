"""What was counted, as data for a file, and the table that a page shows.

python tests/airflow/faults/record.py        writes the tables of docs/measured/ into docs/guarantees.md
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from play import Key

REPOSITORY = Path(__file__).parents[3]
FOLDER = REPOSITORY / "docs" / "measured"
PAGE = REPOSITORY / "docs" / "guarantees.md"
MARKS = {  # kind of jobs → the page with its table
    "training": ("<!-- measured: begin -->\n", "<!-- measured: end -->\n"),
    "tuning": ("<!-- measured with tuning jobs: begin -->\n", "<!-- measured with tuning jobs: end -->\n"),
}
_OPERATORS = {"trainspec": "trainspec", "stock": "Amazon provider", "resumable": "resumable"}
_PACKAGES = ("apache-airflow", "apache-airflow-providers-amazon", "botocore")

Record = Mapping[str, Any]


def write_record(folder: Path, version: str, played: "Mapping[Key, Any]", command: str) -> None:
    """Write everything that was played in one Airflow, with what is needed to play it again: a file for each kind.

    Earlier records stay if they were not played again; their command then precedes this one.
    """
    for kind in sorted({key.kind for key in played}):
        of_kind = {key: one for key, one in played.items() if key.kind == kind}
        _write_kind(folder, version, kind, of_kind, command)


def _write_kind(folder: Path, version: str, kind: str, played: "Mapping[Key, Any]", command: str) -> None:
    from events import EVENTS
    from job_kinds import KINDS

    rows = {
        (key.event, key.mode, key.operator): {
            "event": key.event,
            "what": EVENTS[key.event].text(KINDS[kind]),
            "mode": key.mode,
            "operator": key.operator,
            **_counted(one.counts, kind),
        }
        for key, one in played.items()
    }
    path, today = folder / f"{_stem(kind)}-{version}.json", date.today().isoformat()
    before = json.loads(path.read_text()) if path.exists() else {"rows": []}
    kept = {(row["event"], row["mode"], row["operator"]): row for row in before["rows"]}
    if kept.keys() - rows.keys():
        command = f"{before['command']}`; on {today}: `{command}"
    record = {
        "airflow": version,
        "versions": _versions(version),
        "date": before["date"] if kept.keys() - rows.keys() else today,
        "command": command,
        "rows": list({**kept, **rows}.values()),
    }
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n")


def _stem(kind: str) -> str:
    return "faults" if kind == "training" else f"faults-{kind}"


def _counted(counts: Any, kind: str) -> dict[str, Any]:
    """What was counted; a training job has no training jobs of its own."""
    return {name: value for name, value in asdict(counts).items() if kind != "training" or name != "trials_left"}


def records(kind: str = "training") -> list[Record]:
    """What was recorded with jobs of a kind, newest Airflow first."""
    found = [json.loads(path.read_text()) for path in FOLDER.glob(f"{_stem(kind)}-[0-9]*.json")]
    return sorted(found, key=lambda record: [int(part) for part in record["airflow"].split(".")], reverse=True)


def table(found: list[Record]) -> str:
    """Markdown: a row for each event and mode, a column for each Airflow and operator."""
    if not found:
        return "Not recorded yet; [CONTRIBUTING.md](../CONTRIBUTING.md) has the two commands that record it.\n"
    columns = [
        (record["airflow"], operator)
        for record in found
        for operator in ("trainspec", "stock", "resumable")
        if any(row["operator"] == operator for row in record["rows"])
    ]
    cells: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for record in found:
        for row in record["rows"]:
            cells.setdefault((row["what"], row["mode"]), {})[record["airflow"], row["operator"]] = _cell(row)
    heads = [f"{_OPERATORS[operator]}, Airflow {version}" for version, operator in columns]
    lines = [
        *(_source(record) for record in found),
        "",
        "| event | task | " + " | ".join(heads) + " |",
        "| --- | --- |" + " --- |" * len(heads),
        *(
            f"| {what} | {mode} | " + " | ".join(row.get(column, "") for column in columns) + " |"
            for (what, mode), row in cells.items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _source(record: Record) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return f"- {record['date']}, {versions}: `{record['command']}`"


def page_with(found: list[Record], page: str, kind: str = "training") -> str:
    """`page` with the table of a kind of jobs inserted."""
    begin, end = MARKS[kind]
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n{table(found)}\n{end}{tail}"


def _cell(row: Mapping[str, Any]) -> str:
    at_once = f" ({row['at_once']} at once)" if row["at_once"] > 1 else ""
    trials = row.get("trials_left", 0)
    with_trials = f" with {trials} training jobs" if trials else ""
    left = f", **{row['left']} left running{with_trials}**" if row["left"] or trials else ""
    return f"{row['made']} created{at_once}, {row['stopped']} stopped{left}: {row['state']}"


def _versions(version: str) -> dict[str, str]:
    pins = (Path(__file__).parents[1] / f"airflow-{version}.txt").read_text()
    found = {name: re.search(rf"^{name}(?:\[.*\])?==(\S+)", pins, re.MULTILINE) for name in _PACKAGES}
    return {name: match[1] for name, match in found.items() if match}


if __name__ == "__main__":
    for each in MARKS:
        PAGE.write_text(page_with(records(each), PAGE.read_text(), each))
