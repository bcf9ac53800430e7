"""The released packages that the tables are read from: downloaded and unpacked, never installed."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from trainspec.airflow_api.syntax import Packages

RELEASES: Final[Mapping[str, tuple[str, ...]]] = {
    "2.11": ("apache-airflow==2.11.2",),
    "3.0": ("apache-airflow-core==3.0.6", "apache-airflow-task-sdk==1.0.6"),
    "3.1": ("apache-airflow-core==3.1.8", "apache-airflow-task-sdk==1.1.8"),
    "3.2": ("apache-airflow-core==3.2.2", "apache-airflow-task-sdk==1.2.2"),
    "3.3": ("apache-airflow-core==3.3.2", "apache-airflow-task-sdk==1.3.2"),
}
"""The newest patch of each minor, oldest minor first (2026-11)."""

PROVIDERS: Final[Mapping[str, str]] = {
    "standard": "apache-airflow-providers-standard==1.21.0",
    "amazon": "apache-airflow-providers-amazon==9.39.0",
    "common.sql": "apache-airflow-providers-common-sql==2.4.0",
    "http": "apache-airflow-providers-http==6.3.0",
    "smtp": "apache-airflow-providers-smtp==3.2.0",
    "slack": "apache-airflow-providers-slack==9.11.1",
    "snowflake": "apache-airflow-providers-snowflake==6.20.0",
    "databricks": "apache-airflow-providers-databricks==7.23.0",
    "cncf.kubernetes": "apache-airflow-providers-cncf-kubernetes==10.25.0",
}
"""The providers whose operators are checked, each with the release that its table is read from (2026-11)."""

BESIDE: Final = ("apache-airflow-providers-common-compat==1.23.0",)
"""The base classes of the providers' classes, which no spec names."""


def unpacked(requirements: Sequence[str], folder: Path) -> Packages:
    """The packages, downloaded to `folder` unless they are there, and unpacked below it.

    Raises CalledProcessError if one cannot be downloaded.
    """
    roots = []
    for requirement in requirements:
        root = folder / requirement.replace("==", "-")
        if not root.is_dir():
            _download(requirement, root)
        roots.append(root)
    return Packages(roots, ("airflow",))


def _download(requirement: str, root: Path) -> None:
    wheels = root.with_suffix(".wheels")
    pip = [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):  # an environment of uv's has no pip
        pip = [uv, "tool", "run", "--quiet", "pip"]
    command = [*pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(wheels), requirement]
    subprocess.run(command, check=True)  # noqa: S603  # fixed words and a pinned release
    unpacking = root.with_suffix(".unpacking")
    shutil.rmtree(unpacking, ignore_errors=True)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacking)  # zipfile itself keeps members inside
    unpacking.replace(root)
    shutil.rmtree(wheels)
