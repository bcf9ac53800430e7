"""What generated DAG files cost Airflow whenever it reads them, against those of others with the same two tasks."""

import re
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from in_airflow import bagged, said_inside
from measure import Bench, ratio
from peers import trainspec
from specs import STOCK_OPERATORS, spec, tuned_spec, write_specs
from table import Line

from rows.factory import write_dag_factory

_TASK = re.compile(
    r"^( +)(\w+) = (?:Training|Tuning)JobOperator\(\n\1    task_id=(\"\w+\"),\n(?:\1    .*\n)+\1\)$", re.MULTILINE
)
_TUNING_TASK = re.compile(r"SageMakerTuningOperator\(\n(?:.*\n)*?    \)$", re.MULTILINE)


def two_hundred(bench: Bench) -> list[Line]:
    """200 DAGs in one process that has Airflow loaded, but no operator."""
    count = bench.few(200)
    ours, empty, stock = _folders(bench, count)
    factory = bench.folder() / "dags"
    write_dag_factory(factory, count)
    folders = {"ours": ours, "empty": empty, "stock": stock, "dag-factory": factory}
    cpu = _cpu(bench, folders, count)
    rows = (
        ("empty", "EmptyOperator", 1.25),
        ("stock", "the provider's operator", 0.4),
        ("dag-factory", "dag-factory", 0.15),
    )
    return [
        Line(
            f"DagBag of {count} generated DAGs", f"{_ms(cpu['ours'])} CPU", against, f"{_ms(cpu[name])} CPU",
            ratio(cpu["ours"], cpu[name]), bar, "by CPU; the operators' imports are part of it",
        )
        for name, against, bar in rows
    ]  # fmt: skip


def two_hundred_tuned(bench: Bench) -> list[Line]:
    """200 DAGs of a tuning and a training job, in one process that has Airflow loaded, but no operator."""
    count = bench.few(200)
    tuned, empty, by_hand = _folders(bench, count, tuned_spec)
    training, _, _ = _folders(bench, count)
    folders = {"tuned": tuned, "empty": empty, "by hand": by_hand, "training": training}
    cpu = _cpu(bench, folders, count)
    rows = (
        ("empty", "EmptyOperator", 1.25),
        ("training", "the same with training jobs only", 1.25),
        ("by hand", "SageMakerTuningOperator", 1.0),
    )
    return [
        Line(
            f"DagBag of {count} generated DAGs with a tuning job", f"{_ms(cpu['tuned'])} CPU", against,
            f"{_ms(cpu[name])} CPU", ratio(cpu["tuned"], cpu[name]), bar,
            "by CPU; the operators' imports are part of it",
        )
        for name, against, bar in rows
    ]  # fmt: skip


def _cpu(bench: Bench, folders: Mapping[str, Path], count: int) -> dict[str, list[float]]:
    """Seconds of the processor for the DagBag of each folder of `count` DAGs, read in turn."""
    for folder in folders.values():
        bagged(bench, folder, count)  # Python keeps what it has compiled
    turns = [{name: bagged(bench, folder, count) for name, folder in folders.items()} for _ in range(bench.runs)]
    return {name: [turn[name][0] for turn in turns] for name in folders}


def one_forked(bench: Bench) -> list[Line]:
    """One file, in a child that the DAG processor forks."""
    ours, empty, _ = _folders(bench, 1)
    files = [str(next(folder.glob("*.py"))) for folder in (ours, empty)]
    figures = said_inside(bench, "forked.py", str(1 if bench.is_quick else bench.runs * 5), *files)
    cpu, wall = ([[run[at] for run in figures[path]] for path in files] for at in (0, 1))
    return [
        Line(
            "one generated file, forked from a warm parent", f"{_ms(wall[0])} ({_ms(cpu[0])} CPU)",
            "EmptyOperator file", f"{_ms(wall[1])} ({_ms(cpu[1])} CPU)", ratio(*cpu), 1.2,
            f"by CPU; by wall {ratio(*wall):.3f}",
        )
    ]  # fmt: skip


def imported(bench: Bench) -> list[Line]:
    """Each operator's import. Raises SystemExit where it brings a module that has no place in a DAG file's parse."""
    return [_imported(bench, operator) for operator in ("TrainingJobOperator", "TuningJobOperator")]


def _imported(bench: Bench, operator: str) -> Line:
    said_inside(bench, "imported.py", operator)  # Python keeps what it has compiled
    runs = [said_inside(bench, "imported.py", operator) for _ in range(bench.runs)]
    modules = runs[0]["modules"]
    heavy = [name for name in modules if name.partition(".")[0] in ("boto3", "botocore", "pydantic", "jsonschema")]
    if heavy:
        raise SystemExit(f"trainspec.runtime imports {', '.join(heavy)}")
    cpu = [run["cpu"] for run in runs]
    return Line(
        f"import of {operator} after airflow.sdk", f"{_ms(cpu)} CPU", "15 ms", "15 ms",
        statistics.median(cpu) / 0.015, 1.0, f"{len(modules)} modules, none of boto3, pydantic, jsonschema",
    )  # fmt: skip


def _folders(bench: Bench, count: int, text: Callable[[int], str] = spec) -> tuple[Path, Path, Path]:
    """Folders of the same DAGs: generated, with EmptyOperators instead, and with stock operators."""
    project = bench.folder()
    (project / ".git").mkdir()
    write_specs(project / "specs", count, text)
    subprocess.run([str(trainspec() / "trainspec"), "compile"], cwd=project, capture_output=True, check=True)
    ours = project / "generated_dags"
    empty, stock = project / "empty", project / "stock"
    for folder, made in ((empty, _with_empty), (stock, _with_stock)):
        folder.mkdir()
        for path in ours.glob("*.py"):
            (folder / path.name).write_text(made(path.read_text()))
    return ours, empty, stock


def _with_empty(text: str) -> str:
    text = re.sub(
        r"from trainspec\.runtime import .*",
        "from airflow.providers.standard.operators.empty import EmptyOperator",
        text,
    )
    return _TASK.sub(r"\1\2 = EmptyOperator(task_id=\3)", text)


def _with_stock(text: str) -> str:
    text = re.sub(r"^ +(?:spec|max_attempts)=.*\n", "", text, flags=re.MULTILINE)
    text = text.replace('action_if_job_exists="increment"', 'action_if_job_exists="timestamp"')
    text = text.replace("from trainspec.runtime import", f"from {STOCK_OPERATORS} import")
    text = re.sub(r"\b(Training|Tuning)JobOperator\b", r"SageMaker\1Operator", text)
    return _TUNING_TASK.sub(lambda task: re.sub(r" +action_if_job_exists=.*\n", "", task[0]), text)


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:,.1f} ms"
