"""`python benchmarks [ROW…]`: measure trainspec against its peers, and print a table. Without a row, all of them.

`--quick` measures little, and once, to see that everything works.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from importlib import import_module

from measure import Bench
from table import Line, table

ROWS = {
    "lint-one": "rows.lint:one",
    "lint-200": "rows.lint:two_hundred",
    "lint-10000": "rows.lint:ten_thousand",
    "compile-1000": "rows.compile:thousand",
    "dagbag-200": "rows.parsing:two_hundred",
    "dagbag-tuning": "rows.parsing:two_hundred_tuned",
    "forked-file": "rows.parsing:one_forked",
    "import": "rows.parsing:imported",
    "waits-1000": "rows.waits:thousand",
    "pre-commit": "rows.hook:one_of_a_thousand",
    "lsp": "rows.editor:keystrokes",
    "packing": "rows.packing:thousand_files",
    "size": "rows.size:base_package",
}
"""A row's name, and the function that measures it: it takes the bench and gives the lines of the table."""


def main() -> int:
    """Measure the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--runs", type=int, default=7, help="runs of each command, in turn (7)")
    parser.add_argument("--quick", action="store_true", help="few files and one run: whether it works, not how fast")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    bench = Bench(1 if chosen.quick else chosen.runs, chosen.quick)
    lines: list[Line] = []
    for name in chosen.rows or ROWS:
        print(f"{name} …", file=sys.stderr)
        lines += _row(name)(bench)
    print(f"{datetime.now(timezone.utc):%Y-%m-%d}, {platform.system()}, {bench.versions()}\n")
    print(table(lines))
    return 0


def _row(name: str) -> Callable[[Bench], list[Line]]:
    module, _, function = ROWS[name].partition(":")
    row: Callable[[Bench], list[Line]] = getattr(import_module(module), function)
    return row


if __name__ == "__main__":
    sys.exit(main())
