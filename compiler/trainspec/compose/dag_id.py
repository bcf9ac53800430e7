"""The id of a DAG: where a spec sets it, its full value, and whether it is valid."""

import re
from collections.abc import Iterator

from trainspec.compose.variables import Variables
from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.text.tree import Mapping, Scalar, key_span
from trainspec.text.typing import is_null

_MODULES = frozenset(
    (
        "airflow",
        "pendulum",
        "trainspec",
        "datetime",
        "__init__",
        "__main__",
        "sitecustomize",
        "usercustomize",
        "conftest",
    )
)
"""What a DAG file imports, and what Python and pytest import of a folder by themselves."""
_DAG_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,249}")


def id_place(root: Mapping, name: str) -> Span:
    """The place where the spec `name` sets its DAG's id; its first line if it does not set it.

    `root` is its document, composed or not.
    """
    written = written_id(root, "")
    places = [] if written.span is root.span else [written.via or written.span]
    places += [key_span(root, (key,)) for key in ("dag", "trainspec") if root.get(key) is not None]
    return next((span for span in places if span.path == name), places[-1])


def no_name(root: Mapping, default_id: str) -> Iterator[Diagnostic]:
    """A finding that the file's name, which is the DAG's id if the spec sets none, is not a valid id."""
    if written_id(root, default_id).span is root.span and not _DAG_ID.fullmatch(default_id):
        message = f"the file name `{default_id}` cannot be the DAG's id"
        advice = "set `dag.id`, or use only letters, digits, `_`, `.` and `-` in the file name"
        yield Diagnostic(codes.MALFORMED, root.entries[0].key.span, message, advice, "dag.id")


def hidden_module(root: Mapping, default_id: str, dag_id: str) -> Iterator[Diagnostic]:
    """Whether the file that is named after the DAG would shadow a module that Python or the file itself imports."""
    if dag_id in _MODULES:
        message = f"`{dag_id}.py`, the file of this DAG, hides the Python module of that name from the files next to it"
        written = written_id(root, default_id)
        span = root.entries[0].key.span if written.span is root.span else written.span
        yield Diagnostic(codes.HIDES_MODULE, span, message, "give the DAG a different `id`", "dag.id")


def written_id(root: Mapping, default_id: str) -> Scalar:
    """The DAG's id as the spec writes it, or `default_id`, at the place of the document."""
    dag = root.get("dag")
    written = dag.get("id") if isinstance(dag, Mapping) else None
    if isinstance(written, Scalar) and not is_null(written):
        return written
    return Scalar(default_id, root.span, plain=False)


def resolved_id(root: Mapping, default_id: str, variables: Variables) -> str:
    """The DAG's id with its variables put in."""
    resolved = variables.resolve(written_id(root, default_id))
    return resolved.text if isinstance(resolved, Scalar) else default_id
