"""Every field of the language: how it is written, what it becomes and what AWS says of that; read from the schemas."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from trainspec.language.patches import SUFFIX as PATCH
from trainspec.reference.examples import example
from trainspec.request.api.check import member_schema, shape_name
from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.fields import JOB, OF_PARTS, members
from trainspec.request.tuning import tuning_members
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.walk import PLACEHOLDERS, Schema, named_arms
from trainspec.schema.words import TYPES, limits_in_words

_OPERATOR = Path(__file__).parents[1] / "runtime" / "operator.py"
_PLACES = {"": "Job", "dag": "Dag"}
_DOCUMENTED_AT = {
    "Job": "",
    "Dag": "dag",
    "TaskArguments": "",
    "Asset": "outlets",
    "AssetCondition": "dag.schedule.assets",
    "Watcher": "dag.schedule.assets.watchers.*",
    "CalledBack": "on_failure_callback",
    "Param": "dag.params.*",
}
"""The maps whose fields are documented once, and not at every place that takes such a map."""

_AIRFLOWS = {
    "dag.catchup": "false; true on Airflow 2",
    "dag.max_active_runs": "set in Airflow's configuration: `[core] max_active_runs_per_dag` (16)",
    "dag.max_active_tasks": "set in Airflow's configuration: `[core] max_active_tasks_per_dag` (16)",
    "retries": "set in Airflow's configuration: `[core] default_task_retries` (0)",
    "retry_delay": "5m",
    "trigger_rule": "all_success",
    "pool": "default_pool",
    "priority_weight": "1",
    "depends_on_past": "false",
}
"""Airflow's defaults, for fields that a spec does not set.

https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html
"""

_OTHER_TASKS = ("sensors.*", "tasks.*", "approvals.*", "triggers.*")


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    `path` leads there from the job, or from the document for `dag.schedule` and `vars`; `*` stands for any key or item.
    `form` says how a value is written, `words` which ones there are; `member` is the request member that it becomes,
    with AWS's `limits` and `pattern` for it. `in_list` if only the items of a list have the field, and not the
    values of the map that may be in its place. `example` is YAML, from the same place as `path`.
    """

    path: str
    description: str
    form: str
    words: tuple[str, ...] = ()
    is_required: bool = False
    in_list: bool = False
    member: str | None = None
    limits: str | None = None
    pattern: str | None = None
    default: str | None = None
    example: str | None = None

    @property
    def top(self) -> str:
        """The field of the job, or of the DAG, that this one belongs to."""
        steps = self.path.split(".")
        return ".".join(steps[:2]) if steps[0] == "dag" else steps[0]


@cache
def all_fields() -> Mapping[str, Field]:
    """Every field by its path, each behind the one that it is in: the document's, the job's, the DAG's."""
    root = load_schema(SPEC_SCHEMA)
    found: dict[str, Field] = {}
    for name, schema in root["properties"].items():
        found[name] = _field(name, schema, is_required=name in ("trainspec", "jobs"))
        if name not in _PLACES and f"{name}.*" not in _OTHER_TASKS:
            found |= {each.path: each for each in _inside(schema, name)}
    for place, definition in _PLACES.items():
        for each in _below(_definitions()[definition], place):
            found.setdefault(each.path, each)
    for place in _OTHER_TASKS:
        name = place.removesuffix(".*")
        found |= {each.path: each for each in _inside(root["properties"][name], name)}
    known = _members()
    defaults = {f"operator.{name}": value for name, value in _operator_defaults().items()}
    defaults |= {row.field: str(row.default) for row in JOB if row.default is not None}
    defaults |= _AIRFLOWS
    return {
        path: replace(
            _with_member(each, known.get(path)),
            default=defaults.get(path),
            example=example(path, each.form, each.words, in_list=each.in_list),
        )
        for path, each in found.items()
    }


def below(path: str) -> list[Field]:
    """The fields in the one at `path`, at any depth."""
    return [each for each in all_fields().values() if each.path.startswith(f"{path}.")]


# ---------------------------------------------------------------------- the language's schema


def _below(schema: Schema, path: str, *, in_list: bool = False) -> Iterator[Field]:
    """The fields of a map with the schema `schema`, and those below them; for other tasks, not those of every task."""
    shared = _definitions()["TaskArguments"]["properties"] if path in _OTHER_TASKS else {}
    for name, inner in schema.get("properties", {}).items():
        if name in shared:
            continue
        at = f"{path}.{name}" if path else name
        yield replace(_field(at, inner, is_required=name in schema.get("required", ())), in_list=in_list)
        yield from _inside(inner, at)


