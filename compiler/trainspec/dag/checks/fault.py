"""What is wrong with a DAG, as the checks of this folder tell it."""

from dataclasses import dataclass

from trainspec.diagnostics import Code
from trainspec.text.tree import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that Airflow would refuse, at a path of the document.

    `on_key` where the path's last key is meant and not what stands there; `other` is a second place that has to do with
    it; `fix` is the text that must stand at the path, where nothing else can have been meant.
    """

    code: Code
    path: Path
    message: str
    advice: str | None = None
    on_key: bool = False
    other: Path | None = None
    fix: str | None = None
