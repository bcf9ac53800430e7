"""Makes the table of the days until which AWS patches images.

With a clone of https://github.com/aws/deep-learning-containers,
`python -m trainspec.request.images.derive_end_of_support CLONE` reads the data that AWS's page of its support policy is
made of, writes the table, and says what changed.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from trainspec.request.images.end_of_support import TABLE, Dates, number, table_of_dates

SOURCE: Final = "https://github.com/aws/deep-learning-containers"
_IMAGES: Final = "docs/src/data/*-training/*-sagemaker.yml"
_OLDER: Final = "docs/src/legacy/legacy_support.yml"


def derive(checkout: Path) -> Dates:
    """The dates in a checkout of AWS's repository: of the images that it has, and of those that it had."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(checkout.glob(_IMAGES)):
        image = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "eop" in image:
            _add(found, path.parent.name, image)
    older = yaml.safe_load((checkout / _OLDER).read_text(encoding="utf-8"))
    for framework, versions in older.items():
        for version in versions if f"{framework}-training" in found else ():
            _add(found, f"{framework}-training", version)
    return {name: dict(sorted(dates.items(), key=lambda each: number(each[0]))) for name, dates in found.items()}


def _add(found: dict[str, dict[str, str]], repository: str, said: Mapping[str, Any]) -> None:
    """The latest date of a version counts: an image is patched as long as any of its kind."""
    dates, version = found.setdefault(repository, {}), ".".join(str(said["version"]).split(".")[:2])
    dates[version] = max(dates.get(version, ""), date.fromisoformat(str(said["eop"])).isoformat())


def differences(before: Dates, after: Dates) -> Iterator[str]:
    """What changed, a line each."""
    for name in sorted({*before, *after}):
        old, new = before.get(name, {}), after.get(name, {})
        for version in sorted({*old, *new}, key=number):
            if old.get(version) != new.get(version):
                yield f"{name} {version}: {old.get(version, 'not there')} -> {new.get(version, 'not there')}"


def main() -> None:
    """Write the table from a checkout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help=f"a clone of {SOURCE}")
    checkout = parser.parse_args().checkout
    asked = subprocess.run(  # noqa: S603 - git, in the folder that the user named
        ["git", "-C", str(checkout), "log", "-1", "--format=%H"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    dates = derive(checkout)
    before = table_of_dates()["end_of_patch"] if TABLE.is_file() else {}
    table = {
        "source": SOURCE,
        "commit": asked.stdout.strip() or None,
        "as_of": date.today().isoformat(),
        "end_of_patch": dates,
    }
    TABLE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    said = "\n".join(differences(before, dates)) or f"{TABLE.name}: unchanged"
    sys.stdout.write(f"{said}\n")


if __name__ == "__main__":
    main()
