"""`trainspec lint` against check-jsonschema with our schema, which does less: it looks at each value alone."""

from measure import Bench, Command, Figures, forgets, ratio
from peers import SCHEMA, peer, trainspec
from specs import write_specs
from table import Line

PEER = "check-jsonschema"


def one(bench: Bench) -> list[Line]:
    """One spec: without a cache, and unchanged since the last run; Python alone, as the lower limit."""
    folder = bench.folder()
    (folder / ".git").mkdir()
    (spec,) = write_specs(folder / "specs", 1)
    commands = {
        "cold": Command([str(trainspec() / "trainspec"), "lint", str(spec)], folder, forgets()),
        "warm": Command([str(trainspec() / "trainspec"), "lint", str(spec)], folder),
        "peer": Command([str(peer(PEER) / PEER), "--schemafile", str(SCHEMA), str(spec)], folder),
        "python": Command([str(trainspec() / "python"), "-c", "pass"], folder),
    }
    figures = bench.alternate(commands)
    floor = f"Python alone: {figures['python']}"
    return [
        _line("lint of one spec, without a cache", figures["cold"], figures["peer"], 0.5, floor),
        _line("the same, unchanged", figures["warm"], figures["peer"], 0.2, floor),
    ]


def two_hundred(bench: Bench) -> list[Line]:
    """200 specs."""
    return _many(bench, 200, bench.runs)


def ten_thousand(bench: Bench) -> list[Line]:
    """10,000 specs."""
    return _many(bench, 10_000, min(bench.runs, 2))


def _many(bench: Bench, wanted: int, runs: int) -> list[Line]:
    folder, count = bench.folder(), bench.few(wanted)
    (folder / ".git").mkdir()
    specs = [str(path.relative_to(folder)) for path in write_specs(folder / "specs", count)]
    commands = {
        "cold": Command([str(trainspec() / "trainspec"), "lint"], folder, forgets()),
        "warm": Command([str(trainspec() / "trainspec"), "lint"], folder),
        "peer": Command([str(peer(PEER) / PEER), "--schemafile", str(SCHEMA), *specs], folder),
    }
    figures = bench.alternate(commands, runs)
    cold = figures["cold"]
    note = f"{min(cold.cpu) / count * 1000:.2f} ms CPU a spec; {cold.megabytes:.0f} MB"
    return [
        _line(f"lint of {count:,} specs, without a cache", cold, figures["peer"], 0.5, note),
        _line("the same, unchanged", figures["warm"], figures["peer"], 0.5, f"{figures['warm'].megabytes:.0f} MB"),
    ]


def _line(what: str, ours: Figures, theirs: Figures, bar: float, note: str) -> Line:
    by_cpu = f"by CPU {ratio(ours.cpu, theirs.cpu):.3f}"
    return Line(what, str(ours), PEER, str(theirs), ratio(ours.wall, theirs.wall), bar, f"{by_cpu}; {note}")
