"""What an author can only have meant: for keys, for strings of a form, for values of a type, for lists of pairs.

Each is a table, or a function that returns None if in doubt. To suggest something new, add a row.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from trainspec.diagnostics import Edit, Fix, Span, the_one
from trainspec.diagnostics.near import folded
from trainspec.text.tree import Entry, Path, Scalar, Sequence
from trainspec.text.tree import Mapping as Map
from trainspec.units import (
    ACCOUNT_PATTERN,
    DURATION_PATTERN,
    REGION_PATTERN,
    SIZE_PATTERN,
    duration,
    duration_meant,
    size_meant,
)

OTHER_NAMES: Mapping[str, str] = {
    "schedule_interval": "schedule",
    "concurrency": "max_active_tasks",
    "dag_concurrency": "max_active_tasks",
    "max_active_tasks_per_dag": "max_active_tasks",
    "max_active_runs_per_dag": "max_active_runs",
    "task_concurrency": "max_active_tis_per_dag",
    "fail_stop": "fail_fast",
    "tz": "timezone",
    "dag_id": "id",
    "doc_md": "doc",
    "training_image": "image",
    "image_uri": "image",
    "role_arn": "role",
    "job_name": "name",
    "hyperparams": "hyperparameters",
    "env": "environment",
    "env_vars": "environment",
    "output_path": "output",
    "use_spot_instances": "spot",
    "train_instance_type": "instance_type",
    "train_instance_count": "instance_count",
    "max_run": "max_runtime",
    "depends": "depends_on",
    "upstream": "depends_on",
    "min": "at_least",
    "minimum": "at_least",
    "gte": "at_least",
    "ge": "at_least",
    "max": "at_most",
    "maximum": "at_most",
    "lte": "at_most",
    "le": "at_most",
    "gt": "above",
    "lt": "below",
}
"""Keys under other names: Airflow's former ones, the SageMaker SDK's, those of other tools. Where the name at the right
is known, the one at the left means it."""

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WHOLE = re.compile(r"([-+]?[0-9][0-9_]*)(?:\.0*)?")
_WORDS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}


def _region(text: str) -> str:
    """A region in its own spelling; that of an availability zone is its name without the letter."""
    region = text.strip().lower().replace("_", "-").replace(" ", "-")
    return region[:-1] if re.fullmatch(r".*-[0-9][a-z]", region) else region


def _account(text: str) -> str:
    return re.sub(r"[- ]", "", text)


def _duration(text: str) -> str | None:
    """A duration; a clock's `02:00:00` is one, too."""
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])", text.strip())
    if clock is None:
        return duration_meant(text)
    hours, minutes, rest = map(int, clock.groups())
    total = hours * 3600 + minutes * 60 + rest
    return str(duration(total)) if total else None


def _size(text: str) -> str | None:
    """A size; SageMaker counts complete gigabytes, so megabytes are rounded up."""
    small = re.fullmatch(r"([0-9]{1,9}) *(?:mb|mib|mi|m)", text.strip(), re.IGNORECASE)
    return f"{-(-int(small[1]) // 1024) or 1}GB" if small else size_meant(text)


BY_PATTERN: Mapping[str, Callable[[str], str | None]] = {
    DURATION_PATTERN: _duration,
    SIZE_PATTERN: _size,
    REGION_PATTERN: _region,
    ACCOUNT_PATTERN: _account,
}
"""The pattern that a string does not match, and the only thing that it can have meant."""


PAIRS: Mapping[str, tuple[Collection[str], str]] = {
    "tags": (("key",), "value"),
    "environment": (("name", "key"), "value"),
    "hyperparameters": (("name", "key"), "value"),
    "metrics": (("name",), "regex"),
}
"""Fields that are maps here and lists of pairs elsewhere: the words for the key, and the one for the value."""


def key_meant(key: str, known: Mapping[str, Any]) -> str | None:
    """The key of `known` (names with their schemas) that `key` can only mean."""
    other = OTHER_NAMES.get(key)
    if other in known:
        return other
    members = [name for name, below in known.items() if folded(_member(below)) == folded(key)]
    return members[0] if len(members) == 1 else the_one(key, known)


