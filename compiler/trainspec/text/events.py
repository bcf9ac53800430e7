"""YAML as libyaml reads it: a stream of events, every value still the characters that its author wrote."""

from collections.abc import Iterator
from typing import Any


def events(text: str) -> Iterator[Any]:
    """The events of `text`, one by one. Raises one of `yaml_error()` if it is not YAML."""
    return iter(loader()(text).get_event, None)


def loader() -> Any:
    """The loader that keeps all scalars as strings: libyaml's, where it is there."""
    import yaml  # 0.1 s to import: only where YAML is read

    return yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


def yaml_error() -> type[Exception]:
    """What reading YAML raises."""
    import yaml

    return yaml.YAMLError
