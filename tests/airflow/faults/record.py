"""What was counted, as data for a file, and the table that a page shows of it.

python tests/airflow/faults/record.py        writes the table of docs/measured/ into docs/guarantees.md
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]
FOLDER = REPOSITORY / "docs" / "measured"
PAGE = REPOSITORY / "docs" / "guarantees.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_PACKAGES = ("apache-airflow", "apache-airflow-providers-amazon", "botocore")

Record = Mapping[str, Any]


def write_record(folder: Path, version: str, played: Mapping[tuple[str, str, str], Any], command: str) -> None:
    """Write everything that was played in one Airflow, with what is needed to play it again.

    What was recorded before stays where it was not played now; its command then stands before this one.
    """
    from events import EVENTS

    rows = {
        (name, mode, operator): {
            "event": name,
            "what": EVENTS[name].text,
            "mode": mode,
            "operator": operator,
            **asdict(one.counts),
        }
        for (name, mode, operator), one in played.items()
    }
    path, today = folder / f"faults-{version}.json", date.today().isoformat()
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


def records() -> list[Record]:
    """What was recorded, newest Airflow first."""
    found = [json.loads(path.read_text()) for path in FOLDER.glob("faults-*.json")]
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
    heads = [f"{operator}, Airflow {version}" for version, operator in columns]
    lines = [
        *(_source(record) for record in found),
        "",
        "| what happens | task | " + " | ".join(heads) + " |",
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


def page_with(found: list[Record], page: str) -> str:
    """`page` with the table in its place."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(found)}\n{END}{tail}"


def _cell(row: Mapping[str, Any]) -> str:
    at_once = f" ({row['at_once']} at once)" if row["at_once"] > 1 else ""
    left = f", **{row['left']} left running**" if row["left"] else ""
    return f"{row['made']} made{at_once}, {row['stopped']} stopped{left}: {row['state']}"


def _versions(version: str) -> dict[str, str]:
    pins = (Path(__file__).parents[1] / f"airflow-{version}.txt").read_text()
    found = {name: re.search(rf"^{name}(?:\[.*\])?==(\S+)", pins, re.MULTILINE) for name in _PACKAGES}
    return {name: match[1] for name, match in found.items() if match}


if __name__ == "__main__":
    PAGE.write_text(page_with(records(), PAGE.read_text()))
