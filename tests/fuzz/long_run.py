"""The long run, recorded: random structures in several processes, then atheris on bytes. Prints the results.

    nice uv run --group fuzz python tests/fuzz/long_run.py --structures 100000 --bytes 100000 --write

Every structure is analysed and, if it has no errors, compiled for each major of Airflow; every tenth goes through the
commands `lint` and `compile`, in its own project. The invariants are in invariants.py and commands.py.
`--write` puts the figures into docs/diagnostics.md.
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
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from commands import project_of_its_own, run_commands
from invariants import Counts, hold
from structures import CORPUS, spec
from test_fuzz import HERE, Chance, kind_of

PAGE = HERE.parents[1] / "docs" / "diagnostics.md"
EVERY = 10
_AT_A_TIME = 500
_RUNS = re.compile(r"Done (\d+) runs? in (\d+) second")
_RECORD = re.compile(r"(?<=<!-- fuzzed: begin -->\n).*(?=<!-- fuzzed: end -->)", re.DOTALL)


@dataclass
class Seen:
    """Results of structures: their counts, how many went through the commands, and one failure of each kind."""

    counts: Counts = field(default_factory=Counts)
    commands: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Seen") -> None:
        """Add those of another process."""
        self.counts.add(other.counts)
        self.commands += other.commands
        self.faults |= other.faults


def structures(first: int, count: int) -> Seen:
    """Try the structures of `count` seeds."""
    seen = Seen()
    with project_of_its_own() as project:
        for seed in range(first, first + count):
            content = spec(Chance(seed))
            try:
                hold(content, seen.counts)
                if seed % EVERY == 0:
                    seen.commands += 1
                    run_commands(content, project)
            except Exception as error:
                seen.faults.setdefault(kind_of(error), f"seed {seed}: {content[:400]!r}")
    return seen


def many_structures(count: int, processes: int) -> Seen:
    """Try `count` structures; print the progress."""
    seen, start = Seen(), time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        starts = range(0, count, _AT_A_TIME)
        waiting = [pool.submit(structures, first, min(_AT_A_TIME, count - first)) for first in starts]
        for done in as_completed(waiting):
            seen.add(done.result())
            if seen.counts.inputs % 5_000 == 0:
                print(f"  {seen.counts} in {time.monotonic() - start:.0f} s", flush=True)  # noqa: T201
    return seen


def many_bytes(count: int) -> tuple[int, str]:
    """Let atheris try `count` inputs: how many it tried, and its output if one failed."""
    with tempfile.TemporaryDirectory() as folder:
        options = [f"-runs={count}", "-timeout=60", "-rss_limit_mb=2048", "-seed=1", f"-artifact_prefix={folder}/"]
        command = [sys.executable, str(HERE / "fuzz_bytes.py"), *options, folder, str(CORPUS)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    runs = _RUNS.search(done.stderr)
    return int(runs[1]) if runs else 0, "" if done.returncode == 0 else (done.stderr + done.stdout)[-2000:]


def report(seen: Seen, tried: int, failed: str, command: str) -> Iterator[str]:
    """The figures, in Markdown."""
    packages = ("pyyaml", "jinja2", "jsonschema", "pydantic", "atheris")
    versions: Mapping[str, str] = {name: importlib.metadata.version(name) for name in packages}
    yield f"{time.strftime('%Y-%m-%d')}, `{command}`, Python {platform.python_version()}, "
    yield ", ".join(f"{name} {version}" for name, version in versions.items()) + ":\n\n"
    yield f"- {seen.counts.inputs + tried:,} inputs in all, {len(seen.faults) + bool(failed)} kinds of failure.\n"
    yield f"- Structures: {seen.counts}. {seen.commands:,} of them went through the commands as well.\n"
    yield f"- Bytes: {tried:,} inputs of atheris.\n"
    yield from (f"- FAILED: {kind}\n" for kind in seen.faults)


def main() -> int:
    """Run both; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--structures", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    command = f"tests/fuzz/long_run.py --structures {given.structures} --bytes {given.bytes}"
    seen = many_structures(given.structures, given.processes)
    tried, failed = many_bytes(given.bytes) if given.bytes else (0, "")
    shown = "".join(report(seen, tried, failed, command))
    print(shown, *seen.faults.values(), failed, sep="\n")  # noqa: T201
    if given.write:
        PAGE.write_text(_RECORD.sub(lambda _: shown, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if seen.faults or failed else 0


if __name__ == "__main__":
    sys.exit(main())
