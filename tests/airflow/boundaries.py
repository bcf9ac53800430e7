"""Specs with fields of the language at their boundaries: Airflow must load what compiles.

The fields are those that docs/fields.md documents, which are all fields of the language's schema, each at the place of
its example. The values are words, dates, durations, numbers and containers for which Airflow or Python change their
behaviour, the words of the schema, and its limits. So a new field, word or limit is tried without a change here.
"""

import copy
import itertools
import json
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from trainspec.language.task import TaskArguments
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.reference.fields import Field, all_fields
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.validator import acceptor
from trainspec.text.source import Source

TEXTS = (
    "", " ", "x", "a b", "ml pool", "words.md", "/etc/hostname.md", "/etc.md", "words and README.md", "a\0b.md", "\t",
    "a\nb", "a\r\nb", "\\", "'", '"', '"""', "{", "{{", "%", "%s", "é", "\u2028", "\ufeff", "\U0001f600", "__debug__",
    "None", "class", "airflow", "datetime", "pendulum", "__init__", "sys", "{{ ds }}", "{{ params.x }}", "{% raw %}",
    "${job.id}", "0s", "1s", "0", "-1s", "1.5h", "1000d", "999999999d", "1000000000000000000", "999999999999d",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00", "0002-01-01", "1969-12-31", "1899-12-31T23:59:59.999999", "9999-12-31",
    "9999-12-31T23:59:59+00:01", "9998-12-31", "2025-02-28T24:00:00", "2025-03-30T02:30:00", "2016-12-31T23:59:60",
    "Europe/Berlin", "UTC", "Etc/GMT+12", "+14:00", "* * * * *", "0 0 31 2 *", "0 0 29 2 *", "@daily",
    "@continuous", "@once",
    "acme.alerts.call", "acme.alerts.late", "acme.alerts.Notify", "acme.ops.Work", "my.Operator", "queued",
    "logical_date",
    "average(0)", "average(1)", "average(2147483648)", "average(99999999999999999999)", "s3://bucket/key", "a@b.com",
    "https://a", "mailto:a@b", "file:///x", "celery", "CeleryExecutor", "always",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 2**31 - 1, 2**31, 2**63, 10**18, 0.5, -0.0, 1e300, [], {}, ["x"], ["x" * 101],
    ["", "x"], ["x", "x"], {"a": 1}, {"a": None}, {"a": {"b": ["c"]}}, ["a@b.com"], {"x": "https://a"},
    {"x": "mailto:a@b"}, {"default": 1, "type": "string"}, {"x": {"default": "a", "pattern": "^a$"}},
    {"x": {"default": 1, "minimum": 1, "maximum": 1}}, {"x": {"default": None, "type": ["null", "string"]}},
    {"x": {"default": "2025-02-29", "format": "date"}}, {"DAGs": ["can_read"]}, {"x": {"DAG Runs": ["can_create"]}},
    {"path": "acme.alerts.Notify", "arguments": {"a": [{}]}}, [{"path": "acme.alerts.call"}, "acme.alerts.call"],
    {"any": ["s3://a/b", {"all": ["s3://c/d", {"name": "n"}]}]}, [{"name": "a"}, {"name": "a", "group": "g"}],
    {"id": "1", "name": "a"}, [{"id": "1", "name": "a"}, {"id": "2", "name": "a"}], list(range(1000)),
)  # fmt: skip
KEYS = (
    "__debug__", "None", "class", "train", "airflow", "a.b", "a-b", "a b", "_", "DAG", "print", "é", "x" * 200,
    "x" * 250,
    "x" * 251, "1", "0x1", "{{ ds }}", "", "self", "context", "kwargs", "task_id", "dag", "config", "a\nb", "'",
    "\U0001f600",
)  # fmt: skip
JOB: dict[str, Any] = {
    "name": "job-{{ dag_run.run_after | ts_nodash }}",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
    "role": "arn:aws:iam::123456789012:role/MyRole",
    "output": "s3://my-bucket/models/",
    "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": "10GB"},
    "stopping": {"max_runtime": "30m"},
}
TUNED: dict[str, Any] = {
    "metrics": {"auc": "auc=([0-9.]+)"},
    "tuning": {
        "strategy": "Random",
        "objective": {"metric": "auc", "goal": "Maximize"},
        "ranges": {"eta": {"min": 0.1, "max": 0.5}},
        "limits": {"jobs": 20, "parallel": 4},
    },
}
EXCLUDED = {"image": {"framework", "algorithm", "serverless"}, "resources": {"serverless"}, "stopping": {"serverless"}}
"""What a job cannot have together with other fields."""
BASE: dict[str, Any] = {
    "trainspec": 1,
    "dag": {"schedule": "@daily", "start_date": "2025-01-01"},
    "jobs": {"train": JOB},
}
TASKS: Mapping[str, dict[str, Any]] = {
    "tasks": {"operator": "acme.ops.Work"},
    "sensors": {"s3": "s3://bucket/key"},
    "approvals": {"subject": "Release", "depends_on": "train"},
    "triggers": {"dag": "other"},
}
"""A minimal task of each other kind, with the arguments of every task."""

