"""The long run, recorded: random structures in several processes, then atheris on bytes. Prints what it has seen.

    nice uv run --group fuzz python tests/fuzz/long_run.py --structures 100000 --bytes 100000

Every structure is analysed and, where it has no errors, compiled for each major of Airflow; every tenth goes through
the commands `lint` and `compile`, in a project of its own. What must hold stands in invariants.py and commands.py.
"""

import argparse
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from commands import project_of_its_own, run_commands
from invariants import Counts, hold
from structures import CORPUS, spec
from test_fuzz import HERE, Chance, kind_of

EVERY = 10
_AT_A_TIME = 500
_RUNS = re.compile(r"Done (\d+) runs? in (\d+) second")


def structures(first: int, count: int) -> tuple[Counts, int, dict[str, str]]:
    """The structures of `count` seeds: their counts, how many went through the commands, and failures by their kind."""
    counts, commands, faults = Counts(), 0, dict[str, str]()
    with project_of_its_own() as project:
        for seed in range(first, first + count):
            content = spec(Chance(seed))
            try:
                hold(content, counts)
                if seed % EVERY == 0:
                    commands += 1
                    run_commands(content, project)
            except Exception as error:
                faults.setdefault(kind_of(error), f"seed {seed}: {content[:400]!r}")
    return counts, commands, faults


def many_structures(count: int, processes: int) -> bool:
    """Print what came of `count` structures. False where one failed."""
    start = time.monotonic()
    counts, commands, faults = Counts(), 0, dict[str, str]()
    with ProcessPoolExecutor(processes) as pool:
        starts = range(0, count, _AT_A_TIME)
        waiting = [pool.submit(structures, first, min(_AT_A_TIME, count - first)) for first in starts]
        for done in as_completed(waiting):
            part, through, failed = done.result()
            counts.add(part)
            commands += through
            faults |= failed
            if counts.inputs % 5_000 == 0:
                print(f"  {counts} in {time.monotonic() - start:.0f} s", flush=True)  # noqa: T201
    print(f"structures: {counts}; {commands:,} through the commands; {time.monotonic() - start:.0f} s")  # noqa: T201
    for kind, example in faults.items():
        print(f"  FAILED {kind}\n    {example}")  # noqa: T201
    return not faults


def many_bytes(count: int) -> bool:
    """Print what came of `count` inputs of atheris. False where one failed."""
    with tempfile.TemporaryDirectory() as folder:
        options = [f"-runs={count}", "-timeout=60", "-rss_limit_mb=2048", "-seed=1", f"-artifact_prefix={folder}/"]
        command = [sys.executable, str(HERE / "fuzz_bytes.py"), *options, folder, str(CORPUS)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    said = done.stderr + done.stdout
    runs = _RUNS.search(said)
    told = f"{int(runs[1]):,} inputs in {runs[2]} s" if runs else "stopped early"
    print(f"bytes (atheris): {told}; {'0 failed' if done.returncode == 0 else said[-2000:]}")  # noqa: T201
    return done.returncode == 0


def main() -> int:
    """Run both; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--structures", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    packages = ("pyyaml", "jinja2", "jsonschema", "pydantic")
    shown = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {shown}", flush=True)  # noqa: T201
    are_sound = [many_structures(given.structures, given.processes) if given.structures else True]
    are_sound.append(many_bytes(given.bytes) if given.bytes else True)
    return 0 if all(are_sound) else 1


if __name__ == "__main__":
    sys.exit(main())
