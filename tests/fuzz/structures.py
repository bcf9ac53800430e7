"""Random specs: trees of the language's own keys with values of every kind, and good specs with parts swapped.

They only need a source of choices, so that hypothesis, atheris and a plain random generator can drive them.
"""

import copy
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from trainspec.schema.files import SPEC_SCHEMA, load_schema

CORPUS = Path(__file__).parent / "corpus"
SPECS = Path(__file__).parents[2] / "specs"
T = TypeVar("T")

# fmt: off
TEXTS = (
    "", " ", "x", "a b", "a: b", "# c", "null", "~", "yes", "on", "0", "1", "-1", "007", "1e5", "1_000", "0x1f", ".inf",
    ".nan", "2025-04-01", "2025-02-30", "12:30:45", "9" * 40, "1" * 4001, "1h30m", "10GB", "1.5", "@daily",
    "* * * * *",
    "6h", "UTC", "${vars.v}", "${vars.w}", "$${x}", "${", "${dag.id}", "${job.id}", "${matrix.m}",
    "${jobs.train.model}",
    "${jobs.other.name}", "{{ ds }}", "{{", "{%", "{{ 'x' }}", "{{ ds }}-{{ ts_nodash }}", "{% if ds %}a{% endif %}",
    "{{ ti.xcom_pull('a') }}", "}}", "{{ ''.__class__ }}", "{{ 10**100 }}", "{{ x | replace('a', 'b') }}", "{#", "\\n",
    "\\", '"', "'", "\n", "\r\n", "\t", "é", "\u2028", "\U0001f600", "\ufffd", "s3://bucket/key", "s3://", "S3://b/k",
    "arn:aws:iam::123456789012:role/R", "ml.m5.large", "ml.p4d.24xlarge", "us-east-1", "class", "../../x", "DAG",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1", "train", "-", "a" * 300,
)
# fmt: on
OTHERS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2**31, 2**63, 1.5, -0.0, 1e300, [], {}, [[]], [{}], {"": ""})


class Choices(Protocol):
    """The source of the choices."""

    def number(self, below: int) -> int:
        """A number from 0, less than `below`."""


def pick(choices: Choices, of: Sequence[T]) -> T:
    return of[choices.number(len(of))]


@cache
def keys() -> tuple[str, ...]:
    """All keys of the language."""
    found: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            found.update(schema.get("properties", {}))
            for below in schema.values():
                walk(below)
        elif isinstance(schema, list):
            for below in schema:
                walk(below)

    walk(load_schema(SPEC_SCHEMA))
    return tuple(sorted(found))


@cache
def seeds() -> tuple[Any, ...]:
    """The good specs that are mutated: data with strings as scalars."""
    paths = [*sorted(SPECS.glob("*.yaml")), *sorted(CORPUS.glob("good*.yaml"))]
    return tuple(yaml.load(path.read_text(), Loader=yaml.BaseLoader) for path in paths)  # noqa: S506  # texts only


def leaf(choices: Choices) -> Any:
    return copy.deepcopy(pick(choices, OTHERS)) if choices.number(4) == 0 else pick(choices, TEXTS)


def guided(choices: Choices, schema: Any, depth: int = 0) -> Any:
    """A value that mostly follows the schema."""
    chance = choices.number(16)
    if depth > 7 or chance == 0 or not isinstance(schema, dict):
        return leaf(choices)
    if "$ref" in schema:
        return guided(choices, load_schema(SPEC_SCHEMA)["$defs"][schema["$ref"].rsplit("/", 1)[-1]], depth)
    if "anyOf" in schema:
        return guided(choices, pick(choices, schema["anyOf"]), depth)
    if "enum" in schema or "const" in schema:
        return pick(choices, schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    kind = pick(choices, kind) if isinstance(kind, list) else kind
    if kind == "object":
        return _guided_map(choices, schema, depth)
    if kind == "array":
        return [guided(choices, schema.get("items"), depth + 1) for _ in range(choices.number(4))]
    if kind == "integer":
        return pick(choices, (0, 1, 2, 10, 3600, -1, 10**6, 2**40, "{{ ds }}"))
    if kind == "boolean":
        return bool(choices.number(2))
    return leaf(choices)


def _guided_map(choices: Choices, schema: dict[str, Any], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    properties = schema.get("properties", {})
    for name in properties:
        if name in schema.get("required", ()) or choices.number(4) == 0:
            made[name] = guided(choices, properties[name], depth + 1)
    if isinstance(schema.get("additionalProperties"), dict):
        for _ in range(choices.number(4)):
            made[str(pick(choices, (*TEXTS, "train", "a", "b")))] = guided(
                choices, schema["additionalProperties"], depth + 1
            )
    if choices.number(24) == 0:
        made[pick(choices, keys())] = leaf(choices)
    return made


def mutated(choices: Choices) -> Any:
    """A good spec with a few places changed."""
    root: Any = copy.deepcopy(pick(choices, seeds()))
    for _ in range(pick(choices, (1, 1, 1, 2, 4))):
        places = list(_places(root))
        if places:
            parent, key = pick(choices, places)
            _mutate(choices, parent, key, places)
    return root


def _mutate(choices: Choices, parent: Any, key: Any, places: list[Any]) -> None:
    kind = choices.number(6)
    if kind == 0:
        parent.pop(key)
    elif kind == 1:
        _put(parent, pick(choices, keys()), leaf(choices))
    elif kind == 2:
        _put(parent, key, guided(choices, {"$ref": "#/$defs/Job"}, 4))
    elif kind == 3:
        _put(parent, key, copy.deepcopy(_get(*pick(choices, places))))
    else:
        _put(parent, key, leaf(choices))


def _places(node: Any) -> Any:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in items:
        yield node, key
        yield from _places(below)


def _get(parent: Any, key: Any) -> Any:
    try:
        return parent[key]
    except LookupError:
        return None


def _put(parent: Any, key: Any, value: Any) -> None:
    if isinstance(parent, dict):
        parent[str(key)] = value
    elif isinstance(key, int) and key < len(parent):
        parent[key] = value
    else:
        parent.append(value)


def spec(choices: Choices) -> bytes:
    """The text of a random spec."""
    data = mutated(choices) if choices.number(3) else guided(choices, load_schema(SPEC_SCHEMA))
    if isinstance(data, dict) and choices.number(20):
        data = {**data, "trainspec": "1"}
    return _text(data, choices).encode("utf-8", "replace")


def _text(data: Any, choices: Choices) -> str:
    """Flow style, with scalars quoted or not at random: the quotes decide their types."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_text(value, choices)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_text(value, choices) for value in data) + "]"
    if isinstance(data, str) and (choices.number(8) == 0 or not _is_plain(data)):
        return json.dumps(data)
    return "null" if data is None else str(data).lower() if isinstance(data, bool) else str(data)


def _is_plain(text: str) -> bool:
    words = text.replace(" ", "")
    return bool(words) and text == text.strip() and all(each.isalnum() or each in "._/@*+" for each in words)
