"""Hyperparameters as AWS's toolkit passes them to a script.

https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/src/sagemaker_training/mapping.py
"""

import json
from collections.abc import Mapping
from typing import Any, Final

_RESERVED: Final = "sagemaker_"
"""Hyperparameters of this prefix are for the toolkit; the script does not see them."""


def decoded(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Each value parsed as JSON if it is JSON, else as the string that it is."""
    return {name: _read(value) for name, value in hyperparameters.items()}


def of_the_script(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is left for the script."""
    return {name: value for name, value in values.items() if not name.startswith(_RESERVED)}


def of_the_toolkit(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is meant for the toolkit."""
    return {name: value for name, value in values.items() if name.startswith(_RESERVED)}


def arguments(values: Mapping[str, Any]) -> list[str]:
    """The script's arguments, sorted by name: `--epochs 10`; `-k 5` for a name of one letter, a map as `a=1,b=2`."""
    words = []
    for name in sorted(values):
        words += [f"--{name}" if len(name) > 1 else f"-{name}", _written(values[name])]
    return words


def as_variable(value: Any) -> str:
    """A value in the form of an `SM_` variable: a string as it is, everything else as compact JSON with sorted keys."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}={value[name]}" for name in sorted(value))
    return "" if value is None else str(value)
