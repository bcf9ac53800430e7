"""Which codes `lint --fix` can fix: those whose bad example it fixes.

The list is written together with the reference pages (`python -m trainspec.reference`), next to this module, so that
`explain` need not check every example.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from trainspec.diagnostics import Diagnostic
from trainspec.reference.codes import Explained, all_codes

LIST = Path(__file__).parent / "fixable.txt"

SOUND_JOB = """\
name: job-{{ ts_nodash }}
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
role: arn:aws:iam::123456789012:role/SageMakerRole
inputs: {train: s3://my-bucket/train/}
output: s3://my-bucket/models/
resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
stopping: {max_runtime: 30m}
"""


SOUND_TUNING = """\
metrics: {auc: "auc=([0-9.]+)"}
tuning:
  strategy: Random
  objective: {metric: auc, goal: Maximize}
  ranges: {eta: {min: 0.1, max: 0.5}}
  limits: {jobs: 20, parallel: 4}
"""
"""The fields that an example of a tuning job does not repeat; one with its own algorithm has all of them."""


def spec_with(fields: str) -> str:
    """A spec whose job is the valid one with `fields` merged onto it, or `fields` if that is a complete document."""
    if fields.startswith("trainspec:"):
        return fields
    indented = "".join(f"    {line}\n" if line else "\n" for line in fields.splitlines())
    is_tuned = "tuning:" in fields.splitlines() and "image:" not in fields
    sound = SOUND_JOB + SOUND_TUNING if is_tuned else SOUND_JOB
    base = "".join(f"  {line}\n" for line in sound.splitlines())
    return f"trainspec: 1\ndag: {{id: example}}\ndefaults:\n{base}jobs:\n  train:\n{indented}"


@cache
def fixable_codes() -> frozenset[str]:
    """The codes of the list."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


def made_list() -> str:
    """The list, generated again: one code per line."""
    return "".join(f"{known.code.id}\n" for known in all_codes() if _is_fixable(known))


def _is_fixable(known: Explained) -> bool:
    return any(found.code.id == known.code.id and found.fix is not None for found in _findings(known.bad or ""))


def _findings(example: str) -> Iterator[Diagnostic]:
    from trainspec.pipeline import Options, analyse
    from trainspec.text.source import Source, decode

    source = decode(spec_with(example).encode(), "example.yaml")
    if isinstance(source, Source):
        yield from analyse(source, Options()).findings
