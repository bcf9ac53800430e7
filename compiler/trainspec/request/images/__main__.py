"""`python -m trainspec.request.images` rewrites the table from the installed sagemaker-core and says what changed."""

import json
import sys
from importlib.metadata import PackageNotFoundError

from trainspec.request.images.changes import changes
from trainspec.request.images.derive import PACKAGE, derive_table, table_text
from trainspec.request.images.table import TABLE


def main() -> int:
    """0 when the table is up to date or written, 2 without sagemaker-core."""
    try:
        table = derive_table()
    except PackageNotFoundError:
        command = f"uv run --with {PACKAGE} python -m trainspec.request.images"
        sys.stderr.write(f"this needs the package {PACKAGE}, which is not installed: {command}\n")
        return 2
    old = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    for line in changes(old, table):
        sys.stdout.write(f"{line}\n")
    is_same = old == table
    TABLE.write_text(table_text(table), encoding="utf-8")
    sys.stderr.write(f"{TABLE.name}: {'unchanged' if is_same else 'written'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
