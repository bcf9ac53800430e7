"""Imported jobs → the text of a spec: short forms if there are any, keys in the language's order."""

import io
import re
from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import getitem
from typing import Any

from trainspec.importers.from_environment import with_variables
from trainspec.importers.model import Imported, ImportedJob
from trainspec.importers.outputs import with_references
from trainspec.importers.placing import placed
from trainspec.importers.script import job_fields
from trainspec.importers.sharing import defaults_of, repeated
from trainspec.request.texts import escaped_key
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.templates import as_literal, as_template

_SIMPLE = re.compile(r"[A-Za-z0-9_./+][A-Za-z0-9_./@%+=-]*(:+[A-Za-z0-9_./@%+=-]+)*( [A-Za-z0-9_./@%+=-]+)*")
_DATE = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])")
"""A string that YAML tools read as a date; this language does not, so it needs no quotes."""
_LONGEST_FLOW = 90
_SECTION = r"^(dag|vars|defaults|jobs|sensors|tasks|approvals|triggers):"
_WORDS = ("true", "false", "null", "yes", "no", "on", "off")


def spec_text(imported: Imported) -> str:
    """The spec as YAML."""
    jobs = {job.task_id: _ordered(_job_fields(job), "Job") for job in imported.jobs}
    defaults = _ordered(defaults_of(jobs), "Job")
    document: dict[str, Any] = {"trainspec": 1}
    if imported.dag:
        document["dag"] = _ordered(_as_template(imported.dag), "Dag")
    by_section: dict[str, dict[str, Any]] = {}
    for task in imported.other_tasks:
        fields = _ordered(_as_template(task.fields), _SECTIONS[task.section])
        by_section.setdefault(task.section, {})[task.task_id] = fields
    sections = {
        "defaults": defaults,
        "sensors": by_section.get("sensors"),
        "jobs": jobs,
        "tasks": by_section.get("tasks"),
    }
    sections["approvals"] = by_section.get("approvals")
    sections["triggers"] = by_section.get("triggers")
    whole = {**document, **{name: tasks for name, tasks in sections.items() if tasks or name == "jobs"}}
    document = _with_vars(whole, imported.constants)
    return _dump(document, placed(imported, document))


def _with_vars(document: dict[str, Any], constants: Mapping[str, str]) -> dict[str, Any]:
    """The document with `vars`: for what the environment may set, and for repeated constants."""
    found: dict[str, str] = {}
    document = with_references(with_variables(document, found))
    parts = [document.get("defaults", {}), *document["jobs"].values()]
    parts += [each.get("arguments", {}) for each in document.get("tasks", {}).values()]
    parts += [*document.get("sensors", {}).values()]
    found |= repeated(parts, constants, found)
    if not found:
        return document
    made: dict[str, Any] = {name: document.pop(name) for name in ("trainspec", "dag") if name in document}
    return {**made, "vars": {name: _quoted(value) for name, value in found.items()}, **document}


def _quoted(text: str) -> str:
    """A string of `vars`, whose type no field determines: in quotes if it could be read as another type."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    is_plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9_/.-]", text) and text.lower() not in _WORDS
    return text if is_plain else DoubleQuotedScalarString(text)


def _as_template(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {escaped_key(key): _as_template(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_template(below) for below in value]
    return as_template(value) if isinstance(value, str) else value


def _job_fields(job: ImportedJob) -> dict[str, Any]:
    fields = job_fields(job.request, as_template if job.templated else as_literal)
    return {**fields, **_as_template(job.fields)}


_SECTIONS = {"sensors": "Sensor", "tasks": "Task", "approvals": "Approval", "triggers": "Trigger"}
_MODELS = {"operator": "Operator", "default_args": "TaskArguments"}


def _ordered(fields: Mapping[str, Any], model: str) -> dict[str, Any]:
    """`fields` in the language's order, a job's own before those of every task."""
    definitions = load_schema(SPEC_SCHEMA)["$defs"]
    with_tasks = ("Job", *_SECTIONS.values())
    of_tasks = (
        {*definitions["TaskArguments"]["properties"], "depends_on", "task_group", "doc"} if model in with_tasks else ()
    )
    order = sorted(definitions[model]["properties"], key=lambda name: name in of_tasks)
    return {
        name: _ordered(fields[name], _MODELS[name])
        if name in _MODELS and isinstance(fields[name], Mapping)
        else fields[name]
        for name in order
        if name in fields
    }


def _dump(document: Mapping[str, Any], comments: Mapping[tuple[str, ...], list[str]]) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    stream = io.StringIO()
    styled = _styled(document, depth=0)
    for (*above, key), said in comments.items():
        section = reduce(getitem, map(_key, above), styled)
        section.yaml_set_comment_before_after_key(_key(key), before="\n".join(said), indent=2 * len(above))
    yaml.dump(styled, stream)
    blocks = re.sub(_SECTION, r"\n\1:", stream.getvalue(), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", blocks)


def _styled(value: Any, depth: int) -> Any:
    """`value` for ruamel: short maps and lists of scalars on one line, ambiguous strings in quotes."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, Mapping):
        deeper = 2 if depth == 0 else 1
        pairs = ((key, _styled(below, depth + (deeper if key == "defaults" else 1))) for key, below in value.items())
        styled = CommentedMap((_key(key), below) for key, below in pairs)
        if not value or (depth > 2 and _is_short(value)):
            styled.fa.set_flow_style()
        return styled
    if isinstance(value, list | tuple):
        items = CommentedSeq([_styled(each, depth + 1) for each in value])
        if not value or _is_short(value):
            items.fa.set_flow_style()
        return items
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not _SIMPLE.fullmatch(value) else value


def _key(key: str) -> str:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return key if _SIMPLE.fullmatch(key) else DoubleQuotedScalarString(key)


def _is_short(value: Any) -> bool:
    items = value.values() if isinstance(value, Mapping) else value
    return len(str(value)) <= _LONGEST_FLOW and not any(isinstance(each, Mapping | list | tuple) for each in items)
