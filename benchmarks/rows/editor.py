"""`trainspec lsp` over the protocol: from a keystroke in a long spec to the findings that the editor gets for it."""

import statistics
import subprocess
from pathlib import Path

from measure import Bench
from peers import trainspec_for_editors
from specs import write_specs
from table import Line

BAR = 0.1
_LINES, _OTHERS, _KEYSTROKES = 2_000, 1_000, 41
_HEAD = """\
trainspec: 1
dag: {id: long, schedule: "@daily", start_date: 2025-04-01, catchup: false}
vars: {data: s3://my-data-bucket}
defaults: {role: arn:aws:iam::123456789012:role/SageMakerRole}
jobs:
"""
_JOB = """\
  train_{n}:
    name: train-{n}-{{{{ ds }}}}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    inputs:
      train: {{s3: "${{vars.data}}/train/{n}/", content_type: text/csv}}
    output: s3://my-output-bucket/models/
    resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
    stopping: {{max_runtime: 1h}}
    hyperparameters:
      epochs: 10
      learning_rate: 0.01
      max_depth: {n}
      eta: 0.1
      gamma: 4
      subsample: 0.8
    operator:
      check_interval: 30s
      deferrable: true
    tags:
      team: churn
"""


def keystrokes(bench: Bench) -> list[Line]:
    """Typing in the middle of a spec of 2,000 lines, in a project of 1,000 others."""
    folder = bench.folder()
    (folder / ".git").mkdir()
    write_specs(folder / "specs", bench.few(_OTHERS))
    text = _long_spec(bench.few(_LINES // _JOB.count("\n")))
    (folder / "specs/long.yaml").write_text(text)
    command = [
        str(trainspec_for_editors() / "python"),
        str(Path(__file__).parents[1] / "inside/typing_client.py"),
        str(folder),
    ]
    done = subprocess.run([*command, str(_KEYSTROKES)], capture_output=True, text=True, check=True, cwd=folder)
    seconds = sorted(float(line) for line in done.stdout.split())
    ours, slow = statistics.median(seconds), seconds[len(seconds) * 9 // 10]
    what = f"keystroke to findings, {text.count(chr(10)):,} lines, {bench.few(_OTHERS):,} other specs"
    return [
        Line(what, f"{ours * 1000:,.0f} ms", "100 ms", "100 ms", ours / BAR, 1, f"nine of ten in {slow * 1000:,.0f} ms")
    ]


def _long_spec(jobs: int) -> str:
    return _HEAD + "".join(_JOB.format(n=number) for number in range(jobs))
