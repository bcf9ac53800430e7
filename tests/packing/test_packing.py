"""The same files give the same bytes; what is not code stays out; nothing outside its folder is packed."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainspec.packing.archive import pack, write_archive
from trainspec.packing.files import list_files

FILES = {"train.py": "print('x')\n", "lib/__init__.py": "", "lib/data.py": "X = 1\n", "run.sh": "#!/bin/sh\n"}


def _folder(at: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return at


def unpack(archive: bytes) -> dict[str, bytes]:
    """The files of an archive by name."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        files = {each.name: tar.extractfile(each) for each in tar.getmembers() if each.isfile()}
        return {name: file.read() for name, file in files.items() if file is not None}


def _bytes(folder: Path, root: Path | None = None) -> bytes:
    target = io.BytesIO()
    listing = list_files(folder, root or folder)
    assert write_archive(listing, target) == pack(listing)
    return target.getvalue()


def _names(folder: Path, root: Path | None = None, **options: object) -> list[str]:
    return [member.name for member in list_files(folder, root or folder, **options).members]  # type: ignore[arg-type]


def test_the_archive_is_a_tar_gz_that_holds_the_files(tmp_path: Path) -> None:
    archive = _bytes(_folder(tmp_path, FILES))
    assert unpack(archive) == {name: text.encode() for name, text in FILES.items()}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        entries = tar.getmembers()
    assert [each.name for each in entries] == sorted(FILES)
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in entries} == {(0, 0, 0, "", "")}
    assert {each.name: each.mode for each in entries} == {**dict.fromkeys(FILES, 0o644), "run.sh": 0o755}


def test_real_tar_unpacks_it(tmp_path: Path) -> None:
    source = _folder(tmp_path / "source", {**FILES, "lib/" + "n" * 120 + "/naïve.py": "pass\n"})
    (tmp_path / "a.tar.gz").write_bytes(_bytes(source))
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "xzf", "../a.tar.gz"], cwd=tmp_path / "out", check=True)
    found = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}


def test_two_checkouts_give_the_same_bytes(tmp_path: Path) -> None:
    first = _folder(tmp_path / "first", FILES)
    old = os.umask(0o077)
    try:
        second = _folder(tmp_path / "second", dict(reversed(FILES.items())))
    finally:
        os.umask(old)
    for path in second.rglob("*"):
        os.utime(path, (1, 1))
        if path.is_file():
            path.chmod(0o777)
    assert _bytes(first) == _bytes(second)


def test_the_bytes_are_these(tmp_path: Path) -> None:
    """A changed digest renames every archive, so a change of it must be intended."""
    assert pack(list_files(_folder(tmp_path, FILES), tmp_path)).digest == "512744af8f37be82"


@pytest.mark.parametrize("changed", [{"train.py": "print('y')\n"}, {"lib/more.py": ""}, {"Train.py": ""}])
def test_any_change_of_the_files_changes_the_digest(tmp_path: Path, changed: dict[str, str]) -> None:
    before = pack(list_files(_folder(tmp_path, FILES), tmp_path)).digest
    assert pack(list_files(_folder(tmp_path, changed), tmp_path)).digest != before


@given(st.lists(st.integers(0, 140_000), max_size=4))
def test_any_sizes_make_a_valid_stream(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    files = {f"f{number}": "x" * size for number, size in enumerate(sizes)}
    folder = _folder(tmp_path_factory.mktemp("sizes"), files)
    assert {name: len(data) for name, data in unpack(_bytes(folder)).items()} == dict(zip(files, sizes, strict=True))


def test_what_is_no_code_stays_out(tmp_path: Path) -> None:
    noise = {
        ".git/config": "",
        "__pycache__/a.pyc": "",
        "lib/__pycache__/b.pyc": "",
        ".env": "",
        ".ipynb_checkpoints/a": "",
    }
    assert _names(_folder(tmp_path, {**FILES, **noise})) == sorted(FILES)


def test_git_rules_hold_from_the_projects_root_down(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.log\n/models/src/data/\n",
        "models/src/train.py": "",
        "models/src/a.log": "",
        "models/src/data/x.csv": "",
        "models/src/lib/data/x.csv": "",
        "models/src/lib/.gitignore": "!kept.log\ntmp/\n",
        "models/src/lib/kept.log": "",
        "models/src/lib/tmp/x": "",
    }
    folder = _folder(tmp_path, files) / "models/src"
    assert _names(folder, tmp_path) == ["lib/.gitignore", "lib/data/x.csv", "lib/kept.log", "train.py"]


def test_git_ignores_the_same_files(tmp_path: Path) -> None:
    rules = "*.log\n!keep.log\nbuild/\n/top.txt\na/**/z\n# note\n\\#odd\n"
    names = ["x.log", "keep.log", "build/o", "b/build/o", "top.txt", "b/top.txt", "a/z", "a/b/c/z", "#odd", "ok.py"]
    folder = _folder(tmp_path, {".gitignore": rules, **dict.fromkeys(names, "")})
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=folder, check=True, capture_output=True, text=True
    )
    assert _names(folder) == sorted(listed.stdout.split())


def test_patterns_of_the_spec_and_of_trainspecignore(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {**FILES, ".trainspecignore": "lib/\n", "a.ipynb": ""})
    assert _names(folder, ignore=["*.ipynb"]) == [".trainspecignore", "run.sh", "train.py"]


def test_links_that_leave_the_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = _folder(tmp_path / "src", FILES)
    (folder / "out.py").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    (folder / "same.py").symlink_to(folder / "train.py")
    listing = list_files(folder, tmp_path)
    assert listing.escaping == ("out.py", "up")
    assert [member.name for member in listing.members] == sorted([*FILES, "same.py"])


def test_dependencies_are_laid_beside(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "src", {"train.py": "", "common/a.py": ""})
    common = _folder(tmp_path / "common", {"a.py": "", "b.py": "", "__pycache__/a.pyc": ""})
    pins = _folder(tmp_path, {"pins.txt": "numpy\n"}) / "pins.txt"
    listing = list_files(folder, tmp_path, dependencies=[common], requirements=pins)
    assert [member.name for member in listing.members] == ["common/a.py", "common/b.py", "requirements.txt", "train.py"]
    assert listing.shadowed == ("common/a.py",)


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(_folder(tmp_path, FILES) / "pipe")
    assert _names(tmp_path) == sorted(FILES)


def test_a_file_that_grows_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    listing = list_files(_folder(tmp_path, FILES), tmp_path)
    (tmp_path / "train.py").write_text("longer than it was before")
    with pytest.raises(OSError, match="changed while"):
        pack(listing)


def test_other_pythons_give_the_same_digest(tmp_path: Path) -> None:
    _folder(tmp_path, FILES)
    code = (
        "import sys; from pathlib import Path; from trainspec.packing.files import list_files;"
        "from trainspec.packing.archive import pack;"
        "print(pack(list_files(Path(sys.argv[1]), Path(sys.argv[1]))).digest)"
    )
    digests = set()
    for seed in ("0", "1"):
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], env=environ, check=True, capture_output=True, text=True
        )
        digests.add(done.stdout.strip())
    assert digests == {pack(list_files(tmp_path, tmp_path)).digest}
