"""The tables of `tables/`, read when one is first needed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from trainspec.request.algorithms.model import (
    Algorithm,
    Channel,
    Condition,
    Content,
    Hyperparameter,
    MachineCase,
    Machines,
    Tunable,
)

TABLES = Path(__file__).with_name("tables")

_OTHER_FILES = {"sagemaker-xgboost": "xgboost"}
"""Repositories whose table has another name than they have."""

_SAYS = {
    "missing": "No value(s) were specified for '{name}' which are required hyperparameter(s)",
    "unknown": "Additional hyperparameters are not allowed ('{name}' was unexpected)",
    "type": "{value!r} is not of the right type for '{name}'",
    "range": "{value!r} is not valid for '{name}'",
    "channel": "Additional channels are not allowed ('{name}' was unexpected)",
    "content": "No iterator has been registered for ContentType ('{value}', '1.0')",
}
"""What most of the containers say, unless a table has other words."""


@cache
def names() -> tuple[str, ...]:
    """The names of all algorithms that have a table, as `algorithm: NAME@VERSION` spells them."""
    return tuple(sorted(each.stem for each in TABLES.glob("*.yaml")))


def by_repository(repository: str) -> Algorithm | None:
    """The algorithm whose image is in an AWS repository; None if no table knows it."""
    return by_name(_OTHER_FILES.get(repository, repository))


@cache
def by_name(name: str) -> Algorithm | None:
    """The table of one algorithm."""
    if name not in names():
        return None
    from yaml import load

    try:
        from yaml import CSafeLoader as Loader
    except ImportError:  # PyYAML was built without libyaml
        from yaml import SafeLoader as Loader  # type: ignore[assignment]

    return read_algorithm(name, load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"), Loader))


def read_algorithm(name: str, data: Mapping[str, Any]) -> Algorithm:
    """An algorithm from its table's data. Raises KeyError or TypeError for a table that says what no table may."""
    return Algorithm(
        name,
        data["title"],
        tuple(data["repositories"]),
        data["source"],
        str(data["as_of"]),
        {key: _hyperparameter(key, value) for key, value in data["hyperparameters"].items()},
        {key: _channel(key, value) for key, value in data["channels"].items()},
        Content(**_tuples(data["content"])),
        tuple(data["modes"]),
        data.get("pipe") == ["augmented"],
        _machines(data.get("machines", {})),
        tuple(map(_condition, data.get("conditions", ()))),
        tuple(data.get("metrics", ())),
        {**_SAYS, **data.get("says", {})},
        data.get("checkpoints", False),
        data.get("checkpoints_since"),
        data.get("record_wrapper"),
        tuple(data.get("deprecated", ())),
        {key: _tunable(value) for key, value in data.get("tunable", {}).items()},
    )


def _tunable(data: Any) -> Tunable:
    if isinstance(data, list):
        return Tunable("values", words=tuple(map(str, data)))
    ((kind, (least, most)),) = data.items()
    return Tunable(kind, least, most)


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _machines(data: Mapping[str, Any]) -> Machines:
    rest = _tuples({key: value for key, value in data.items() if key not in ("cases", "gpu_needs")})
    cases = tuple(
        MachineCase(each["because"], _words(each["when"]), tuple(each.get("processors", ())), each.get("count"))
        for each in data.get("cases", ())
    )
    return Machines(cases=cases, gpu_needs=_words(data.get("gpu_needs", {})), **rest)


def _hyperparameter(name: str, data: Mapping[str, Any]) -> Hyperparameter:
    for kind in ("one_of", "list_of"):
        if kind in data:
            words = tuple(map(str, data[kind]))
            rest = {key: data[key] for key in ("required", "since", "until") if key in data}
            return Hyperparameter(name, kind, words=words, pattern=data.get("item_pattern"), **rest)
    kind = data["kind"]
    rest = {key: value for key, value in data.items() if key not in ("kind", "items", "or")}
    return Hyperparameter(name, kind, words=tuple(data.get("items", ())), extra=tuple(data.get("or", ())), **rest)


def _channel(name: str, data: Mapping[str, Any]) -> Channel:
    return Channel(
        name,
        data.get("required", False),
        tuple(data.get("types", ())),
        tuple(data.get("distribution", ())),
        tuple(data.get("modes", ())),
        data.get("with"),
        data.get("model", False),
        data.get("only") == "script",
    )


def _condition(data: Mapping[str, Any]) -> Condition:
    must = {}
    for name, demand in data.get("must", {}).items():
        kind = demand if "one_of" in demand or "list_of" in demand else {"kind": "string"}
        if "min" in demand:
            kind = {"kind": "integer", "min": demand["min"]}
        must[name] = (
            _hyperparameter(name, {key: value for key, value in kind.items() if key not in ("default", "starts")}),
            tuple(demand.get("starts", ())),
            demand.get("default"),
        )
    pairs = {key: (data[key][0], data[key][1]) for key in ("at_most", "less") if key in data}
    return Condition(
        data["because"],
        _words(data.get("when", {})),
        tuple(data.get("needs", ())),
        must,
        default=data.get("default"),
        total=tuple(data.get("total", ())),
        min=data.get("min"),
        max=data.get("max"),
        **pairs,
    )


def _words(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Names with their words; `any` allows every value."""
    return {name: () if words == "any" else tuple(map(str, words)) for name, words in data.items()}
