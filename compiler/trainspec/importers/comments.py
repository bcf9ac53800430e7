"""Comments of a DAG file, kept with what the statement that they are about becomes."""

import ast
import io
import re
import tokenize
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from tokenize import COMMENT
from typing import TypeGuard

from trainspec.importers.model import OfConstant, Said, variable_name
from trainspec.safety.masking import conceal_all, names_password, speaks_of_secrets
from trainspec.safety.randomness import has_random
from trainspec.safety.unwarned import syntax

_PRAGMA = re.compile(r"(^|#)\s*(noqa|type|pylint|fmt|isort|pragma|ruff|mypy|nosec|pyright)\b.*")
_DIRECTIVES = ("trainspec:", "yaml-language-server:")
"""What has a meaning for trainspec, or for an editor, in a YAML comment."""
_RULER = re.compile(r"([-=*~_+#])\1{2}$")
"""What marks a comment as the title of a section, which is not about the statement below it."""
_BEGIN_KEY, _END_KEY = re.compile(r"-BEGIN [A-Z0-9 ]*KEY"), re.compile(r"-END [A-Z0-9 ]*KEY")
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]{0,30}://[^\s?]*|arn:\S*)")
"""A URI or an ARN: its path may look random."""
_LINES, _LONGEST = 20, 200
"""How many lines of comments a key of the spec gets, and how long each may be."""


@dataclass(frozen=True)
class Comments:
    """The comments of a file by their lines, and whether each is alone on its line.

    `calls` are the statements of the calls that begin at a line, `values` those that assign a value to a name.
    """

    by_line: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    calls: Mapping[int, ast.stmt] = field(default_factory=dict)
    values: Mapping[str, list[ast.stmt]] = field(default_factory=dict)

    def of(self, lines: Mapping[str, int]) -> tuple[dict[str, list[Said]], tuple[OfConstant, ...]]:
        """The comments of the calls at these lines by the calls' keys, and those of the constants that they name.

        Each comment is given to one key only.
        """
        own = {self.calls[line] for line in lines.values() if line in self.calls}
        done: set[ast.stmt] = set()
        found: dict[str, list[Said]] = {}
        constants: list[OfConstant] = []
        for key, line in lines.items():
            if (statement := self.calls.get(line)) is None:
                continue
            said: list[tuple[int, Said]] = []
            for each, member in self._with_sources(statement, line, own, done):
                texts = [] if _is_function(each) else sorted(self._of_statement(each))
                name = _constant(each) if each is not statement else None
                if name is None:
                    said += texts
                elif texts:
                    kept = tuple(text.text for _, text in texts[:_LINES])
                    constants.append(OfConstant(_names_in_spec(each, name), key, member or name, kept))
            if said:
                found[key] = [text for _, text in sorted(said)[:_LINES]]
        return found, tuple(constants)

    def _with_sources(
        self, statement: ast.stmt, line: int, own: set[ast.stmt], done: set[ast.stmt]
    ) -> Iterator[tuple[ast.stmt, str]]:
        """The statement at a line and those that define what it names, each with the member whose value it is."""
        waiting = deque([(statement, "")])
        while waiting:
            each, member = waiting.popleft()
            if each in done:
                continue
            done.add(each)
            yield each, member
            inside = range(each.lineno, (each.end_lineno or 0) + 1) if _is_function(each) else range(0)
            for name, (below, is_called) in _names(each).items():
                source = self._source(name, line, is_called)
                if source is not None and source not in own and source.lineno not in inside:
                    waiting.append((source, below or member))
            for made in filter(_gives_map, ast.walk(each) if inside else ()):
                if made not in done:
                    done.add(made)
                    yield made, member

    def _source(self, name: str, line: int, is_called: bool) -> ast.stmt | None:
        """The only statement that assigns a value to a name, or the innermost loop over it that encloses a line."""
        given = self.values.get(name, [])
        loops = [each for each in given if isinstance(each, ast.For) and each.lineno <= line <= (each.end_lineno or 0)]
        source = loops[-1] if loops else given[0] if len(given) == 1 else None
        if isinstance(source, ast.FunctionDef):
            return source if is_called else None
        return source if isinstance(source, ast.Assign | ast.AnnAssign | ast.For) else None

    def _of_statement(self, statement: ast.stmt) -> Iterator[tuple[int, Said]]:
        """The comments of a statement with their lines, each with the argument or member that it is about."""
        begin, end = _named_by_line(statement)
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
        while self.by_line.get(first - 1, ("", False))[1]:
            first -= 1
        about = ""
        for line in range(_end(statement), first - 1, -1):
            said, is_alone = self.by_line.get(line, ("", False))
            about = about if is_alone else begin.get(line, "")
            if said:
                yield line, Said(about if is_alone else end.get(line, ""), said)


