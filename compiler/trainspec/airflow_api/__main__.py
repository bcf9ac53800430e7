"""`python -m trainspec.airflow_api` rewrites the tables from the released packages; with `--check` it compares them.

The packages (about 20 MB) are downloaded below `.cache/airflow-packages/` the first time, unpacked there and read.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from trainspec.airflow_api.derive import tables


def main() -> int:
    """0 if the tables are written, or unchanged with `--check`; 1 if they differ, 2 without the packages."""
    parser = argparse.ArgumentParser(prog="python -m trainspec.airflow_api", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a table is stale")
    parser.add_argument("--packages", type=Path, default=Path(".cache/airflow-packages"), metavar="FOLDER")
    arguments = parser.parse_args()
    try:
        made = tables(arguments.packages)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"the packages cannot be downloaded: {error}\n")
        return 2
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        sys.stdout.write(f"{path.name}: {'stale' if arguments.check else 'written'}\n")
        if not arguments.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
    sys.stderr.write(f"{len(made)} tables, {len(stale)} of them changed\n")
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