def _inside(schema: Schema, path: str) -> Iterator[Field]:
    """The fields of the maps that `schema` allows at `path`."""
    arms = [arm for arm in _arms(schema) if not _is_documented_elsewhere(arm, path)]
    is_map_too = any("additionalProperties" in arm and "properties" not in arm for arm in arms)
    for arm in arms:
        if "properties" in arm:
            yield from _below(arm, path)
        values, items = arm.get("additionalProperties"), arm.get("items")
        if isinstance(values, Mapping) and values:
            if not any("properties" in each for each in _arms(values)):
                yield _field(f"{path}.*", values)
            yield from _inside(values, f"{path}.*")
        if items:
            others = (each for each in _arms(items) if not any(each is arm for arm in arms))
            for inner in (each for each in others if not _is_documented_elsewhere(each, f"{path}.*")):
                yield from _below(inner, f"{path}.*", in_list=is_map_too)


def _is_documented_elsewhere(schema: Schema, path: str) -> bool:
    """Whether a map is one whose fields are documented elsewhere than `path`."""
    name = next((each for each, definition in _definitions().items() if definition is schema), "")
    return name.endswith(PATCH) or _DOCUMENTED_AT.get(name, path) != path


def _field(path: str, schema: Schema, *, is_required: bool = False) -> Field:
    arms = list(_arms(schema))
    words = tuple(word for arm in arms for word in arm.get("enum", ()))
    described = next((each["description"] for each in (schema, *arms) if "description" in each), "")
    if path.endswith("*") and not described:
        described = f"One entry of `{path.removesuffix('.*')}`."
    return Field(path, described.split("\n\nRequest member:")[0], _form(schema, arms), words, is_required)


def _form(schema: Schema, arms: list[Schema]) -> str:
    if "x-form" in schema:
        return str(schema["x-form"])
    if any("enum" in arm for arm in arms):
        return "one of these words"
    if "const" in schema:
        return str(schema["const"])
    forms = dict.fromkeys(form for arm in arms if (form := _form_of_arm(arm)))
    return " or ".join(forms) or "any value"


def _form_of_arm(arm: Schema) -> str | None:
    if arm.get("type") == "array" and "items" in arm:
        items = list(_arms(arm["items"]))
        inner = _form(arm["items"], items)
        return {"a string": "a list of strings", "a map": "a list of maps"}.get(inner, f"a list: {inner}")
    below = arm.get("additionalProperties")
    if isinstance(below, Mapping) and below and "properties" not in arm:
        inner = _form(below, list(_arms(below)))
        return {"a string": "a map of strings", "a map": "a map of maps"}.get(inner, f"a map; each value is {inner}")
    named = arm.get("x-form") or TYPES.get(str(arm.get("type")))
    return str(named) if named else None


def _arms(schema: Schema) -> Iterator[Schema]:
    """The forms that a schema allows, without templates and `${...}`, which are allowed nearly everywhere."""
    return (arm for name, arm in named_arms(schema, _definitions()) if name not in PLACEHOLDERS)


def _definitions() -> Schema:
    definitions: Schema = load_schema(SPEC_SCHEMA)["$defs"]
    return definitions


# ---------------------------------------------------------------------- the request's schema


def _members() -> dict[str, str]:
    found: dict[str, str] = {}
    for path, member in (*members(), *tuning_members()):
        found.setdefault(path, member)
    return found


def _with_member(field: Field, member: str | None) -> Field:
    if member is None:
        return field
    schema = member_schema(member.split("."), _operation(field.path)) or {}
    pattern = schema.get("x-aws-pattern") if "enum" not in schema else None
    if field.path in OF_PARTS:
        return replace(field, member=member)
    return replace(field, member=member, limits=limits_in_words(schema), pattern=pattern)


def shape(field: Field) -> str | None:
    """AWS's name of the shape of the member that a field becomes."""
    return shape_name(field.member.split("."), _operation(field.path)) if field.member else None


def _operation(path: str) -> str:
    return TUNING if path.split(".")[0] == "tuning" else TRAINING


# ---------------------------------------------------------------------- the operator's defaults


def _operator_defaults() -> dict[str, str]:
    """The defaults of the operator's arguments, read from its source: importing it takes Airflow.

    `max_attempts` has none in a spec: without it, a compiled task waits as long as the job may run.
    """
    tree = ast.parse(_OPERATOR.read_text(encoding="utf-8"))
    init = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    arguments = zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)
    return {
        name.arg: _shown(name.arg, value) for name, value in arguments if value is not None and _shown(name.arg, value)
    }


def _shown(name: str, value: ast.expr) -> str:
    if name == "max_attempts":
        return ""
    if not isinstance(value, ast.Constant):
        return "set in Airflow's configuration: `[operators] default_deferrable`" if name == "deferrable" else ""
    if value.value is None:
        return ""
    text = str(value.value).lower() if isinstance(value.value, bool) else str(value.value)
    return f"{text}s" if name == "check_interval" else text
