"""Reads only the DAG ids of a spec: nothing is checked, and nothing after the id is read.

For the rules that concern all specs of a project, even if only a few of them are linted.
"""

from pathlib import PurePosixPath

from trainspec.compose import Read, extend
from trainspec.compose.dag_id import id_place
from trainspec.compose.document import dag_ids
from trainspec.compose.for_each import FIELD as FOR_EACH
from trainspec.crossfile.facts import DagAt
from trainspec.options import Options
from trainspec.text.parse import parse, parse_until
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Scalar
from trainspec.text.typing import is_null

_KEYS = frozenset({"trainspec", "dag"})


def glance(source: Source, options: Options, read: Read) -> list[DagAt]:
    """The DAGs of the spec `source`; none if the file is a fragment, or nothing that can be read.

    `read` gives the files that others extend.
    """
    if "trainspec" not in source.text:
        return []
    tree = parse_until(source, _KEYS)
    if not isinstance(tree, Mapping) or tree.get("trainspec") is None:
        return []
    extends = "extends" in source.text or FOR_EACH in source.text
    dag = tree.get("dag")
    written = dag.get("id") if isinstance(dag, Mapping) else None
    default = PurePosixPath(source.name).stem
    if options.environment is None or not (extends or "environments" in source.text):
        if isinstance(written, Scalar) and not is_null(written) and "${" not in written.text:
            return [DagAt(written.text, id_place(tree, source.name))]
        if written is None and not extends:
            return [DagAt(default, id_place(tree, source.name))]
    whole, _ = parse(source)
    if not isinstance(whole, Mapping):
        return []
    root = extend(source, whole, read).root
    place = id_place(root, source.name)
    return [DagAt(each, place) for each in dag_ids(root, default, options)]