def comments_of(text: str) -> Comments:
    """The comments of a Python file; none if it cannot be tokenized."""
    if "#" not in text:
        return Comments()
    found: dict[int, tuple[str, bool]] = {}
    try:
        tree = syntax(text)
        tokens = [each for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type == COMMENT]
        keys = _lines_of_keys({token.start[0]: token.string for token in tokens})
        for token in tokens:
            if token.start[0] not in keys and (said := _said(token.string)):
                found[token.start[0]] = (said, not token.line[: token.start[1]].strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return Comments()
    calls: dict[int, ast.stmt] = {}
    values: dict[str, list[ast.stmt]] = {}
    for statement in (each for each in ast.walk(tree) if isinstance(each, ast.stmt)):
        if isinstance(statement, ast.FunctionDef):
            calls.setdefault(statement.lineno, statement)
            values.setdefault(statement.name, []).append(statement)
        for node in _own_nodes(statement):
            if isinstance(node, ast.Call):
                calls[node.lineno] = statement
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                values.setdefault(node.id, []).append(statement)
            elif isinstance(node, ast.arg):
                values.setdefault(node.arg, []).append(statement)
    return Comments(found, calls, values)


def _lines_of_keys(comments: Mapping[int, str]) -> set[int]:
    """The lines of comments that contain a private key, from its `BEGIN` to its `END` or the last line below it."""
    found: set[int] = set()
    is_inside = False
    for line, comment in comments.items():
        is_inside = _BEGIN_KEY.search(comment) is not None or (is_inside and line - 1 in found)
        if is_inside:
            found.add(line)
        is_inside = is_inside and not _END_KEY.search(comment)
    return found


def _said(comment: str) -> str:
    """What a comment says to people; empty if it may contain a secret, is for tools, or is a section's title."""
    said = "".join(each if each.isprintable() else " " for each in comment.lstrip("#!: "))
    kept = _PRAGMA.sub("", said).strip()[:_LONGEST]
    is_for_tools = _RULER.search(kept) or any(each in kept for each in _DIRECTIVES)
    return "" if is_for_tools or _may_hold_secret(said) else kept


def _may_hold_secret(text: str) -> bool:
    """Whether a text mentions secrets or looks like one: in prose, there is no way to know where a secret ends."""
    words = text.split()
    speaks = speaks_of_secrets(text) or any(map(names_password, words))
    names_key = any(speaks_of_secrets(f"{one} {two}") for one, two in pairwise(words))
    return speaks or names_key or has_random(_ADDRESS.sub(" ", text)) or conceal_all(text) != text


def _end(statement: ast.stmt) -> int:
    """The last line of a statement; for one with a body, that of its head."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        heads = [each for each in _own_nodes(statement) if isinstance(each, ast.expr)]
        return max((each.end_lineno or each.lineno for each in heads), default=statement.lineno)
    return statement.end_lineno or statement.lineno


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without those of the statements in it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [each for each in ast.iter_child_nodes(node) if not _is_apart(each)]


def _named_by_line(statement: ast.stmt) -> tuple[dict[int, str], dict[int, str]]:
    """The first argument or member that begins at a line, and the only one that ends there."""
    begin: dict[int, tuple[int, str]] = {}
    end: dict[int, list[str]] = {}
    for node in _own_nodes(statement):
        named: list[tuple[str, ast.expr | ast.keyword, ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            named = [(str(key.value), key, value) for key, value in pairs if isinstance(key, ast.Constant)]
        elif isinstance(node, ast.keyword) and node.arg:
            named = [(node.arg, node, node.value)]
        for name, key, value in named:
            begin[key.lineno] = min(begin.get(key.lineno, (key.col_offset, name)), (key.col_offset, name))
            end.setdefault(value.end_lineno or 0, []).append(name)
    first = {line: name for line, (_, name) in begin.items() if line > statement.lineno}
    last = {line: names[0] for line, names in end.items() if len(names) == 1 and line > statement.lineno}
    return first, last


def _names(statement: ast.stmt) -> dict[str, tuple[str, bool]]:
    """The names in a statement: the innermost argument or member that each is in, and whether it is called.

    For a function, this includes the names in its body.
    """
    found: dict[str, tuple[str, bool]] = {}
    waiting: list[tuple[ast.AST, str]] = [(statement, "")]
    while waiting:
        node, member = waiting.pop()
        if isinstance(node, ast.Name):
            found[node.id] = (member, False)
            continue
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            waiting += [(value, str(key.value) if isinstance(key, ast.Constant) else member) for key, value in pairs]
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found[node.func.id] = (member, True)
        own = node.arg if isinstance(node, ast.keyword) and node.arg else member
        below = [each for each in ast.iter_child_nodes(node) if _is_function(statement) or not _is_apart(each)]
        waiting += [(each, own) for each in below if each is not getattr(node, "func", None)]
    return found


def _is_apart(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt | ast.excepthandler)


def _is_function(statement: ast.stmt) -> bool:
    """Whether it defines a function that creates no DAG, so that the comments in it are about its own work."""
    return isinstance(statement, ast.FunctionDef) and not statement.decorator_list


def _gives_map(node: ast.AST) -> TypeGuard[ast.Return | ast.Assign]:
    """Whether a statement returns a literal map, or assigns one to a name."""
    return isinstance(node, ast.Return | ast.Assign) and isinstance(node.value, ast.Dict)


def _constant(statement: ast.stmt) -> str | None:
    """The name to which a one-line statement assigns a single value; None for any other statement."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.end_lineno != statement.lineno:
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    is_single = isinstance(statement.value, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Call | ast.Subscript)
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) and is_single else None


def _names_in_spec(statement: ast.stmt, name: str) -> frozenset[str]:
    """Possible names of the spec's variable for a constant: its own name, or that of an environment variable."""
    calls = (each for each in _own_nodes(statement) if isinstance(each, ast.Call) and each.args)
    texts = [each.args[0].value for each in calls if isinstance(each.args[0], ast.Constant)]
    return frozenset(variable_name(each) for each in [name, *texts] if isinstance(each, str))