BESIDE: Mapping[str, dict[str, Any]] = {
    "environments.*.vars": {"vars": {"data": "s3://a"}},
    "matrix": {"jobs": {"train": {"name": "job-${matrix.id}-{{ dag_run.run_after | ts_nodash }}"}}},
    "depends_on": {"tasks": {"prepare": {"operator": "acme.ops.Work"}}},
    "proceed_if": {"jobs": {"train": {"metrics": {"validation:auc": "auc=([0-9.]+)"}}}},
    "tasks.*.operator": {"tasks": {"report": {"arguments": {"bash_command": "ls"}}}},
}
"""What an example needs, by the path of its field or the beginning of that path."""
DEFAULTS: tuple[Any, ...] = ("fast", "f", "2025-04-01", 1, 0.5, True, None, [], [1], {"depth": 1})
"""Defaults of a parameter, one of which is used with each of its other fields."""
QUEUE = {"sqs_queue": "https://sqs.us-east-1.amazonaws.com/123456789012/arrivals"}

Place = tuple[str | int, ...]


@dataclass
class Grown:
    """What is tried: specs by what they show, and for pairs, the good values of each field by its place."""

    airflow: str
    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    good: dict[Place, list[tuple[dict[str, Any], Any]]] = field(default_factory=dict)
    tried: int = 0
    compiled: int = 0
    fields: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)

    def _text(self, data: dict[str, Any]) -> str:
        """A spec as YAML; in Airflow 2, a run has no time except the logical date."""
        text = json.dumps(data, ensure_ascii=True)
        return text.replace("dag_run.run_after | ts_nodash", "ts_nodash") if self.airflow.startswith("2.") else text

    def take(self, shows: str, data: dict[str, Any]) -> bool:
        """Whether a spec compiles; its DAG file is kept unless it equals another one."""
        self.tried += 1
        name = f"b{self.tried}"
        if not _accepts()(data):
            return False
        options = Options(airflow=self.airflow)
        analysis = analyse(Source(f"specs/{name}.yaml", self._text(data)), options)
        if analysis.root is None or any(each.severity == "error" for each in analysis.findings):
            return False
        text = generate(analysis, options)
        alike = zlib.crc32(text.replace(name, "b").encode())
        self.compiled += 1
        if alike not in self.seen:
            self.seen.add(alike)
            self.found[f"{name}.py"] = (shows, text)
        return True


def grown(airflow: str, pairs: int = 0) -> Grown:
    """Everything that is tried in a minor of Airflow, with that many pairs of fields at their boundaries."""
    tried = Grown(airflow)
    for each in all_fields().values():
        _one_field(each, tried)
    for name in TaskArguments.model_fields:
        for number, (place, root) in enumerate(_places_of_tasks(name)):
            _values(".".join(map(str, place)), root, place, tried, part=slice(number, None, 1 + len(TASKS)))
    for shows, data in (*_depths(), *_keyword_names()):
        tried.take(shows, data)
    _pairs(tried, pairs)
    return tried


def _one_field(known: Field, tried: Grown) -> None:
    """A field at its boundaries, instead of its example; and odd keys for each `*` of its path."""
    for root in _examples(known):
        place = _place(known.path, root)
        if tried.take(known.path, root):
            tried.fields.add(known.path)
            _values(known.path, root, place, tried, known.words, slice(None) if is_of_airflow(known.path) else slice(0))
            break
    steps = known.path.split(".")
    offset = len(place) - len(steps)
    for index, step in enumerate(steps):
        parent, key = place[: index + offset], place[index + offset]
        every = (*parent, "*")
        if step == "*" and isinstance(key, str) and every not in tried.good:
            tried.good[every] = []
            for odd in KEYS:
                tried.take(f"{known.path}: the key {odd!r}", _renamed(root, parent, key, odd))


