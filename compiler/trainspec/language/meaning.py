"""What the order of a spec's keys means: nothing, but for jobs, channels and tags, which stay as they are written."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_IN_ORDER = ("inputs", "tags")
"""The fields of a job whose keys the request lists in the order of the spec."""


def in_one_order(data: "SpecData") -> "SpecData":
    """`data` with sorted keys wherever their order has no meaning, so that it does not affect the result."""
    ordered: Any = {key: _sorted(value) for key, value in sorted(data.items()) if key != "jobs"}
    if "jobs" in data:
        ordered["jobs"] = {
            name: {key: value if key in _IN_ORDER else _sorted(value) for key, value in job.items()}
            for name, job in data["jobs"].items()
        }
    found: SpecData = ordered
    return found


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value
