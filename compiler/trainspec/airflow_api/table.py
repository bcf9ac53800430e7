"""The tables of Airflow's words and operators, read when they are first needed."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("tables")
WORDS = FOLDER / "words.json"


def is_older(minor: str, than: str) -> bool:
    """Whether a minor came before another: `2.11` before `3.0`."""
    return _number(minor) < _number(than)


def absent(kind: str, word: str, minor: str) -> str | None:
    """Why `minor` lacks a word of that kind (`dag`, `task`, `trigger_rule`…); None if it has it, or no minor does.

    >>> absent("dag", "allowed_run_types", "3.1")
    'it is new in Airflow 3.2'
    """
    since, dropped = words().get(kind, {}).get(word, (None, None))
    if since is not None and is_older(minor, since):
        return f"it is new in Airflow {since}"
    if dropped is not None and not is_older(minor, dropped):
        return f"it was removed in Airflow {dropped}"
    return None


@cache
def having(kind: str, minor: str) -> frozenset[str]:
    """All words of that kind that `minor` has."""
    return frozenset(word for word in words()[kind] if absent(kind, word, minor) is None)


@cache
def words() -> Mapping[str, Mapping[str, tuple[str | None, str | None]]]:
    """By kind: each word with the minor that added it and the one that removed it. Shared: do not change it."""
    read: dict[str, Any] = json.loads(WORDS.read_text(encoding="utf-8"))
    kinds: Mapping[str, Mapping[str, tuple[str | None, str | None]]] = read["words"]
    return kinds


def _number(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))


def operators_file(provider: str) -> Path:
    """The table of a provider's operators; `airflow-2` has Airflow 2's own."""
    return FOLDER / f"{provider}.json"
