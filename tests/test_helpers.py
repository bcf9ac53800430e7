"""What the suite leaves out of its everyday run, and what it leaves behind."""

from pathlib import Path

from helpers import forget_compiled, sampled


def test_cases_that_are_sampled_out_are_not_slow_as_all_pythons_run_them() -> None:
    first, *others = sampled("abc", 3)
    assert first == "a"
    assert [(each.values, [mark.name for mark in each.marks]) for each in others] == [
        (("b",), ["sampled_out"]),
        (("c",), ["sampled_out"]),
    ]


def test_what_was_compiled_of_modules_that_tests_wrote_is_forgotten(tmp_path: Path) -> None:
    written, *others = (
        tmp_path / "kept" / name for name in ("tmp/pytest-of-root/a.pyc", "tmp/clone/a.pyc", "usr/a.pyc")
    )
    for each in (written, *others):
        each.parent.mkdir(parents=True)
        each.touch()
    for _ in range(2):
        forget_compiled(tmp_path / "kept", Path("/tmp"))  # noqa: S108  # the name of a folder, which is not opened
    assert not written.parent.exists()
    assert all(each.exists() for each in others)
