"""Repeats a function whenever a spec, a fragment or the settings change, until Ctrl-C."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from trainspec.cli.reading import project_here
from trainspec.project.project import SETTINGS, UsageError, find_specs

_PAUSE = 0.5


def watch(run: Callable[[], object]) -> NoReturn:
    """Run, and again after each change. A fault of usage is shown, and ends with the next change."""
    while True:
        before = _states()
        try:
            run()
        except UsageError as error:
            print(f"trainspec: {error}", file=sys.stderr)
        print("Watching for changes; press Ctrl-C to stop.", file=sys.stderr, flush=True)
        while _states() == before:
            time.sleep(_PAUSE)
        print(f"\n--- {time.strftime('%H:%M:%S')}", file=sys.stderr)


def _states() -> Mapping[Path, tuple[int, int]]:
    """Size and time of each file that counts."""
    try:
        project = project_here()
        files = [*find_specs([], project), *(project.root / name for name in SETTINGS)]
    except UsageError:
        files = [Path(name) for name in SETTINGS]
    found = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found[file] = (status.st_size, status.st_mtime_ns)
    return found
