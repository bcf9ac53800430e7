"""`python -m trainspec.request.machines [DATE]` rewrites the table from the installed moto and botocore.

It says what changed. `DATE` is the day of moto's release (https://pypi.org/project/moto/#history); without one, the
table keeps its date as long as moto is the same, and else gets today's.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from trainspec.request.machines.derive import PACKAGE, derive_table, table_text
from trainspec.request.machines.table import TABLE


def main(words: list[str]) -> int:
    """0 when the table is up to date or written, 2 without moto."""
    old = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    try:
        is_same = old.get("source", {}).get(PACKAGE) == version(PACKAGE)
        table = derive_table(words[0] if words else old["as_of"] if is_same else date.today().isoformat())
    except PackageNotFoundError:
        command = f"uv run --with {PACKAGE} python -m trainspec.request.machines"
        sys.stderr.write(f"this needs the package {PACKAGE}, which is not installed: {command}\n")
        return 2
    for line in _changes(old, table):
        sys.stdout.write(f"{line}\n")
    TABLE.write_text(table_text(table), encoding="utf-8")
    sys.stderr.write(f"{TABLE.name}: {'unchanged' if old == table else 'written'}\n")
    return 0


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """The machines that only one of the tables has, or that differ."""
    before, after = old.get("machines", {}), new["machines"]
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{name} removed"
        elif name not in before:
            yield f"{name} added"
        else:
            there = (_with_regions(old, before[name]), _with_regions(new, after[name]))
            keys = sorted(key for key in {*there[0], *there[1]} if there[0].get(key) != there[1].get(key))
            if keys:
                yield f"{name} changed: {', '.join(keys)}"


def _with_regions(table: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "regions": table["regions"][row["regions"]]} if "regions" in row else dict(row)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
