"""DAG files in random mixtures of styles: `import` gives what Airflow has, or its line is noted.

Whatever is missing in a spec must be noted with one of the lines that create it, as the generator and Airflow itself
know them: the lines of its task or DAG, of what contains it, or of an edge's creation.

`IMPORT_FILES=500 pytest tests/airflow/test_airflow_import_random.py` tries more of them; `IMPORT_FIRST` is the number
of the first; `--log-cli-level=info` logs how many were imported completely.
"""

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow
from random_dags import HELPERS, random_file
from random_values import Span
from trainspec.cli.imported import report
from trainspec.diagnostics import Severity
from trainspec.editing.format import formatted
from trainspec.importers.dag_file import import_straight, read_bounded
from trainspec.importers.load.run import Loaded, read_found, write_archive
from trainspec.importers.load.straight import straight_of
from trainspec.importers.model import CannotImportError, Imported
from trainspec.importers.sources import read_file
from trainspec.importers.write import spec_text
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.request.check import printable
from trainspec.schema.values import leaves
from trainspec.text.source import Source

HERE = Path(__file__).parent
FILES = range(int(os.environ.get("IMPORT_FIRST", "1")), int(os.environ.get("IMPORT_FIRST", "1")) + int(
    os.environ.get("IMPORT_FILES", "30")))  # fmt: skip
WAYS = ("read", "load")
_RENAMED = ("this task is called", "the id of the task group is not a literal", "`task_id` is not a literal",
            "dag_id is not a literal")  # fmt: skip
"""Notes that an id of the spec is not the file's."""


@dataclass(frozen=True)
class Spec:
    """An imported spec: the id of its DAG, edges, task groups and requests by task, and the lines of its notes."""

    dag_id: str
    edges: Mapping[str, set[str]]
    groups: Mapping[str, str]
    requests: Mapping[str, Any]
    noted: frozenset[int]


@dataclass(frozen=True)
class Difference:
    """A difference between a spec and Airflow. `is_loss`: the spec only has less.

    It was created by the spans of `names`, and by what Airflow did at `lines`.
    """

    text: str
    is_loss: bool
    names: tuple[str, ...]
    lines: tuple[int, ...] = ()


