"""How many of the mistakes in these tables the rules find, and what they report about valid jobs.

`uv run python tests/refusals/count.py [-v]` prints the figure that the README states.
"""

import copy
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from trainspec.diagnostics import Diagnostic, Severity
from trainspec.pipeline import Options, analyse
from trainspec.text.source import Source

HERE = Path(__file__).parent
SHARED: dict[str, Any] = {
    "name": "job-{{ ts_nodash }}",
    "region": "us-east-1",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1",
    "role": "arn:aws:iam::123456789012:role/SageMakerRole",
    "output": "s3://my-bucket/out/",
    "inputs": {"train": "s3://my-bucket/t/"},
    "resources": {"instance_type": "ml.m5.xlarge", "instance_count": 1, "volume_size": "30GB"},
    "stopping": {"max_runtime": "30m"},
}


BESIDE = (
    "algorithm",
    "image",
    "image_access",
    "inputs",
    "resources",
    "role",
    "entrypoint",
    "hyperparameters",
    "proceed_if",
    "",
)
"""The job's main parts, where a mistake is reported if the changed field is missing, or only half of the mistake."""


@dataclass(frozen=True, slots=True)
class Case:
    """One mistake: its name, the valid job, the wrong one, and the fields at which it may be found."""

    name: str
    good: Mapping[str, Any]
    bad: Mapping[str, Any]
    places: tuple[str, ...]


def cases() -> Iterator[Case]:
    """The mistakes of all tables."""
    for path in sorted(HERE.glob("*.yaml")):
        for group, table in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            good = changed(SHARED, table["job"])
            for what, changes in table["bad"].items():
                yield Case(f"{group}: {what}", good, changed(good, changes), _places(changes))


def changed(job: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A job with other values at dotted fields; null removes a field, and a named algorithm replaces the image."""
    new: dict[str, Any] = copy.deepcopy(dict(job))
    if "algorithm" in changes and "image" not in changes:
        new.pop("image", None)
    for field, value in changes.items():
        *above, last = field.split(".")
        node = new
        for step in above:
            if not isinstance(node.get(step), dict):
                node[step] = {"s3": node[step]} if isinstance(node.get(step), str) else {}
            node = node[step]
        if value is None:
            node.pop(last, None)
        elif isinstance(value, dict) and isinstance(node.get(last), dict):
            node[last] = changed(node[last], value) if last == "resources" else value
        else:
            node[last] = value
    return new


def _places(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields below which a finding counts: those that were changed, and for a removed one, the one above."""
    return tuple(field.split(".")[0] for field in changes)


def findings(job: Mapping[str, Any]) -> list[Diagnostic]:
    """The findings in a spec with this job alone."""
    spec = {"trainspec": 1, "dag": {"id": "example", "schedule": None}, "jobs": {"train": job}}
    return list(_findings(yaml.safe_dump(spec, sort_keys=False)))


@cache
def _findings(text: str) -> tuple[Diagnostic, ...]:
    return analyse(Source("case.yaml", text), Options()).findings


def is_found(case: Case) -> bool:
    """Whether there is a finding at the mistake's place that the valid job does not get."""
    before = {(found.code.id, found.field) for found in findings(case.good)}
    after = [found for found in findings(case.bad) if (found.code.id, found.field) not in before]
    return any(
        re.split(r"[.\[]", (found.field or "").removeprefix("jobs.train").lstrip("."))[0] in (*case.places, *BESIDE)
        for found in after
    )


def alarms(case: Case) -> list[Diagnostic]:
    """The errors and warnings for a valid job."""
    return [found for found in findings(case.good) if found.severity is not Severity.NOTE]


def main(words: list[str]) -> int:
    """Print the figure."""
    known = list(cases())
    missed = [case.name for case in known if not is_found(case)]
    wrong = {
        f"{case.name.partition(':')[0]}: {found.code.id} {found.message}" for case in known for found in alarms(case)
    }
    if "-v" in words:
        sys.stdout.writelines(f"missed: {name}\n" for name in missed)
    sys.stdout.writelines(f"on a sound job: {each}\n" for each in sorted(wrong))
    found = len(known) - len(missed)
    share = 100 * found / len(known)
    sys.stdout.write(f"{found} of {len(known)} mistakes found ({share:.0f} %), {len(wrong)} false alarms\n")
    return int(share < 95 or bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
