"""Documents generated from the language's schema, and settings from a table: valid ones, and nearly valid ones.

A value is often the one that an example spec has in a field of that name, and a string that must match a pattern is
often one from an example; so most of a document makes sense. In a nearly valid one, a few values are of another kind,
in the wrong place, have an unknown name, or are missing.
"""

import copy
import json
import random
import re
from functools import cache
from typing import Any

import yaml
from structures import OTHERS, SPECS, TEXTS
from trainspec.schema.files import SPEC_SCHEMA, load_schema

DEEPEST = 8
NAMES = ("train", "tune", "a", "b", "lr", "x-1", "evaluate")
SETTINGS: dict[str, tuple[Any, ...]] = {
    "project": ("churn", "a b", ""),
    "paths": (["specs"], ["specs/*.yaml"], ["specs/x.yaml", "nowhere"], ["../.."], ["**"]),
    "output": ("generated_dags", "dags/all", "../dags", "/var/dags", "specs"),
    "airflow": ("3.3", "2.11", "3.0", "2", 3, 3.1, "4"),
    "allow-accounts": (["123456789012"], ["1"], [123456789012]),
    "external-dags": (["other"], ["*"], [""]),
    "operators": (["acme.Work"], ["acme.*"], ["(a+)+"]),
    "operator-sources": (["dags"], ["/usr"], ["specs/../.."]),
    "callbacks": (["acme.alerts.call"], []),
    "select": (["TS5"], ["TS540", "TS2"], ["TS999"]),
    "ignore": (["TS540"], ["TS1"], ["X"], ["TS5"] * 600),
    "strict": (True, False, "yes"),
    "environments": ({"prod": {"output": "dags/prod", "region": "eu-west-1"}}, {"a b": {}}, {"dev": {"airflow": "2"}}),
    "per-path": ({"specs/**": ["TS5"]}, {"[": ["TS540"]}, {"*" * 40: ["TS540"]}),
    "severity": ({"TS540": "error"}, {"TS5": "info"}, {"TS540": "nothing"}),
}


@cache
def _scalars() -> tuple[str, ...]:
    """Every string of the example specs."""

    def walk(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [text for pair in node.items() for each in pair for text in walk(each)]
        return [text for each in node for text in walk(each)] if isinstance(node, list) else [str(node)]

    found = [walk(yaml.load(path.read_text(), Loader=yaml.BaseLoader)) for path in SPECS.rglob("*.yaml")]  # noqa: S506
    return tuple(dict.fromkeys(text for texts in found for text in sorted(texts)))


@cache
def _known() -> dict[str, tuple[Any, ...]]:
    """The values that the example specs have in each field, by its name."""
    found: dict[str, list[Any]] = {}
    for path in sorted(SPECS.rglob("*.yaml")):
        for parent, key in _places(yaml.safe_load(path.read_text())):
            if isinstance(parent, dict) and parent[key] not in found.setdefault(key, []):
                found[key].append(parent[key])
    return {key: tuple(values) for key, values in found.items()}


@cache
def _wholes() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(path.read_text()) for path in sorted(SPECS.glob("*.yaml")))


@cache
def _matching(pattern: str) -> tuple[str, ...]:
    return tuple(text for text in (*_scalars(), *TEXTS) if re.search(pattern, text)) or TEXTS


