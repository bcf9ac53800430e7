"""Comments of a DAG file, kept at what becomes of the statement that they are about."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from trainspec.safety.masking import conceal_all
from trainspec.safety.unwarned import syntax

_PRAGMA = re.compile(r"(^|#)\s*(noqa|type|pylint|fmt|isort|pragma|ruff|mypy|nosec|pyright)\b.*")
_DIRECTIVES = ("trainspec:", "yaml-language-server:")
"""What means something to us, or to an editor, in a comment of YAML."""
_LINES, _LONGEST = 20, 200
"""How many lines of comments a key of the spec gets, and how long each may be."""


@dataclass(frozen=True)
class Comments:
    """The comments of a file by their lines, and whether each has its line for itself.

    `calls` are the statements of the calls that begin at a line, `values` those that give a value to a name.
    """

    by_line: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    calls: Mapping[int, ast.stmt] = field(default_factory=dict)
    values: Mapping[str, list[ast.stmt]] = field(default_factory=dict)

    def of(self, lines: Mapping[str, int]) -> dict[str, list[str]]:
        """The comments of the calls at these lines by the calls' keys; each is given to one key alone."""
        taken, done = set[int](), set[ast.stmt]()
        found = {key: list(self._of_call(line, taken, done)) for key, line in lines.items()}
        return {key: said[:_LINES] for key, said in found.items() if said}

    def _of_call(self, line: int, taken: set[int], done: set[ast.stmt]) -> Iterator[str]:
        statement = self.calls.get(line)
        if statement is None or statement in done:
            return
        names = {each.id for each in _own_nodes(statement) if isinstance(each, ast.Name)}
        for name in sorted(names):
            given = self.values.get(name, [])
            is_map = len(given) == 1 and isinstance(given[0], ast.Assign) and isinstance(given[0].value, ast.Dict)
            if is_map and given[0].lineno < line:
                yield from self._of_statement(given[0], taken, done)
        yield from self._of_statement(statement, taken, done)

    def _of_statement(self, statement: ast.stmt, taken: set[int], done: set[ast.stmt]) -> Iterator[str]:
        if statement in done:
            return
        done.add(statement)
        named = _named_by_line(statement)
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
        while self.by_line.get(first - 1, ("", False))[1]:
            first -= 1
        for line in range(first, _end(statement) + 1):
            if line in self.by_line and line not in taken:
                taken.add(line)
                said, is_alone = self.by_line[line]
                name = "" if is_alone else named.get(line, "")
                yield f"{name}: {said}" if name else said


def comments_of(text: str) -> Comments:
    """The comments of a Python file; none where its tokens cannot be read."""
    if "#" not in text:
        return Comments()
    found: dict[int, tuple[str, bool]] = {}
    try:
        tree = syntax(text)
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and (said := _said(token.string)):
                found[token.start[0]] = (said, not token.line[: token.start[1]].strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return Comments()
    calls: dict[int, ast.stmt] = {}
    values: dict[str, list[ast.stmt]] = {}
    for statement in (each for each in ast.walk(tree) if isinstance(each, ast.stmt)):
        for node in _own_nodes(statement):
            if isinstance(node, ast.Call):
                calls[node.lineno] = statement
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                values.setdefault(node.id, []).append(statement)
    return Comments(found, calls, values)


def _said(comment: str) -> str:
    """What a comment says to people, without secrets; nothing where it speaks to tools."""
    said = "".join(each if each.isprintable() else " " for each in comment.lstrip("#!: "))
    kept = conceal_all(_PRAGMA.sub("", said).strip()[:_LONGEST])
    return "" if any(each in kept for each in _DIRECTIVES) else kept


def _end(statement: ast.stmt) -> int:
    """The last line of a statement; of one with a body, that of its head."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        heads = [each for each in _own_nodes(statement) if isinstance(each, ast.expr)]
        return max((each.end_lineno or each.lineno for each in heads), default=statement.lineno)
    return statement.end_lineno or statement.lineno


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without the statements in it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.stmt | ast.excepthandler)]


def _named_by_line(statement: ast.stmt) -> dict[int, str]:
    """The argument or the member that alone ends at a line: what a comment behind it is about."""
    named: dict[int, list[str]] = {}
    for node in _own_nodes(statement):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    named.setdefault(value.end_lineno or 0, []).append(str(key.value))
        elif isinstance(node, ast.keyword) and node.arg:
            named.setdefault(node.value.end_lineno or 0, []).append(node.arg)
    return {line: names[0] for line, names in named.items() if len(names) == 1 and line > statement.lineno}
