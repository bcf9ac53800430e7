"""The long run of the second fuzzer, in parts: each part with two hash seeds, which must print the same.

    nice uv run python tests/fuzz/token_run.py --inputs 100000 --write

Results are in `.cache/token_run.jsonl`, a line for each part, so that an interrupted run continues where it stopped.
`--write` puts the figures into docs/diagnostics.md.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "diagnostics.md"
DONE = HERE.parents[1] / ".cache" / "token_run.jsonl"
HASH_SEEDS = ("1", "2")
_SAID = re.compile(r"inputs from \d+: exits (?P<exits>\{.*\}), (?P<faults>\d+) faults, (?P<digest>\w+)")
_RECORD = re.compile(r"(?<=<!-- tokens: begin -->\n).*(?=<!-- tokens: end -->)", re.DOTALL)


def part(first: int, count: int) -> dict[str, Any]:
    """The results for the inputs of some seeds with both hash seeds."""
    command = [sys.executable, str(HERE / "token_fuzz.py"), "--inputs", str(count), "--seed", str(first)]
    said = []
    for seed in HASH_SEEDS:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [*command, "--commands", "1"], env=environment, capture_output=True, text=True, check=False
        )
        said.append(done.stdout if _SAID.search(done.stdout) else done.stdout + done.stderr[-2000:])
    found = [_SAID.search(text) for text in said]
    exits = json.loads(found[0]["exits"]) if found[0] else {}
    return {
        "first": first,
        "count": count,
        "exits": exits,
        "faults": sum(int(each["faults"]) if each else 1 for each in found),
        "same": len({each["digest"] if each else "" for each in found}) == 1,
        "said": "" if all(each and each["faults"] == "0" for each in found) else "\n".join(said),
    }


def report(parts: list[dict[str, Any]]) -> Iterator[str]:
    """The figures, in Markdown."""
    exits: dict[str, int] = {}
    for each in parts:
        for code, count in each["exits"].items():
            exits[code] = exits.get(code, 0) + count
    inputs, faults = sum(each["count"] for each in parts), sum(each["faults"] for each in parts)
    different = sum(not each["same"] for each in parts)
    counts = ", ".join(f"{count:,} exits of {code}" for code, count in sorted(exits.items()))
    command = f"tests/fuzz/token_run.py --inputs {inputs}"
    yield f"{time.strftime('%Y-%m-%d')}, `{command}`, Python {platform.python_version()}:\n\n"
    yield f"- {inputs:,} documents, each through one of the commands, under two hash seeds: {counts}.\n"
    yield f"- {faults} faults (an exit of 3, a traceback, five seconds of processor time, an escape sequence), "
    yield f"{different} differences between the hash seeds.\n"


def main() -> int:
    """Run the missing parts; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1_000_000, help="the first of them")
    parser.add_argument("--at-a-time", type=int, default=1_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    DONE.parent.mkdir(exist_ok=True)
    DONE.touch()
    parts = [json.loads(line) for line in DONE.read_text(encoding="utf-8").splitlines()]
    done = {each["first"] for each in parts}
    for first in range(given.seed, given.seed + given.inputs, given.at_a_time):
        if first not in done:
            parts.append(part(first, min(given.at_a_time, given.seed + given.inputs - first)))
            with DONE.open("a", encoding="utf-8") as file:
                file.write(json.dumps(parts[-1]) + "\n")
    shown = "".join(report(parts))
    print(shown, *(each["said"] for each in parts if each["said"]), sep="\n")  # noqa: T201
    if given.write:
        PAGE.write_text(_RECORD.sub(lambda _: shown, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if any(each["faults"] or not each["same"] for each in parts) else 0


if __name__ == "__main__":
    sys.exit(main())
