"""A spec with a source folder is remembered while nothing in the folder changes, and analysed again if it does."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from source_helpers import write, write_spec
from trainspec.batch import cache, watched
from trainspec.batch.entries import write_entry
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.batch.watched import Watches
from trainspec.options import Options
from trainspec.packing.jobs import Watched
from trainspec.project.project import Project

from helpers import Run

SRC = {
    "src/train.py": "print('hi')\n",
    "src/lib/x.py": "X = 1\n",
    "src/notes.txt": "as it was\n",
    "src/.gitignore": "notes.txt\n",
    "common/shared.py": "Y = 2\n",
    "pins.txt": "numpy==1.26.4\n",
}
SOURCE = """{dir: ../code, entry: train.py, upload: s3://my-bucket/code/,
             dependencies: [../common], requirements: ../pins.txt}"""


@pytest.fixture
def spec(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec whose source is a link to the folder `src`; files count as settled at once."""
    monkeypatch.delenv("TRAINSPEC_NO_CACHE", raising=False)
    monkeypatch.setattr(watched, "SETTLED", 0)
    write(project, SRC)
    (project / "src" / "alias.py").symlink_to("train.py")
    (project / "code").symlink_to("src")
    return project / write_spec(project, SOURCE)


def look(spec: Path) -> Look:
    cache.program_digest.cache_clear()
    return Look(Project(spec.parents[1]), Options(), Wanted(dag_file=True))


def known(spec: Path) -> Outcome | None:
    return look(spec).known(spec)


def kept(spec: Path) -> Outcome:
    """The result now, which the cache stores."""
    time.sleep(0.02)  # a tick of the file system's clock
    found = look(spec).at(spec)
    assert not found.findings
    time.sleep(0.02)
    return found


def test_what_has_not_changed_is_known(spec: Path) -> None:
    found = kept(spec)
    again = known(spec)
    assert again is not None
    assert (again.packs, again.output_digest) == (True, found.output_digest)


def _rewrite(name: str, text: str) -> Callable[[Path], None]:
    """Other content, with the same size and time."""

    def change(project: Path) -> None:
        path = project / name
        before = path.stat()
        path.write_text(text)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "the entry": _rewrite("src/train.py", "print('ho')\n"),
    "a file below": _rewrite("src/lib/x.py", "X = 3\n"),
    "a dependency": _rewrite("common/shared.py", "Y = 4\n"),
    "the requirements": _rewrite("pins.txt", "numpy==1.26.3\n"),
    "a new file": lambda project: write(project, {"src/lib/new.py": ""}),
    "a new folder": lambda project: write(project, {"src/more/new.py": ""}),
    "a file less": lambda project: (project / "src" / "lib" / "x.py").unlink(),
    "another name": lambda project: (project / "src" / "lib" / "x.py").rename(project / "src" / "lib" / "y.py"),
    "what is ignored": _rewrite("src/.gitignore", "notex.txt\n"),
    "a file of patterns": lambda project: write(project, {"src/lib/.trainspecignore": "x.py\n"}),
    "patterns above": lambda project: write(project, {".gitignore": "x.py\n"}),
    "patterns above a dependency": lambda project: write(project, {".trainspecignore": "shared.py\n"}),
    "a link's target": lambda project: _link(project / "src" / "alias.py", "lib/x.py"),
    "the link to the folder": lambda project: _link(project / "code", "common"),
    "the text of the spec": lambda project: write_spec(project, SOURCE.replace("code/", "other/")),
}


def _link(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_looked_at_again(spec: Path, change: str) -> None:
    before = kept(spec)
    CHANGES[change](spec.parents[1])
    assert known(spec) is None
    after = look(spec).at(spec)
    assert after.output_digest != before.output_digest or after.findings


def test_ignored_files_may_change(spec: Path) -> None:
    kept(spec)
    _rewrite("src/notes.txt", "as it is.\n")(spec.parents[1])
    assert known(spec) is not None


def test_what_has_just_changed_is_not_kept(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "SETTLED", 3600 * 10**9)
    kept(spec)
    assert known(spec) is None


def test_what_changes_while_it_is_looked_at_is_not_kept(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is after the listing, however long the rest of the run takes."""
    stored = Watches.stored

    def change_first(watches: Watches, seen: Watched) -> list[object] | None:
        _rewrite("src/train.py", "print('ho')\n")(spec.parents[1])
        return stored(watches, seen)

    time.sleep(0.02)
    monkeypatch.setattr(Watches, "stored", change_first)
    look(spec).at(spec)
    assert known(spec) is None


def test_specs_that_share_a_source_look_at_it_once(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    stamp = watched._stamp

    def counted(name: str) -> tuple[int, ...]:
        names.append(name)
        return stamp(name)

    monkeypatch.setattr(watched, "_stamp", counted)
    specs = [spec, *(spec.with_name(f"{number}.yaml") for number in range(3))]
    for number, each in enumerate(specs[1:]):
        each.write_text(spec.read_text().replace("id: churn", f"id: d{number}"))
    time.sleep(0.02)
    member = str(spec.parents[1] / "src" / "lib" / "x.py")
    found = look(spec)
    for each in specs:
        assert found.at(each).watched is None  # a run does not keep it for each spec
    assert names.count(member) == 1
    names.clear()
    again = look(spec)
    assert all(again.known(each) for each in specs)
    assert names.count(member) == 1


def test_a_folder_that_is_not_there_is_looked_for_again(spec: Path, trainspec: Run) -> None:
    project = spec.parents[1]
    (project / "code").unlink()
    for _ in range(2):
        assert "does not exist" in trainspec("lint").stdout
    (project / "code").symlink_to("src")
    assert trainspec("lint").returncode == 0


def test_without_packing_nothing_is_remembered(spec: Path) -> None:
    """`diff` compares a working tree without its folders: its findings are not valid for `lint`."""
    unpacked = Look(Project(spec.parents[1], packs=False), Options(), Wanted(dag_file=True))
    unpacked.at(spec)
    assert known(spec) is None


NAMES, SHORT = ["/nowhere"], "0" * 64


@pytest.mark.parametrize(
    "stored",
    [
        *(None, [], {}, "x", [1], [NAMES, SHORT], [NAMES, SHORT, []], [[1], SHORT, []], [["\0"], SHORT, []]),
        *([[], watched._digest([]), each] for each in ([1], [SHORT], [[SHORT]], [[SHORT, 1]], [[SHORT, SHORT]])),
    ],
)
def test_what_is_damaged_does_not_count(stored: object, tmp_path: Path) -> None:
    assert not Watches(tmp_path.joinpath, tmp_path).are_unchanged(stored)


def test_names_that_were_changed_do_not_count(tmp_path: Path) -> None:
    write_entry(tmp_path / SHORT, {"names": []}, tmp_path)
    now = watched._digest([])
    assert not Watches(tmp_path.joinpath, tmp_path).are_unchanged([[], now, [[SHORT, now]]])