def value(chance: random.Random, schema: Any, depth: int = 0) -> Any:
    """A value that the schema usually accepts; a small one if it is deeply nested."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return chance.choice(_scalars())
    if "$ref" in schema:
        return value(chance, load_schema(SPEC_SCHEMA)["$defs"][schema["$ref"].rpartition("/")[2]], depth)
    for choice in ("enum", "anyOf"):
        if choice in schema:
            chosen = chance.choice(schema[choice])
            return chosen if choice == "enum" else value(chance, chosen, depth)
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    match chance.choice(kind) if isinstance(kind, list) else kind:
        case "object":
            return _object(chance, schema, depth)
        case "array":
            count = max(schema.get("minItems", 0), chance.choice((0, 1, 1, 2, 3)))
            return [value(chance, schema.get("items"), depth + 1) for _ in range(count)]
        case "integer" | "number":
            return schema.get("minimum", 0) + chance.choice((0, 1, 2, 30, 86_400, 10**9))
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
    return chance.choice(_matching(schema["pattern"]) if "pattern" in schema else _scalars())


def _object(chance: random.Random, schema: dict[str, Any], depth: int) -> dict[str, Any]:
    properties, required = schema.get("properties", {}), schema.get("required", ())
    share = 0.5 if depth == 0 else 3 / (len(properties) + 3)
    made = {
        name: _of_field(chance, name, below, depth)
        for name, below in properties.items()
        if name in required or chance.random() < share
    }
    if isinstance(more := schema.get("additionalProperties"), dict):
        pattern = schema.get("propertyNames", {}).get("pattern", "")
        names = [name for name in NAMES if re.search(pattern, name)] or _matching(pattern)
        for _ in range(chance.choice((1, 1, 2, 3))):
            made[chance.choice(names)] = value(chance, more, depth + 1)
    return made


def _of_field(chance: random.Random, name: str, schema: Any, depth: int) -> Any:
    if depth and name in _known() and chance.random() < 0.8:
        return copy.deepcopy(chance.choice(_known()[name]))
    return value(chance, schema, depth + 1)


def document(chance: random.Random) -> str:
    """A spec in one of YAML's styles."""
    made = value(chance, load_schema(SPEC_SCHEMA))
    if chance.random() < 0.7:  # based on a complete spec
        whole = copy.deepcopy(chance.choice(_wholes()))
        made = _grown(chance, whole) if chance.random() < 0.7 else {**whole, **_some(chance, made, 2)}
    made["trainspec"] = 1
    for _ in range(chance.choice((0, 0, 0, 1, 1, 3))):
        _spoil(chance, made)
    if chance.random() < 0.2:
        return json.dumps(made, default=str)
    return yaml.safe_dump(made, sort_keys=False, default_flow_style=chance.choice((None, False, True)), width=100)


def _some(chance: random.Random, found: dict[str, Any], most: int) -> dict[str, Any]:
    return {key: found[key] for key in chance.sample(sorted(found), min(len(found), most))}


def _grown(chance: random.Random, spec: dict[str, Any]) -> dict[str, Any]:
    """`spec` with some more fields in one of its jobs, or in its DAG."""
    kind, at = chance.choice((("Job", chance.choice([*spec.get("jobs", {}).values(), {}])), ("Dag", spec.get("dag"))))
    fields = load_schema(SPEC_SCHEMA)["$defs"][kind]["properties"]
    if isinstance(at, dict):
        for name, below in _some(chance, fields, chance.choice((1, 2, 4))).items():
            at[name] = _of_field(chance, name, below, 2)
    return spec


def _spoil(chance: random.Random, root: dict[str, Any]) -> None:
    """Swap, rename, move or remove one value."""
    places = [*_places(root)]
    if not places:
        return  # the document has lost its last key
    parent, key = chance.choice(places)
    if isinstance(parent, dict) and chance.random() < 0.4:
        taken = parent.pop(key)
        if chance.random() < 0.6:
            parent[chance.choice((*NAMES, f"{key}s", str(key)[:-1], *TEXTS))] = taken
        return
    other, its = chance.choice(places)
    parent[key] = copy.deepcopy(chance.choice((other[its], chance.choice(TEXTS), chance.choice(OTHERS))))


def _places(node: Any) -> Any:
    for key, below in node.items() if isinstance(node, dict) else enumerate(node):
        yield node, key
        if isinstance(below, dict | list):
            yield from _places(below)


def settings(chance: random.Random) -> str:
    """A settings file. JSON's strings, numbers and lists are valid TOML, and its maps with `=` instead of `:`."""
    chosen = chance.sample(sorted(SETTINGS), chance.randrange(1, 6))
    return "".join(f"{key} = {_toml(chance.choice(SETTINGS[key]))}\n" for key in chosen)


def _toml(said: Any) -> str:
    if isinstance(said, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(below)}" for key, below in said.items()) + "}"
    return "[" + ", ".join(map(_toml, said)) + "]" if isinstance(said, list) else json.dumps(said)