def is_of_airflow(path: str) -> bool:
    """Whether a documented field is about the DAG or its tasks; the others become members of a request."""
    more = ("dag", "operator", "depends_on", "task_group", "matrix", "proceed_if", "on_failure", "doc", "for_each")
    return path.split(".")[0] in {*TaskArguments.model_fields, *TASKS, *more}


def _values(
    shows: str,
    root: dict[str, Any],
    place: Place,
    tried: Grown,
    words: Sequence[str] = (),
    part: slice = slice(None),
) -> None:
    every = (*TEXTS, *_limits(), *OTHERS)
    for value in (*words, *every[part]):
        data = _with(root, place, value)
        if tried.take(f"{shows}: {value!r}"[:140], data):
            tried.good.setdefault(place, []).append((root, value))


def _pairs(tried: Grown, number: int) -> None:
    """Two fields at once, each with a value that compiles alone: of the DAG, of a task, or of both."""
    chance = random.Random(20)  # noqa: S311 - the same pairs each time
    known = [(place, good) for place, good in tried.good.items() if good and place[:1] == ("dag",)]
    known += [(place, good) for place, good in tried.good.items() if good and place[0] in TASKS]
    tasks = {
        ("jobs", "train", name) for name in (*TaskArguments.model_fields, "operator", "depends_on", "task_group", "doc")
    }
    known += [(place, good) for place, good in tried.good.items() if good and place[:3] in tasks]
    pairs = list(itertools.combinations(known, 2))
    for _ in range(number):
        (one, some), (other, others) = chance.choice(pairs)
        if one[: len(other)] == other or other[: len(one)] == one:
            continue
        (first, value), (second, another) = chance.choice(some), chance.choice(others)
        both = _merged(first, second)
        try:
            data = _with(_with(both, one, value), other, another)
        except (KeyError, IndexError, TypeError):  # the example of one field has no place for the other
            continue
        shows = (
            f"{'.'.join(map(str, one))}: {value!r}"[:120] + " + " + f"{'.'.join(map(str, other))}: {another!r}"[:120]
        )
        tried.take(shows, data)


# ---------------------------------------------------------------------- specs


class _Loader(yaml.SafeLoader):
    """YAML in which dates stay strings."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in known if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _examples(known: Field) -> Iterator[dict[str, Any]]:
    """Complete specs with the field's example."""
    root = _example(known)
    for path, beside in BESIDE.items():
        root = _merged(root, beside) if f"{known.path}.".startswith(f"{path}.") else root
    if ".watchers" in known.path:
        place = _place(known.path.partition(".watchers")[0] + ".watchers.*", root)
        root = _with(root, place, {"arguments": QUEUE, **_at(root, place)})
    if known.path.startswith("dag.params.*."):
        place = _place("dag.params.*", root)
        yield from (_with(root, place, {"default": default, **_at(root, place)}) for default in DEFAULTS)
    else:
        yield root


def _example(known: Field) -> dict[str, Any]:
    """A spec with the field's example."""
    example: dict[str, Any] = yaml.load(str(known.example), Loader=_Loader)  # noqa: S506 - based on SafeLoader
    if known.path.split(".")[0] in load_schema(SPEC_SCHEMA)["properties"]:
        root = copy.deepcopy(BASE)
        if "schedule" in (example.get("dag") or {}):
            del root["dag"]["schedule"]  # assets or times are the schedule
        return _merged(root, example)
    job = copy.deepcopy(JOB)
    if "tuning" in example:
        job |= copy.deepcopy(TUNED)
    for name, others in EXCLUDED.items():
        if others & example.keys():
            job.pop(name, None)
    if {"framework", "algorithm"} & example.keys():
        job["region"] = "us-east-1"
    return _merged({**copy.deepcopy(BASE), "jobs": {"train": job}}, {"jobs": {"train": example}})


