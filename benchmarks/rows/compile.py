"""`trainspec compile` of 1,000 specs against dag-factory, which reads the same DAGs whenever Airflow parses them."""

import json
import os
import subprocess
from pathlib import Path

from measure import Bench, Command, ratio, removes
from peers import peer, trainspec
from specs import dag_factory, spec, write_specs
from table import Line

_LOADER = """\
from pathlib import Path

from airflow import DAG  # noqa: F401  # Airflow reads files that hold these words
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), dags_folder=str(Path(__file__).parent / "yaml"))
"""
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
            "new": Command(program, folder, removes(folder / ".trainspec_cache", folder / "generated_dags")),
            "one": Command(program, folder, change),
            "none": Command(program, folder),
        },
        runs,
    )
    theirs = [_dagbag(bench, count) for _ in range(runs)]
    shown = f"{theirs[0][1] * 1000:,.0f} ms ({theirs[0][0] * 1000:,.0f} CPU)"
    rows = (("all new", "new", 0.5), ("one changed", "one", 0.05), ("none changed", "none", 0.05))
    return [
        Line(
            f"compile of {count:,} specs, {what}", str(figures[name]), "dag-factory, one parse", shown,
            ratio(figures[name].cpu, [cpu for cpu, _ in theirs]), bar,
            f"by CPU; by wall {ratio(figures[name].wall, [wall for _, wall in theirs]):.3f}",
        )
        for what, name, bar in rows
    ]  # fmt: skip


def _dagbag(bench: Bench, count: int) -> tuple[float, float]:
    """The processor's and the wall's seconds of DagBag for `count` of dag-factory's DAGs, Airflow being loaded."""
    home = bench.folder()
    (home / "dags" / "yaml").mkdir(parents=True)
    (home / "dags" / "load.py").write_text(_LOADER)
    for number in range(count):
        (home / "dags" / "yaml" / f"churn_{number:05}.yml").write_text(dag_factory(number))
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "3600",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    script = Path(__file__).parent.parent / "dagbag.py"
    done = subprocess.run(
        [str(peer("dag-factory") / "python"), str(script), str(home / "dags"), *_LOADED],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = json.loads(done.stdout.strip().splitlines()[-1])
    if said["dags"] != count:
        raise SystemExit(f"dag-factory loaded {said['dags']} of {count} DAGs: {said['errors']}")
    return said["cpu"], said["wall"]
