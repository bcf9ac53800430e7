"""What is never packed: git's rules, `.trainspecignore`, the spec's own patterns, and a few names that are not code.

https://git-scm.com/docs/gitignore
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NEVER: Final = frozenset({".git", "__pycache__", ".env", ".ipynb_checkpoints"})
"""Names that are left out everywhere."""
PATTERNS: Final = (".gitignore", ".trainspecignore")
_LARGEST: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Ignore:
    """The rules that apply in one folder, the deepest first: each with its own folder, as a path prefix.

    As in git, the deepest rule that says something about a path decides, so `!name` includes again what a folder
    above excludes.
    """

    rules: tuple[tuple[str, "GitIgnoreSpec"], ...] = ()
    always: "GitIgnoreSpec | None" = None

    def within(self, folder: Path, name: str) -> "Ignore":
        """The rules inside `folder`, which is called `name` from where packing began (`` for that folder itself)."""
        own = tuple((f"{name}/" if name else "", spec) for spec in _read(folder))
        return replace(self, rules=(*own, *self.rules)) if own else self

    def matches(self, name: str, *, is_folder: bool) -> bool:
        """Whether the file or folder `name`, a path with slashes from where packing began, is left out."""
        if name.rpartition("/")[2] in NEVER:
            return True
        path = f"{name}/" if is_folder else name
        if self.always is not None and self.always.match_file(path):
            return True
        for prefix, spec in self.rules:
            said = spec.check_file(f"{prefix[3:]}{path}" if prefix.startswith("../") else path.removeprefix(prefix))
            if said.include is not None:
                return said.include
        return False


def ignore_for(folder: Path, root: Path, patterns: Iterable[str] = ()) -> Ignore:
    """The rules that apply above `folder`: those of the folders from the project's `root` down to it, and `patterns`.

    `patterns` are gitignore lines about paths below `folder`; no file can include again what they match.
    """
    rules = []
    for each in folders_above(folder, root):
        below = folder.relative_to(each).as_posix()
        rules += [(f"../{below}/", spec) for spec in _read(each)]
    return Ignore(tuple(rules), _spec(patterns))


def folders_above(folder: Path, root: Path) -> list[Path]:
    """The folders between `folder` and the project's `root`, which may have rules about it."""
    return [each for each in folder.parents if each == root or root in each.parents]


def _read(folder: Path) -> Iterator["GitIgnoreSpec"]:
    """The rules that are in `folder`; a file of another kind, or one too large to be read, says nothing."""
    for name in reversed(PATTERNS):
        path = folder / name
        if not path.is_file() or path.is_symlink() or path.stat().st_size > _LARGEST:
            continue
        if (spec := _spec(path.read_text(encoding="utf-8", errors="replace").splitlines())) is not None:
            yield spec


def _spec(lines: Iterable[str]) -> "GitIgnoreSpec | None":
    from pathspec import GitIgnoreSpec

    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    if not kept:
        return None
    try:
        return GitIgnoreSpec.from_lines(kept)
    except ValueError:  # git passes over a pattern that it cannot read
        return GitIgnoreSpec.from_lines([line for line in kept if _is_readable(line)])


def _is_readable(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
