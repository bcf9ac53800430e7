"""When a DAG runs, as expressions: times, assets, or both."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.callables import signature_of_trigger, written
from trainspec.dag.expressions import Call, Expression, Import, by_path

if TYPE_CHECKING:
    from trainspec.language.data import AssetConditionData, AssetData, AssetScheduleData, WatcherData

Asset: TypeAlias = "AssetConditionData"
"""What a spec says of an asset, or a condition that several of them meet: `trainspec.language.assets`."""


_MAPPERS: Mapping[str, str] = {
    "same": "IdentityMapper",
    **{each: f"StartOf{each.title()}Mapper" for each in ("hour", "day", "week", "month", "quarter", "year")},
}
"""Of the partition of an update of an asset, that of the run: the class in `airflow.sdk` by the word of the spec."""

_FIRST = ("name", "uri", "group", "extra")
"""The order of an asset's arguments; others follow."""


def schedule(
    value: "str | list[str] | AssetScheduleData | None", zone: str, airflow: Airflow, partitions: str | None = None
) -> Expression:
    """The `schedule` of a DAG whose time zone is `zone`, and whose runs are for `partitions`."""
    if isinstance(value, Mapping) and partitions is not None and partitions in _MAPPERS:
        mapper = _call(Import("airflow.sdk", _MAPPERS[partitions]))
        condition = _conditions(value["assets"], zone, airflow)
        return _call(airflow.partition_assets, assets=condition, default_partition_mapper=mapper)
    if partitions == "time" and not isinstance(value, Mapping) and value is not None:
        cron = _one_or_several(value)
        if isinstance(cron, str) and isinstance(written := times.schedule(cron), str):
            return _call(airflow.partition_cron, written, timezone=zone)
    if isinstance(value, Mapping):
        waits_for = _assets(value["assets"], zone, airflow)
        if value.get("time") is None:
            return waits_for
        timetable = _timetable(_one_or_several(value["time"]), zone, airflow)
        return _call(airflow.asset_or_time, timetable=timetable, **{airflow.asset_or_time_keyword: waits_for})
    written = _one_or_several(value) if value is not None else None
    if isinstance(written, list):
        return _timetable(written, zone, airflow)
    return None if written is None else times.schedule(written)


def asset(value: "str | AssetData", zone: str, airflow: Airflow) -> Call:
    """One asset, which Airflow 2 calls a dataset. `zone` is that of the DAG's dates."""
    if isinstance(value, str):
        return _call(airflow.asset, value)
    given: dict[str, Any] = {name: each for name in (*_FIRST, *value) if (each := value.get(name)) is not None}
    if "watchers" in given:
        given["watchers"] = [_watcher(each, zone, airflow) for each in given["watchers"]]
    first = next(iter(given))
    if first == "uri":  # without a name, the URI is one
        return _call(airflow.asset, given.pop("uri"), **given)
    return _call(airflow.asset, **given)


def _watcher(value: "WatcherData", zone: str, airflow: Airflow) -> Call:
    trigger, given = by_path(value["trigger"]), value.get("arguments") or {}
    arguments = dict(written(given, signature_of_trigger(trigger) if given else None, zone))
    return _call(airflow.watcher, name=value["name"], trigger=_call(trigger, **arguments))


def _conditions(value: "str | Asset | list[str | Asset]", zone: str, airflow: Airflow) -> Call:
    """What `assets` says as one condition, which a timetable takes."""
    if isinstance(value, list):
        return _call(airflow.asset_all, *(_condition(each, zone, airflow) for each in value))
    return _condition(value, zone, airflow)


def _assets(value: "str | Asset | list[str | Asset]", zone: str, airflow: Airflow) -> Expression:
    """What `assets` says: a list of which all are waited for, or a condition."""
    if isinstance(value, list):
        return [_condition(each, zone, airflow) for each in value]
    one = _condition(value, zone, airflow)
    return [one] if one.imported == airflow.asset else one


def _condition(value: "str | Asset", zone: str, airflow: Airflow) -> Call:
    if isinstance(value, Mapping):
        for several, kind in ((value.get("any"), airflow.asset_any), (value.get("all"), airflow.asset_all)):
            if several is not None:
                return _call(kind, *(_condition(each, zone, airflow) for each in several))
    return asset(value, zone, airflow)


def _one_or_several(value: str | list[str]) -> str | list[str]:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _timetable(value: str | list[str], zone: str, airflow: Airflow) -> Call:
    """The timetable that this minor takes by default for such a time, written out."""
    if isinstance(value, list):
        if airflow.several_crons is None:
            raise ValueError(f"several cron expressions for {airflow.name}")
        return _call(airflow.several_crons, *value, timezone=zone)
    schedule = times.schedule(value)
    return (
        _call(airflow.cron, schedule, timezone=zone) if isinstance(schedule, str) else _call(airflow.interval, schedule)
    )


def _call(imported: Import, /, *positional: Expression, **keywords: Expression) -> Call:
    return Call(imported.bound, imported, positional, tuple(keywords.items()))