def _places_of_tasks(name: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Where an argument of every task can be set: it is documented as a field of the job."""
    yield ("dag", "default_args", name), _merged(BASE, {"dag": {"default_args": {}}})
    for section, least in TASKS.items():
        yield (section, "step", name), _merged(BASE, {section: {"step": least}})


def _place(path: str, root: dict[str, Any]) -> Place:
    """The place of a field in a spec with its example."""
    steps = path.split(".")
    place: list[str | int] = [] if steps[0] in load_schema(SPEC_SCHEMA)["properties"] else ["jobs", "train"]
    for step in steps:
        node = _at(root, place)
        if step == "*" and isinstance(node, list) and node:
            place.append(0)
        elif step == "*" and isinstance(node, dict) and node:
            place.append(next(reversed(node)))
        else:
            place.append(step)
    return tuple(place)


def _at(root: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        root = root[step] if not isinstance(root, dict) else root.get(step)
    return root


def _with(root: Any, place: Place, value: Any) -> Any:
    """The spec with another value at a place. What is not on the path to it is shared."""
    step, *rest = place
    copied: Any = dict(root) if isinstance(root, dict) else list(root)
    there = root.get(step, {}) if isinstance(root, dict) else root[step]
    below = _with(there, tuple(rest), value) if rest else value
    copied[step] = below
    return copied


def _renamed(root: dict[str, Any], parent: Place, key: str, other: str) -> dict[str, Any]:
    siblings = {(other if name == key else name): value for name, value in _at(root, parent).items()}
    found: dict[str, Any] = _with(root, parent, siblings)
    return found


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        known = found.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        found[key] = _merged(known, value) if both and isinstance(known, dict) else value
    return found


def _depths() -> Iterator[tuple[str, dict[str, Any]]]:
    """Values with the maximum nesting, and with one level more."""
    deep: Any = "x"
    for level in range(1, 100):
        deep = [deep] if level % 2 else {"a": deep}
        yield f"params {level} deep", _merged(BASE, {"dag": {"params": {"a": {"default": deep}}}})
        yield (
            f"arguments {level} deep",
            _merged(BASE, {"tasks": {"t": {"operator": "acme.ops.Work", "arguments": {"a": deep}}}}),
        )
        yield f"conf {level} deep", _merged(BASE, {"triggers": {"t": {"dag": "other", "conf": {"a": deep}}}})
        yield (
            f"extra {level} deep",
            _merged(BASE, {"jobs": {"train": {"outlets": {"name": "n", "extra": {"a": deep}}}}}),
        )


def _keyword_names() -> Iterator[tuple[str, dict[str, Any]]]:
    """Odd names of everything that has a name, and of keyword arguments."""
    for name in KEYS:
        after = {**JOB, "depends_on": name, "name": "b-{{ dag_run.run_after | ts_nodash }}"}
        yield f"job {name!r}", {**BASE, "jobs": {name: JOB, "after": after}}
        for section, least in TASKS.items():
            yield f"{section} {name!r}", {**BASE, section: {name: least}}
        yield f"DAG {name!r}", {**BASE, "dag": {**BASE["dag"], "id": name}}
        called = {"path": "acme.alerts.Notify", "arguments": {name: 1}}
        yield f"callback's argument {name!r}", {**BASE, "dag": {**BASE["dag"], "on_failure_callback": called}}
        given = {"t": {"operator": "acme.ops.Work", "arguments": {name: 1}}}
        yield f"operator's argument {name!r}", {**BASE, "tasks": given}
        yield f"matrix of {name!r}", {**BASE, "jobs": {"m": {**JOB, "matrix": {name: [1, 2]}}}}
        yield f"a value {name!r} of a matrix", {**BASE, "jobs": {"m": {**JOB, "matrix": {"x": [name, "y"]}}}}
        each = {"for_each": {"x": [name, "y"]}, "dag": {**BASE["dag"], "id": "d_${for_each.x}"}}
        yield f"a value {name!r} of for_each", {**BASE, **each}


# ---------------------------------------------------------------------- the schema

_CACHE: dict[str, Any] = {}


def _accepts() -> Any:
    """Whether the language's schema accepts a document."""
    if "accepts" not in _CACHE:
        _CACHE["accepts"] = acceptor(load_schema(SPEC_SCHEMA))
    return _CACHE["accepts"]


def _limits() -> Sequence[Any]:
    """Numbers, strings and lists at each limit in the schema, and just beyond; and at Airflow's limits."""
    if "limits" not in _CACHE:
        found = set(_named_limits(load_schema(SPEC_SCHEMA))) | {100, 249, 250, 251, 1_500, 2_000, 65_535}
        numbers = sorted({each + more for each in found for more in (-1, 0, 1)})
        texts = ["x" * each for each in numbers if 1 < each <= 66_000]
        _CACHE["limits"] = (*numbers, *texts, *([f"x{i}" for i in range(each)] for each in numbers if 1 < each <= 300))
    limits: Sequence[Any] = _CACHE["limits"]
    return limits


def _named_limits(schema: Any) -> Iterator[int]:
    words = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties")
    if isinstance(schema, dict):
        yield from (int(value) for key, value in schema.items() if key in words and isinstance(value, int))
        for value in schema.values():
            yield from _named_limits(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _named_limits(value)
