"""`trainspec init`: a starter repository, with the checks in the editor, in pre-commit and in CI."""

import argparse
import os
import sys
from pathlib import Path

from trainspec import __version__
from trainspec.disk.writing import write_new
from trainspec.project.project import UsageError
from trainspec.schema.files import SPEC_SCHEMA, schema_path

_SPEC = """\
# yaml-language-server: $schema=../schemas/trainspec.schema.json
trainspec: 1

dag:
  schedule: "@daily"
  start_date: 2025-04-01
  catchup: false
  default_args: {owner: airflow, retries: 1, retry_delay: 5m}

vars:
  bucket: my-bucket

defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole

jobs:
  train:
    name: example-{{ ts_nodash }}  # {{ }} is Airflow's, rendered when the task runs; ${ } is put in by the compiler
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    inputs:
      train: {s3: "s3://${vars.bucket}/train/", content_type: text/csv}
    output: s3://${vars.bucket}/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    hyperparameters: {epochs: 10, learning_rate: 0.01}
    operator: {check_interval: 30s, max_attempts: 150}
"""

_SETTINGS = """\
# What `trainspec lint` and `trainspec compile` read and write when they are given no paths.
paths = ["specs"]
output = "generated_dags"
airflow = "3.3"
"""

_PRE_COMMIT = f"""\
repos:
  - repo: https://github.com/trainspec/trainspec
    rev: v{__version__}
    hooks:
      - id: trainspec-fmt
      - id: trainspec-lint
      - id: trainspec-compile-check
"""

_VSCODE = """\
{
  "yaml.schemas": {
    "./schemas/trainspec.schema.json": ["specs/**/*.yaml", "specs/**/*.yml"]
  }
}
"""

_WORKFLOW = f"""\
name: trainspec
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install "trainspec~={__version__}"
      - run: trainspec lint --format github
      - run: trainspec compile --check
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where; the working folder if not given")


def run(arguments: argparse.Namespace) -> int:
    """Write the files that are not there yet, and print what was done with each. A file that is there stays."""
    root = Path(arguments.folder)
    try:
        for name, text in _files().items():
            _write(root / name, text, root)
    except OSError as error:
        raise UsageError(f"cannot write {os.path.relpath(error.filename)}: {error.strerror}") from error
    print(f"Next: change specs/example.yaml, and run `trainspec compile`{_in(arguments.folder)}.", file=sys.stderr)
    return 0


def _files() -> dict[str, str]:
    """The texts by name.

    The schema is a copy: editors find it without a network and without knowing where trainspec is installed, and
    everybody who works in the repository sees the same one. `trainspec schema` prints a newer one.
    """
    return {
        "specs/example.yaml": _SPEC,
        f"schemas/{SPEC_SCHEMA}": schema_path(SPEC_SCHEMA).read_text(encoding="utf-8"),
        "trainspec.toml": _SETTINGS,
        ".pre-commit-config.yaml": _PRE_COMMIT,
        ".vscode/settings.json": _VSCODE,
        ".github/workflows/trainspec.yml": _WORKFLOW,
    }


def _write(path: Path, text: str, root: Path) -> None:
    try:
        write_new(path, text, root)
    except FileExistsError:
        print(f"kept {path.as_posix()}: it is there already")
    else:
        print(f"wrote {path.as_posix()}")


def _in(folder: str) -> str:
    return "" if folder == "." else f" in {folder}"