def _member(schema: Mapping[str, Any]) -> str:
    """The last part of the request member that a field becomes."""
    return str(schema.get("x-member", "")).rsplit(".", 1)[-1]


def text_meant(text: Any, pattern: str) -> str | None:
    """The only thing that `text`, which does not match the schema's `pattern`, can have meant."""
    remedy = BY_PATTERN.get(pattern)
    meant = remedy(text) if remedy and isinstance(text, str) else None
    return meant if meant is not None and meant != text and re.search(pattern, meant) else None


def value_meant(value: Any, types: Collection[str]) -> str | None:
    """The unquoted scalar of one of `types` that `value`, which is of none, can only have meant: `yes`, `"3"`."""
    if isinstance(value, str):
        if "boolean" in types and value.lower() in _WORDS:
            return _WORDS[value.lower()]
        if "integer" in types and value.lower() in _NUMBERS:
            return str(_NUMBERS.index(value.lower()))
        whole = _WHOLE.fullmatch(value) if len(value) < 20 and not {"integer", "number"}.isdisjoint(types) else None
        if whole:
            return str(int(whole[1].rstrip("_")))
    if isinstance(value, float) and "integer" in types and abs(value) < 10**15 and value.is_integer():
        return str(int(value))
    return None


_LISTS = {
    "inputs": "give each channel a name: `inputs: {train: s3://…}`",
    "tags": "write `tags: {NAME: VALUE}`",
    "metrics": "write `metrics: {NAME: REGULAR EXPRESSION}`",
    "environment": "write `environment: {NAME: VALUE}`",
    "hyperparameters": "write `hyperparameters: {NAME: VALUE}`",
    "jobs": "give each job a name: `jobs: {train: {…}}`",
}
"""Maps that people write as lists, and how the map begins."""

_CONDITION = re.compile(r"\s*([\w:.-]+)\s*(>=|<=|==|>|<)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*")
_BETWEEN = re.compile(r"\[?\s*([-+]?[0-9]+(?:\.[0-9]+)?)\s*(?:-|:|,|\.\.+|to)\s*([-+]?[0-9]+(?:\.[0-9]+)?)\s*\]?")
_BOUNDS = {">=": "at_least", "<=": "at_most", ">": "above", "<": "below"}
_CLASSES = {
    "BashOperator": "airflow.providers.standard.operators.bash.BashOperator",
    "PythonOperator": "airflow.providers.standard.operators.python.PythonOperator",
    "EmptyOperator": "airflow.providers.standard.operators.empty.EmptyOperator",
    "DummyOperator": "airflow.providers.standard.operators.empty.EmptyOperator",
    "S3KeySensor": "airflow.providers.amazon.aws.sensors.s3.S3KeySensor",
}
"""Where Airflow keeps the classes that people know by their names alone."""


def form_meant(path: Path, value: Any) -> str | None:
    """How to write what an author meant, if it is in another form than that of its field."""
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    if field == "proceed_if" and isinstance(value, str):
        found = _CONDITION.fullmatch(value)
        if found and found[2] in _BOUNDS:
            return f"write `{{metric: {found[1]}, {_BOUNDS[found[2]]}: {found[3]}}}`"
        return "write `{metric: NAME, at_least: NUMBER}`"
    if path == ("dag",) and isinstance(value, str):
        return f"write `dag: {{id: {value}}}`" if re.fullmatch(r"[A-Za-z0-9_.-]+", value) else "write `dag: {id: NAME}`"
    if field == "framework" and isinstance(value, str):
        return _framework_meant(value)
    if field == "source" and isinstance(value, str):
        return _source_meant(value)
    if isinstance(value, str) and (meant := _range_meant(path, value)):
        return meant
    is_item = isinstance(path[-1], int) if path else False
    return _LISTS.get(field) if is_item or isinstance(value, list) else None


