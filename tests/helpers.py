"""Helpers for tests of several modules."""

import difflib
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ran:
    """The result of a run of the command."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]
Golden = Callable[[Mapping[Path, str | None]], None]
"""Compares texts with the files that contain the expected ones; None means that the file must not exist."""


def differences(texts: Mapping[Path, str | None], command: str) -> list[str]:
    """The differences from the files, in a message for a developer: the diff, and the command that updates them."""
    found = []
    for path, text in texts.items():
        expected = path.read_text(encoding="utf-8") if path.exists() else None
        if text == expected:
            continue
        name = path.relative_to(ROOT).as_posix()
        lines = difflib.unified_diff(
            (expected or "").splitlines(), (text or "").splitlines(), f"{name} (expected)", f"{name} (now)", lineterm=""
        )
        found.append("\n".join(lines) or f"{name}: only the end of a line differs")
    if found:
        found.append(f"If this is what you want: `{command}` writes it. Review the diff, and commit it.")
    return found


@contextmanager
def heeding_signals() -> Iterator[None]:
    """A process started inside the context reacts to Ctrl-C and hang-ups, even if the tests run in the background."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


Test = TypeVar("Test", bound=Callable[..., Any])


def is_thorough() -> bool:
    """Whether properties run all their examples."""
    return bool(os.environ.get("TRAINSPEC_THOROUGH"))


def sampled(cases: Iterable[Any], every: int) -> list[Any]:
    """Cases for `parametrize`: every `every`th belongs to the everyday suite, the others are `sampled_out`, for CI."""
    return [
        case if index % every == 0 else pytest.param(case, marks=pytest.mark.sampled_out)
        for index, case in enumerate(cases)
    ]


def forget_compiled(kept: Path, temporary: Path) -> None:
    """Remove the bytecode below `kept` (a `sys.pycache_prefix`) of modules in pytest's folders in `temporary`."""
    for each in kept.joinpath(*temporary.parts[1:]).glob("pytest-of-*"):
        shutil.rmtree(each, ignore_errors=True)


def tried(number: int, daily: int | None = None) -> Callable[[Test], Test]:
    """A property that runs `number` examples in CI (TRAINSPEC_THOROUGH=1), and `daily` examples otherwise.

    Without `daily`, an eighth of them. `daily` is for properties whose single examples take long.
    """
    examples = number if is_thorough() else daily or max(number // 8, 10)

    def decorated(test: Test) -> Test:
        settings = hypothesis.settings(max_examples=examples, suppress_health_check=list(hypothesis.HealthCheck))
        marked: Test = pytest.mark.generated(settings(test))
        return marked

    return decorated
