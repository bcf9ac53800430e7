"""A folder of code packed by `lint`, against `tar czf` of the same files; and its cost once nothing has changed."""

import random
import shutil
import statistics
from pathlib import Path

from measure import Bench, Command, forgets, removes
from peers import trainspec
from specs import spec
from table import Line

FILES, EACH = 1_000, 50_000
"""Files, and bytes of each: 50 MB in all."""
FEW = 20
BAR_MS = 20
_WORDS = ("def", "return", "import", "model", "batch", "loss", "epoch", "tensor", "for", "self", "optimizer")


def thousand_files(bench: Bench) -> list[Line]:
    """A folder of 1,000 files and 50 MB, and a small one."""
    folder = bench.folder()
    (folder / ".git").mkdir()
    (folder / "specs").mkdir()
    count = bench.few(FILES)
    _write(folder / "large", count)
    _write(folder / "small", FEW)
    plain = spec(0)
    for name in ("large", "small"):
        source = f"    source: {{dir: ../{name}, entry: train.py, upload: s3://my-bucket/code/}}\n"
        (folder / "specs" / f"{name}.yaml").write_text(plain.replace("churn_00000", name) + source)
    (folder / "specs" / "plain.yaml").write_text(plain)
    archive = folder / "large.tar.gz"
    lint = [str(trainspec() / "trainspec"), "lint"]
    commands = {
        "cold": Command([*lint, "specs/large.yaml"], folder, forgets()),
        "tar": Command([shutil.which("tar") or "tar", "czf", str(archive), "large"], folder, removes(archive)),
    }
    figures = bench.alternate(commands)
    names = ("plain", "small", "large")  # the cold one is separate: before it, the cache is removed
    figures |= bench.alternate({name: Command([*lint, f"specs/{name}.yaml"], folder) for name in names})
    shown = statistics.median(figures["cold"].wall) / statistics.median(figures["tar"].wall)
    megabytes = f"{count:,} files, {count * EACH / 1e6:.0f} MB"
    what = f"lint of a spec with a source folder, without a cache: {megabytes}"
    lines = [
        Line(what, str(figures["cold"]), "tar czf", str(figures["tar"]), shown, 1.5, "packed and searched for secrets")
    ]
    for name, files in (("small", FEW), ("large", count)):
        pairs = zip(figures[name].cpu, figures["plain"].cpu, strict=True)
        more = statistics.median(one - other for one, other in pairs) * 1000
        what = f"the same, {files:,} files unchanged"
        note = f"{more:.1f} ms of CPU more than without a source; the bar is {BAR_MS} ms"
        lines.append(Line(what, str(figures[name]), "without", str(figures["plain"]), more / BAR_MS, 1.0, note))
    return lines


def _write(folder: Path, count: int) -> None:
    folder.mkdir()
    chance = random.Random(1)  # noqa: S311 - text, no secret
    for number in range(count):
        words = " ".join(chance.choices(_WORDS, k=EACH // 6))
        name = "train.py" if not number else f"module_{number}.py"
        (folder / name).write_text("\n".join(f"# {words[at : at + 90]}" for at in range(0, len(words), 90))[:EACH])