def _range_meant(path: Path, value: str) -> str | None:
    """`1-9`, `1..9` or `1 to 9` as the range of a tuning job that it is."""
    is_whole = path[-4:-2] == ("tuning", "ranges") and path[-1] == "int"
    if not is_whole and path[-3:-1] != ("tuning", "ranges"):
        return None
    found = _BETWEEN.fullmatch(value.strip())
    if is_whole:
        return f"write `[{found[1]}, {found[2]}]`" if found else "write `[least, greatest]`"
    if found is None:
        return None
    if "." in found[1] + found[2]:
        return f"write `{{min: {found[1]}, max: {found[2]}}}`"
    return f"write `{{int: [{found[1]}, {found[2]}]}}`"


def _framework_meant(value: str) -> str:
    """`pytorch`, `pytorch:2.3` or `pytorch@2.3` as the map that it is."""
    found = re.fullmatch(r"\s*([A-Za-z][\w-]*)(?:[@:= ]+([0-9][\w.]*))?\s*", value)
    name, version = (found[1].lower(), found[2]) if found else ("NAME", None)
    return f'write `{{name: {name}, version: "{version or "VERSION"}"}}`'


def _source_meant(value: str) -> str:
    """A script, or a folder, as the map that it is."""
    folder, _, script = value.rpartition("/")
    if not script.endswith((".py", ".sh")):
        return f"write `{{dir: {value}, entry: train.py}}`"
    return f"write `{{dir: {folder or '.'}, entry: {script}}}`"


def name_meant(path: Path, value: Any) -> str | None:
    """The only thing that a name in another form can mean; None if it is ambiguous."""
    if path == ("dag", "id") and isinstance(value, str):
        return re.sub(r" +", "_", value.strip()) if re.fullmatch(r" *\w[\w. -]{0,248}", value, re.ASCII) else None
    if path and path[-1] == "operator" and isinstance(value, str):
        return _CLASSES.get(value)
    return None


def pair_lists(data: Mapping[str, Any]) -> Iterator[Path]:
    """The paths of a document's lists of pairs where a job, or `defaults`, has a map."""
    jobs = data.get("jobs")
    places: list[tuple[Path, Any]] = [(("defaults",), data.get("defaults"))]
    places += [(("jobs", name), job) for name, job in jobs.items()] if isinstance(jobs, Mapping) else []
    for path, job in places:
        for field in PAIRS if isinstance(job, Mapping) else ():
            if isinstance(job.get(field), list) and job[field] and all(_is_pair(field, each) for each in job[field]):
                yield (*path, field)


def _is_pair(field: str, item: Any) -> bool:
    keys, value = PAIRS[field]
    words = sorted(folded(str(word)) for word in item) if isinstance(item, Mapping) else []
    return words in (sorted((key, value)) for key in keys)


def as_map(entry: Entry) -> Fix | None:
    """The edits that turn the list of pairs of `entry` into a map, each pair in its place."""
    found = entry.value
    if not isinstance(found, Sequence) or found.via is not None:
        return None
    is_flow = _end(found.items[-1].span) != _end(found.span)
    edits: list[Edit] = []
    names: set[str] = set()
    for item in found.items:
        if not isinstance(item, Map) or item.via is not None or len(item.entries) != 2:
            return None
        first, second = (each.value for each in item.entries)
        is_in_order = folded(item.entries[1].key.text) in ("value", "regex")
        if not (is_in_order and isinstance(first, Scalar) and isinstance(second, Scalar)) or first.via or second.via:
            return None
        if first.text in names:
            return None
        names.add(first.text)
        start = _start(item.span) if is_flow else (item.span.line, found.span.column)
        indent = "" if is_flow or found.span.column > entry.key.span.column else "  "
        edits.append(_cut(found.span, start, _start(first.span), indent))
        edits.append(_cut(found.span, _end(first.span), _start(second.span), ": "))
        if _end(second.span) != _end(item.span):
            edits.append(_cut(found.span, _end(second.span), _end(item.span), ""))
    if is_flow:
        (line, column), (end_line, end_column) = _start(found.span), _end(found.span)
        edits.insert(0, _cut(found.span, (line, column), (line, column + 1), "{"))
        edits.append(_cut(found.span, (end_line, end_column - 1), (end_line, end_column), "}"))
    return Fix(tuple(edits))


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _cut(within: Span, start: tuple[int, int], end: tuple[int, int], text: str) -> Edit:
    return Edit(Span(within.path, *start, *end), text)
