"""pre-commit on one changed spec of a thousand: what lint adds to a hook that does nothing."""

import os
import statistics
import subprocess

from measure import Bench, Command, forgets
from peers import peer, trainspec
from specs import spec, write_specs
from table import Line

_HOOKS = """\
repos:
  - repo: local
    hooks:
      - id: {id}
        name: {id}
        entry: "{entry}"
        language: system
        files: ^specs/
        require_serial: true
"""


def one_of_a_thousand(bench: Bench) -> list[Line]:
    """The hook's time less that of one that runs `true`, against a single `trainspec lint` without a cache."""
    folder = bench.folder()
    specs = write_specs(folder / "specs", bench.few(1_000))
    (folder / ".gitignore").write_text("*.hooks.yaml\n")
    lint = f"{trainspec() / 'trainspec'} lint"
    for name, entry in (("lint", lint), ("bare", "true")):
        (folder / f"{name}.hooks.yaml").write_text(_HOOKS.format(id=name, entry=entry))
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run(["git", *identity, "commit", "-qm", "specs", "--no-verify"], cwd=folder, check=True)
    os.environ["PRE_COMMIT_HOME"] = str(bench.folder())
    state = [0]

    def change() -> None:
        state[0] += 1
        specs[7].write_text(spec(7).replace("max_runtime: 2h", f"max_runtime: {7200 + state[0]}s"))
        subprocess.run(["git", "add", str(specs[7])], cwd=folder, check=True)

    def hook(name: str) -> list[str]:
        return [str(peer("pre-commit") / "pre-commit"), "run", "--config", f"{name}.hooks.yaml"]

    alone = bench.folder()
    (alone / ".git").mkdir()
    (single,) = write_specs(alone / "specs", 1)
    figures = bench.alternate(
        {
            "lint": Command(hook("lint"), folder, change),
            "bare": Command(hook("bare"), folder, change),
            "single": Command([*lint.split(), str(single)], alone, forgets()),
        }
    )
    extra = [one - other for one, other in zip(figures["lint"].cpu, figures["bare"].cpu, strict=True)]
    single_cpu = figures["single"].cpu
    return [
        Line(
            f"pre-commit on one changed spec of {len(specs):,}, over a bare hook", f"{_ms(extra)} CPU",
            "a single lint, without a cache", f"{_ms(single_cpu)} CPU",
            statistics.median(one / other for one, other in zip(extra, single_cpu, strict=True)), 1.5, "by CPU",
        )
    ]  # fmt: skip


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:,.0f} ms"