@pytest.fixture(scope="module")
def folder(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, and below `out` what Airflow found in them."""
    if airflow.version == "2.11":
        pytest.skip("the files import airflow.sdk")
    folder = tmp_path_factory.mktemp(f"random{airflow.version}")
    (folder / "out").mkdir()
    (folder / "random_helpers.py").write_text(HELPERS)
    for number in FILES:
        (folder / f"random_{number}.py").write_text(random_file(number)[0])
    archive = folder / "read_dags.pyz"
    write_archive(archive)
    airflow.python(str(HERE / "load_many.py"), str(archive), str(folder), str(folder / "out"))
    return folder


Imports = Mapping[tuple[int, str], list[Imported] | None]


@pytest.fixture(scope="module")
def imports(folder: Path) -> Imports:
    """The result of each way for each file; None if it rejects the file."""
    return {(number, way): found_by(way, folder / f"random_{number}.py") for number in FILES for way in WAYS}


@pytest.fixture(scope="module")
def compiled(airflow: Airflow, folder: Path, imports: Imports) -> Mapping[tuple[int, str], Mapping[str, Any]]:
    """The DAGs that Airflow finds in what the imported specs compile to, by file and way, if they compile."""
    made = folder / "compiled"
    (made / "out").mkdir(parents=True)
    (made / "random_helpers.py").write_text(HELPERS)
    stems: dict[str, str] = {}
    compiled: dict[tuple[int, str], list[str]] = {}
    for key, found in imports.items():
        texts = [text for imported in found or () if (text := compiled_text(imported))]
        compiled[key] = [stems.setdefault(text, f"random_{len(stems)}") for text in texts]  # both ways may agree
    for text, stem in stems.items():
        (made / f"{stem}.py").write_text(text)
    airflow.python(str(HERE / "load_many.py"), str(folder / "read_dags.pyz"), str(made), str(made / "out"), "truth")
    loaded = {stem: json.loads((made / "out" / f"{stem}.truth").read_text()) for stem in stems.values()}
    assert not any(each["errors"] for each in loaded.values()), loaded
    return {
        key: {name: dag for stem in found for name, dag in loaded[stem]["dags"].items()}
        for key, found in compiled.items()
    }


def compiled_text(imported: Imported) -> str | None:
    """The DAG file of an imported spec; None if the spec has errors."""
    analysis = analyse(Source("imported.yaml", spec_text(imported)), Options())
    has_errors = any(each.severity is Severity.ERROR for each in analysis.findings)
    return None if has_errors else generate(analysis, Options())


def found_by(way: str, file: Path) -> list[Imported] | None:
    try:
        if way == "read":
            return read_file(file)
        found = file.parent / "out" / f"{file.stem}.found"
        loaded = Loaded(read_found(found), read_found(Path(f"{found}.later")))
        return read_bounded(lambda: import_straight(straight_of(loaded)))
    except CannotImportError:
        return None


def spec_of(imported: Imported) -> tuple[Spec, bool]:
    """The spec, and whether the command reports nothing about it."""
    text = formatted(Source("imported.yaml", spec_text(imported))).text
    is_whole = report(imported, text)
    analysis = analyse(Source("imported.yaml", text), Options())
    sections: list[Any] = [analysis.data.get(name, {}) for name in ("jobs", "sensors", "tasks", "triggers")]
    tasks = {name: task or {} for section in sections for name, task in section.items()}
    waits = {name: task.get("depends_on", []) for name, task in tasks.items()}
    groups = {name: task.get("task_group", "") for name, task in tasks.items()}
    edges = {name: {each} if isinstance(each, str) else set(each) for name, each in waits.items()}
    requests = {name: printable(made.members) for name, made in analysis.requests.items()}
    noted = frozenset(int(each) for note in imported.notes for each in re.findall(r"^(?:.*: )?line (\d+): ", note))
    return Spec(str(analysis.data.get("dag", {}).get("id")), edges, groups, requests, noted), is_whole


def differences(truth: Mapping[str, Any], spec: Spec) -> Iterator[Difference]:
    """The differences between a spec and Airflow."""
    mapped = {f"{name}_{index}": name for name, configs in truth["mapped"].items() for index in range(len(configs))}
    edges = {mapped.get(task, task): {mapped.get(each, each) for each in before} for task, before in spec.edges.items()}
    renamed = edges.keys() - truth["edges"].keys()
    yield from (Difference(f"the task {each}", False, (each,)) for each in renamed)
    lost = truth["edges"].keys() - edges.keys()
    yield from (Difference(f"the task {each}", True, (each,)) for each in lost)
    for task in edges.keys() & truth["edges"].keys():
        wanted = {each for before in truth["edges"][task] for each in through(truth["edges"], before, lost)}
        waits = {each for before in edges[task] for each in through(edges, before, renamed)}
        for is_loss, others in ((True, wanted - waits), (False, waits - wanted)):
            for other in others:
                if is_loss and other not in truth["edges"][task] and other in all_before(edges, task):
                    continue  # it precedes a lost task, and is waited for through another task
                lines = tuple(truth["lines"].get(f"{other} to {task}", ()))
                yield Difference(f"the edge {other} to {task}", is_loss, (), lines)
    yield from of_groups(truth, spec, mapped)
    for task, config in truth["configs"].items():
        if task in edges and spec.requests.get(task) != config:
            yield from of_request(task, config, spec.requests.get(task) or {})
    for task, configs in truth["mapped"].items():
        for index, config in enumerate(configs):
            request = spec.requests.get(f"{task}_{index}")
            if task in edges and request is None:
                yield Difference(f"the task instance {index} of {task}", True, (task,))
            elif request is not None and request != config:
                yield from of_request(task, config, request)


def of_arguments(dag_id: str, truth: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[Difference]:
    """How Airflow's arguments of a DAG and its tasks differ from those that the spec compiles to."""
    mapped = {
        f"{task}_{index}": (task, each)
        for task, of in truth["mapped_arguments"].items()
        for index, each in enumerate(of)
    }
    for task, arguments in made["arguments"].items():
        made_by, wanted = mapped.get(task) or (task or dag_id, truth["arguments"].get(task, {}))
        for name, value in wanted.items():
            if name == "task_display_name" and arguments[name] == task:
                continue
            if arguments[name] != value:
                text = f"{name} of {task or 'the DAG'}: {value!r}, not {arguments[name]!r}"
                yield Difference(text, True, (made_by,))


def of_groups(truth: Mapping[str, Any], spec: Spec, mapped: Mapping[str, str]) -> Iterator[Difference]:
    """The tasks whose groups differ from Airflow's; of the groups that contain a task, some may be missing."""
    for task, path in spec.groups.items():
        wanted = truth["groups"].get(mapped.get(task, task))
        if wanted is None or path == ".".join(wanted):
            continue
        names = path.split(".") if path else []
        rest = iter(wanted)
        is_loss = all(name in rest for name in names)
        missing = tuple(name for name in wanted if name not in names)
        yield Difference(f"the group of {task}: {wanted}, not {names}", is_loss, missing or (task,))


def of_request(task: str, config: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[Difference]:
    ours, theirs = dict(leaves(dict(request))), dict(leaves(dict(config)))
    for path in ours.keys() | theirs.keys():
        one, other = theirs.get(path, ...), ours.get(path, ...)
        member = str(path[0]) if path else ""
        cut_short = isinstance(config.get(member), list) and len(config[member]) != len(request.get(member, []))
        is_default = path[-1:] == ("TrainingInputMode",) and other == "File"
        if one != other:
            is_loss = other in (..., {}, []) or cut_short or is_default
            yield Difference(f"{path} of {task}: {one!r}, not {other!r}", is_loss, (task,))


def is_named(lost: Difference, spans: list[Span], noted: frozenset[int]) -> bool:
    """Whether a note has a line that creates what is lost, and not one that creates something else next to it."""
    own = [each for each in spans if set(each.names) & {name.rpartition(".")[2] for name in lost.names}]
    around: list[Span] = []
    for each in own or spans[:1]:
        while each.outer is not None:
            each = each.outer
            around.append(each)
    for line in noted:
        if line in lost.lines:
            return True
        inside = [each for each in spans if each.first <= line <= each.last]
        if any(each in own for each in inside) or (lost.names and inside[-1] in around):
            return True
    return False


def all_before(edges: Mapping[str, Collection[str]], task: str) -> set[str]:
    """All tasks that a task waits for, also through others."""
    found: set[str] = set()
    waiting = [*edges.get(task, ())]
    while waiting:
        before = waiting.pop()
        if before not in found:
            found.add(before)
            waiting += edges.get(before, ())
    return found


def through(edges: Mapping[str, Collection[str]], task: str, lost: Collection[str]) -> Iterator[str]:
    """The task or, if it is lost, those before it."""
    if task not in lost:
        yield task
        return
    for before in edges[task]:
        yield from through(edges, before, lost)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_in_silence(
    folder: Path,
    imports: Imports,
    compiled: Mapping[tuple[int, str], Mapping[str, Any]],
    way: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: Counter[str] = Counter()
    for number in FILES:
        file, (_, spans) = folder / f"random_{number}.py", random_file(number)
        truth = json.loads((folder / "out" / f"{file.stem}.truth").read_text())
        dags = {name: dag for name, dag in truth["dags"].items() if dag["configs"] or dag["mapped"]}
        if truth["errors"] or not dags:
            outcomes["without a job that Airflow loads"] += 1
            continue
        found_imports = imports[number, way]
        if found_imports is None:
            outcomes["refused"] += 1
            continue
        made = [spec_of(each) for each in found_imports]
        said = capsys.readouterr().err
        specs, is_whole = {each.dag_id: each for each, _ in made}, all(whole for _, whole in made)
        noted = frozenset(line for each, _ in made for line in each.noted)
        found = [Difference(f"the DAG {name}", True, (name,)) for name in dags.keys() - specs.keys()]
        found += [each for name in dags.keys() & specs.keys() for each in differences(dags[name], specs[name])]
        comparable = {name: dag for name, dag in compiled[number, way].items() if name in dags}
        found += [each for name, dag in comparable.items() for each in of_arguments(name, dags[name], dag)]
        outcomes["compiled"] += len(comparable)
        wrong = [each.text for each in found if not each.is_loss]
        assert not wrong or any(each in said for each in _RENAMED), (number, wrong, said)
        assert not found or not is_whole, (number, found)
        silent = [each for each in found if each.is_loss and not is_named(each, spans, noted)]
        assert not silent, (number, silent, said)
        outcomes["whole" if is_whole else "named"] += 1
        outcomes["lost and named"] += len(found)
        outcomes["mapped"] += sum(len(each) for dag in dags.values() for each in dag["mapped"].values())
    logging.getLogger(__name__).info("%s: %s", way, dict(outcomes))
    assert outcomes["whole"] >= len(FILES) // (4 if way == "read" else 2), outcomes
