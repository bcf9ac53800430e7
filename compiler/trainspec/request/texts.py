"""The strings of values: the string that a container gets for a value of a spec, and the value for a string."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainspec.text.typing import Plain, json_text, natural

if TYPE_CHECKING:
    from trainspec.language.data import JobData


def hyperparameter(value: Any, job: "JobData") -> str:
    """A hyperparameter as SageMaker requires it: a string.

    A scalar is its own characters, a list or map compact JSON. With `hyperparameter_encoding: json` all is JSON, as the
    framework estimators of the SageMaker SDK v2 write it: a string gains quotes.
    """
    if isinstance(value, Mapping | list):
        return json_text(value)
    if job.get("hyperparameter_encoding") == "json":
        is_text = isinstance(value, str) and not (isinstance(value, Plain) and not isinstance(natural(value), str))
        return json_text(str(value) if is_text else value)
    return str(value)


def natural_text(text: str) -> Any:
    """The number or boolean that an unquoted `text` would be, if it is written exactly like that; else the string."""
    known = natural(text)
    if isinstance(known, bool):
        return known if text in ("true", "false") else text
    return known if isinstance(known, int | float) and str(known) == text else text


def escaped_key(key: str) -> str:
    """A key of a map, which Airflow does not render: only `${` means something in a spec."""
    return key.replace("${", "$${")


def text(value: Any, job: "JobData") -> str:
    """The characters of a scalar."""
    return str(value)


def same(value: Any) -> Any:
    """The value itself."""
    return value
