"""Python packages read as syntax: modules, the meanings of their names, their classes. Nothing is imported or run."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainspec.disk.reading import UnreadableError


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One module: its classes, and the dotted path of each imported name."""

    name: str
    tree: ast.Module
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)

    def path_of(self, node: ast.expr) -> str | None:
        """The dotted path that a name or attribute refers to; None for any other expression.

        >>> read("m", "from a.b import C").path_of(ast.parse("C.d", mode="eval").body)
        'a.b.C.d'
        """
        if isinstance(node, ast.Subscript):  # Generic[T]
            return self.path_of(node.value)
        if isinstance(node, ast.Attribute):
            below = self.path_of(node.value)
            return f"{below}.{node.attr}" if below else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.classes:
            return f"{self.name}.{node.id}"
        return self.imported.get(node.id, node.id)

    def values(self) -> Iterator[tuple[str, ast.expr]]:
        """What is assigned at the top of the module, name by name."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign):
                yield from ((each.id, statement.value) for each in statement.targets if isinstance(each, ast.Name))
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
                yield statement.target.id, statement.value


class Packages:
    """The modules below some folders, read on demand."""

    def __init__(
        self, roots: Sequence[Path], only: Sequence[str] = (), read: Callable[[Path], str] | None = None
    ) -> None:
        """`roots` contain top-level packages; `only` limits them to some. `read` returns the text of a file."""
        self._roots, self._only = roots, only
        self._text = read or (lambda file: file.read_text(encoding="utf-8"))
        self._read: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """The module of that dotted name; None if there is no such file, or it is not Python."""
        if name not in self._read:
            self._read[name] = self._module(name)
        return self._read[name]

    def names(self, package: str) -> list[str]:
        """All modules of a package, the package itself among them, sorted."""
        found: set[str] = set()
        for root in self._roots:
            folder = root.joinpath(*package.split("."))
            for file in folder.rglob("*.py"):
                parts = file.relative_to(root).with_suffix("").parts
                found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        return sorted(found)

    def find_class(self, path: str) -> tuple[Module, ast.ClassDef] | None:
        """The class of that dotted path, even if the module only re-exports it."""
        for _ in range(10):
            module_name, _, name = path.rpartition(".")
            module = self.module(module_name) if module_name else None
            if module is None:
                return None
            if name in module.classes:
                return module, module.classes[name]
            if name not in module.imported:
                return None
            path = module.imported[name]
        return None

    def _module(self, name: str) -> Module | None:
        parts = name.split(".")
        if self._only and parts[0] not in self._only:
            return None
        for root in self._roots:
            for file in (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")):
                if file.is_file():
                    try:
                        return read(name, self._text(file), is_package=file.name == "__init__.py")
                    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError, UnreadableError):
                        return None
        return None


def read(name: str, text: str, *, is_package: bool = False) -> Module:
    """The module `name` with that text. Raises SyntaxError or ValueError if it is not Python."""
    module = Module(name, ast.parse(text))
    parts = name.split(".") if is_package else name.split(".")[:-1]
    for node in _statements(module.tree.body):
        if isinstance(node, ast.ClassDef):
            module.classes.setdefault(node.name, node)
        elif isinstance(node, ast.Import):
            for each in node.names:
                module.imported.setdefault(each.asname or each.name, each.name)
        elif isinstance(node, ast.ImportFrom):
            above = parts[: len(parts) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for each in node.names:
                module.imported.setdefault(each.asname or each.name, f"{source}.{each.name}")
    return module


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those in branches among them: of two that bind a name the first counts."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _statements(statement.body)
            for handler in statement.handlers:
                yield from _statements(handler.body)
