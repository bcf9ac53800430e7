"""`trainspec compile` of 1,000 specs against dag-factory, which reads the same DAGs whenever Airflow parses them."""

from in_airflow import bagged
from measure import Bench, Command, forgets, ratio
from peers import trainspec
from specs import spec, write_specs
from table import Line

from rows.factory import write_dag_factory

_LOADED = ("dagfactory", "airflow.providers.amazon.aws.operators.sagemaker")


def thousand(bench: Bench) -> list[Line]:
    """All new, one changed, none changed; each as a whole process, against nothing but DagBag's own time."""
    folder, count = bench.folder(), bench.few(1_000)
    (folder / ".git").mkdir()
    specs = write_specs(folder / "specs", count)
    program = [str(trainspec() / "trainspec"), "compile"]
    state = [0]

    def change() -> None:
        state[0] += 1
        specs[7].write_text(spec(7).replace("max_runtime: 2h", f"max_runtime: {7200 + state[0]}s"))

    runs = min(bench.runs, 3)
    figures = bench.alternate(
        {
            "new": Command(program, folder, forgets(folder / "generated_dags")),
            "one": Command(program, folder, change),
            "none": Command(program, folder),
        },
        runs,
    )
    dags = bench.folder() / "dags"
    write_dag_factory(dags, count)
    theirs = [bagged(bench, dags, count, _LOADED) for _ in range(runs)]
    shown = f"{theirs[0][1] * 1000:,.0f} ms ({theirs[0][0] * 1000:,.0f} CPU)"
    rows = (("all new", "new", 0.5), ("one changed", "one", 0.05), ("none changed", "none", 0.05))
    return [
        Line(
            f"compile of {count:,} specs, {what}", str(figures[name]), "dag-factory, one parse", shown,
            ratio(figures[name].wall, [wall for _, wall in theirs]), bar,
            f"by wall; by CPU {ratio(figures[name].cpu, [cpu for cpu, _ in theirs]):.3f}",
        )
        for what, name, bar in rows
    ]  # fmt: skip
