"""Values of a loaded DAG file as JSON.

Plain JSON if possible; otherwise maps with one key that names the kind: `list`, `map` (pairs), `seconds`, `moment`,
`path` (of what can be imported), `call`, `unknown`.
"""

from __future__ import annotations

import datetime
import enum
import functools
import importlib
import inspect
import math
import sys
import types
from typing import Any

DEEPEST = 60
CONDITIONS = {"AssetAny": "AssetAny", "DatasetAny": "AssetAny", "AssetAll": "AssetAll", "DatasetAll": "AssetAll"}
_CRONS = ("CronTriggerTimetable", "CronDataIntervalTimetable")
_DELTAS = ("DeltaTriggerTimetable", "DeltaDataIntervalTimetable")


def first(*paths: str) -> Any:
    """The first of these dotted names that this Airflow has."""
    for path in paths:
        if (found := found_at(path)) is not None:
            return found
    raise SystemExit("this is not an Airflow that can be read: it has none of " + ", ".join(paths))


def found_at(path: str) -> Any:
    """The object with a dotted name; None if this Airflow has none."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return None


def encode(value: Any, depth: int = 0) -> Any:
    """A value as JSON with its kind."""
    if isinstance(value, enum.Enum):
        return encode(value.value, depth + 1)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else unknown(repr(value))
    if depth > DEEPEST:
        return unknown("values nested too deeply")
    if isinstance(value, dict) or type(value).__name__ in ("ParamsDict", "mappingproxy"):
        return {"map": [[encode(key, depth + 1), encode(value[key], depth + 1)] for key in value]}
    if isinstance(value, (list, tuple)):
        return {"list": [encode(each, depth + 1) for each in value]}
    if isinstance(value, (set, frozenset)):
        return {"list": [encode(each, depth + 1) for each in sorted(value, key=repr)]}
    return _other(value, depth)


def _other(value: Any, depth: int) -> Any:
    if isinstance(value, datetime.timedelta):
        return {"seconds": value.total_seconds()}
    if isinstance(value, datetime.datetime):
        return {"moment": value.replace(tzinfo=None).isoformat(), "zone": zone_of(value.tzinfo)}
    if type(value).__name__ == "PlainXComArg":
        return str(value)
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return _path_of(value)
    below = functools.partial(encode, depth=depth + 1)
    return _object(value, below) or unknown(f"an object of `{name_of(type(value))}`")


def unknown(text: str) -> dict[str, Any]:
    """What JSON cannot express, in words."""
    return {"unknown": text}


def zone_of(zone: Any) -> str:
    """The name of a time zone; None is the zone of Airflow's settings."""
    if zone is None:
        zone = first("airflow.settings.TIMEZONE")
    names = [getattr(zone, each, None) for each in ("key", "name", "zone")]
    return next((str(each) for each in names if each), str(zone))


def name_of(known: Any) -> str:
    """The dotted path of a class or function."""
    return f"{known.__module__}.{known.__qualname__}"


def is_of_file(known: Any) -> bool:
    """Whether it is defined in the DAG file, which Airflow loads as a module of its own."""
    return str(known.__module__).startswith("unusual_prefix_") or known.__module__ == "__main__"


def _path_of(value: Any) -> Any:
    """The dotted path under which a function or class can be imported."""
    if is_of_file(value):
        return unknown(f"`{value.__qualname__}` of this file")
    found: Any = sys.modules.get(value.__module__)
    for name in value.__qualname__.split("."):
        found = getattr(found, name, None)
    return {"path": name_of(value)} if found is value else unknown(f"`{name_of(value)}`")


def _call(path: str, /, *arguments: Any, **named: Any) -> Any:
    return {"call": path, "arguments": list(arguments), "named": named}


def _object(value: Any, below: Any) -> Any:
    """Assets, parameters, timetables and notifiers as calls; None for anything else."""
    name = type(value).__name__
    if name in CONDITIONS:
        return _call(CONDITIONS[name], *[below(each) for each in value.objects])
    if name in ("Asset", "Dataset"):
        return _asset(value, below)
    if name == "Param":
        schema = {key: below(each) for key, each in value.schema.items()}
        said = {"description": value.description} if value.description else {}
        return _call("Param", **{"default": below(value.value), **said, **schema})
    if name in ("AssetOrTimeSchedule", "DatasetOrTimeSchedule"):
        condition = _attribute(value, "asset_condition", "dataset_condition")
        return _call("AssetOrTimeSchedule", timetable=below(value.timetable), assets=below(condition))
    if name in _CRONS:
        more = {key: below(_attribute(value, key, f"_{key}")) for key in ("interval", "run_immediately")}
        kept = {key: each for key, each in more.items() if each not in (None, False, {"seconds": 0.0})}
        zone = zone_of(_attribute(value, "timezone", "_timezone"))
        return _call(name, _attribute(value, "expression", "_expression", "cron"), zone, **kept)
    if name == "MultipleCronTriggerTimetable":
        return _call(name, *[below(each) for each in _attribute(value, "timetables", "_timetables") or ()])
    if name in _DELTAS:
        return _call(name, below(_attribute(value, "delta", "_delta")))
    is_notifier = any(each.__name__ == "BaseNotifier" for each in type(value).__mro__)
    return _notifier(value, below) if is_notifier and not is_of_file(type(value)) else None


def _notifier(value: Any, below: Any) -> Any:
    """A notifier with the arguments that it stores under their names; None if it stores one in another way."""
    own = [each for each in inspect.signature(type(value).__init__).parameters.values() if each.name != "self"]
    plain = [each for each in own if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    if not all(hasattr(value, each.name) for each in plain):
        return None
    said = {each.name: (getattr(value, each.name), each.default) for each in plain}
    kept = {key: below(each) for key, (each, default) in said.items() if each != default}
    return _call(name_of(type(value)), **kept)


def _attribute(value: Any, *names: str) -> Any:
    return next((getattr(value, name) for name in names if hasattr(value, name)), None)


def _is_named_by_uri(value: Any, name: str) -> bool:
    """Whether the asset has the URI that Airflow derives from its name: it only strips the last slash from the URI."""
    if name == value.uri:
        return True
    try:
        return bool(type(value)(name).uri == value.uri)
    except Exception:  # the name is not a URI
        return False


def _asset(value: Any, below: Any) -> Any:
    if getattr(value, "watchers", None):
        return unknown("an asset with watchers")
    name, uri = getattr(value, "name", value.uri), value.uri
    said = {"uri": name} if _is_named_by_uri(value, name) else {"name": name, "uri": uri}
    if getattr(value, "group", "asset") not in ("", "asset"):
        said["group"] = value.group
    if value.extra:
        said["extra"] = below(value.extra)
    return _call("Asset", **said)
