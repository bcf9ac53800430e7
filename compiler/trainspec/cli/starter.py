"""The files of a starter project, by name."""

import json
from dataclasses import dataclass
from importlib import metadata

from trainspec import __version__
from trainspec.cli import pipelines

SCHEMA = ".vscode/trainspec.schema.json"


@dataclass(frozen=True, slots=True)
class Wish:
    """The user's choices for the project: where its jobs run, what CI installs, which CI it is, where that deploys."""

    region: str
    role: str
    bucket: str
    airflow: str
    install: str
    ci: str
    deploy: str = "none"


def spec(wish: Wish) -> str:
    """A first spec."""
    account = wish.role.split(":")[4]
    return f"""\
# yaml-language-server: $schema=../{SCHEMA}
trainspec: 1

dag:
  schedule: "@daily"
  start_date: 2025-04-01
  catchup: false
  default_args: {{owner: airflow, retries: 1, retry_delay: 5m}}

vars:
  bucket: {wish.bucket}

defaults:
  region: {wish.region}
  role: {wish.role}

jobs:
  train:
    # {{{{ }}}} is Airflow's, rendered when the task runs; ${{ }} is put in by the compiler.
    name: example-{{{{ ts_nodash }}}}
    image: {account}.dkr.ecr.{wish.region}.amazonaws.com/my-algo:1
    inputs:
      train: {{s3: "s3://${{vars.bucket}}/train/", content_type: text/csv}}
    output: s3://${{vars.bucket}}/models/
    resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
    stopping: {{max_runtime: 1h}}
    hyperparameters: {{epochs: 10, learning_rate: 0.01}}
"""


def settings(wish: Wish, table: str = "") -> str:
    """The settings: of trainspec.toml, or of a `table` of pyproject.toml."""
    heading = f"[{table}]\n" if table else "# What `trainspec lint` and `trainspec compile` read and write.\n"
    return f'{heading}paths = ["specs"]\noutput = "generated_dags"\nairflow = "{wish.airflow}"\n'


PRE_COMMIT = """\
repos:
  - repo: local  # runs the trainspec that is installed where you work
    hooks:
      - id: trainspec-fmt
        name: trainspec fmt
        entry: trainspec fmt
        language: system
        files: \\.ya?ml$
        pass_filenames: false
      - id: trainspec-lint
        name: trainspec lint
        entry: trainspec lint --quiet
        language: system
        files: (\\.ya?ml|\\.toml)$
        pass_filenames: false
        verbose: true
      - id: trainspec-compile
        name: trainspec compile
        entry: trainspec compile --quiet
        language: system
        files: (\\.ya?ml|\\.toml|^generated_dags/.*)$
        pass_filenames: false
"""

ATTRIBUTES = """\
# Collapsed in reviews, and left out of language statistics. `trainspec compile` resolves conflicts in these files.
generated_dags/** linguist-generated
"""

IGNORE = f"""\
# A copy for the editor: `trainspec init` or `trainspec schema` writes it again.
{SCHEMA}
"""

EDITOR = {
    ".vscode/settings.json": json.dumps(
        {"yaml.schemas": {f"./{SCHEMA}": ["specs/**/*.yaml", "specs/**/*.yml"]}}, indent=2
    )
    + "\n",
    ".vscode/extensions.json": json.dumps({"recommendations": ["redhat.vscode-yaml"]}, indent=2) + "\n",
}


def pipeline(wish: Wish) -> dict[str, str]:
    """The files of the CI, by name."""
    return pipelines.pipeline(wish.ci, wish.install, wish.deploy, wish.region, wish.airflow)


def installed_from() -> str:
    """How pip installs the running trainspec: from a commit if it came from git, else by version.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    try:
        origin = json.loads(metadata.distribution("trainspec").read_text("direct_url.json") or "{}")
        commit = origin["vcs_info"]["commit_id"]
        url = origin["url"]
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return f"trainspec~={__version__}"
    return f"trainspec @ git+{url}@{commit}"
