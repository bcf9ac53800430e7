"""Specs with one field at a boundary each, made from the language's schema: what compiles, Airflow must load."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.validator import acceptor
from trainspec.text.source import Source

TEXTS = (
    "", " ", "x", "a b", "ml pool", "x" * 100, "x" * 101, "x" * 249, "x" * 250, "x" * 251, "x" * 2_000, "words.md",
    "/etc/hostname.md", "/etc.md", "words and README.md", "a\0b.md", "\t", "a\nb", "é", "\U0001f600", "__debug__",
    "None", "class", "airflow", "datetime", "pendulum", "__init__", "sys", "{{ ds }}", "{% raw %}", "0s", "1s", "0",
    "-1s",
    "1000d",     "999999999d", "1000000000000000000", "999999999999d", "0001-01-01", "0001-01-01T00:00:00+14:00",
    "0002-01-01",
    "1969-12-31", "1899-12-31T23:59:59.999999", "9999-12-31", "9999-12-31T23:59:59+00:01", "9998-12-31",
    "2025-02-28T24:00:00", "Europe/Berlin", "UTC", "* * * * *", "0 0 31 2 *", "@daily", "acme.alerts.call",
    "my.Operator",     "all_success", "always", "all_done_min_one_success", "celery", "absolute", "all",
    "s3://bucket/key",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 2**31 - 1, 2**31, 2**63, 10**18, 0.5, -0.0, 1e300, [], {}, ["x"], ["x" * 101],
    ["", "x"],     ["x", "x"], {"a": 1}, {"__debug__": 1}, {"a b": 1}, {"a": None}, {"a": {"b": ["c"]}}, ["a@b.com"],
    {"x": "https://a"},
    {"x": "mailto:a@b"}, {"default": 1, "type": "string"}, {"x": {"default": "a", "pattern": "^a$"}},
)  # fmt: skip
JOB: dict[str, Any] = {
    "name": "job-{{ ts_nodash }}",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
    "role": "arn:aws:iam::123456789012:role/MyRole",
    "output": "s3://my-bucket/models/",
    "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": "10GB"},
    "stopping": {"max_runtime": "30m"},
}
BASE: dict[str, Any] = {
    "trainspec": 1,
    "dag": {"schedule": "@daily", "start_date": "2025-01-01"},
    "jobs": {"train": JOB},
}
PLACES: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "Dag": (("dag",), {}),
    "TaskArguments": (("jobs", "train"), {}),
    "Operator": (("jobs", "train", "operator"), {}),
    "Task": (("tasks", "step"), {"operator": "airflow.providers.standard.operators.empty.EmptyOperator"}),
    "Sensor": (("sensors", "ready"), {"s3": "s3://bucket/key"}),
    "Trigger": (("triggers", "next"), {"dag": "other"}),
    "Param": (("dag", "params", "x"), {"default": "a"}),
    "Asset": (("jobs", "train", "outlets", 0), {"uri": "s3://bucket/key"}),
}
"""The definitions of the schema whose fields reach Airflow: where each stands, and what it needs beside the field."""


def names() -> Iterator[tuple[str, dict[str, Any]]]:
    """Specs whose tasks, DAGs and parameters have odd names, and one whose values nest as deep as they may."""
    for name in (
        "__debug__",
        "None",
        "class",
        "train",
        "airflow",
        "x" * 200,
        "x" * 250,
        "a.b",
        "a-b",
        "_",
        "DAG",
        "print",
    ):
        yield (
            f"task {name}",
            {**BASE, "tasks": {name: PLACES["Task"][1], "after": {**PLACES["Task"][1], "depends_on": name}}},
        )
        yield f"job {name}", {**BASE, "jobs": {name: JOB, "after": {**JOB, "depends_on": name, "name": "b"}}}
        yield f"params {name}", {**BASE, "dag": {"start_date": "2025-01-01", "params": {name: 1}}}
        arguments = {"path": "acme.alerts.call", "arguments": {name: 1}}
        yield f"callback {name}", {**BASE, "dag": {"on_failure_callback": arguments}}
        yield f"argument {name}", {**BASE, "tasks": {"t": {"operator": "acme.ops.Work", "arguments": {name: 1}}}}
    deep: Any = "x"
    for level in range(1, 7):
        for _ in range(19):
            deep = [deep]
        variables = {f"v{number}": "[" * 19 + "x" + "]" * 19 for number in range(level)}
        yield f"depth {19 * level}", {**BASE, "vars": {"v": deep, **variables}, "dag": {"params": {"a": "${vars.v}"}}}


def specs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every spec, with what it shows."""
    definitions = load_schema(SPEC_SCHEMA)["$defs"]
    for definition, (place, needs) in PLACES.items():
        for name, schema in definitions[definition]["properties"].items():
            if name in definitions["TaskArguments"]["properties"] and definition not in ("TaskArguments", "Dag"):
                continue
            accepts = acceptor({**schema, "$defs": definitions})
            for value in filter(accepts, (*TEXTS, *OTHERS)):
                yield f"{definition}.{name}: {value!r}"[:120], _with(place, {**needs, name: value})
    yield from names()


def _with(place: tuple[Any, ...], fields: dict[str, Any]) -> dict[str, Any]:
    root = copy.deepcopy(BASE)
    node: Any = root
    for step, following in zip(place, (*place[1:], None), strict=True):
        if isinstance(node, list):
            node.append({})
            node = node[0]
        else:
            node = node.setdefault(step, [] if isinstance(following, int) else {})
    node.update(fields)
    return root


def compiled(airflow: str) -> dict[str, tuple[str, str]]:
    """The DAG file of each spec that compiles for a minor of Airflow, by its file's name, with what the spec shows."""
    found: dict[str, tuple[str, str]] = {}
    seen = set()
    options = Options(airflow=airflow)
    for number, (shows, data) in enumerate(specs()):
        source = Source(f"specs/b{number}.yaml", json.dumps(data, ensure_ascii=True))
        analysis = analyse(source, options)
        if any(each.severity == "error" for each in analysis.findings) or analysis.root is None:
            continue
        text = generate(analysis, options)
        alike = text.replace(f"b{number}", "b")
        if alike not in seen:
            seen.add(alike)
            found[f"b{number}.py"] = (shows, text)
    return found
