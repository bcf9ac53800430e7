"""What an editor completes if a job uses a built-in algorithm: conditions of JSON Schema, generated from the tables.

They only offer and describe values; the rules alone decide which are valid.
"""

import re
from typing import Any

from trainspec.request.algorithms.model import Algorithm, Hyperparameter
from trainspec.request.algorithms.table import by_name, names
from trainspec.request.algorithms.values import range_in_words
from trainspec.request.images import algorithms

JsonSchema = dict[str, Any]


def conditions() -> list[JsonSchema]:
    """For every algorithm: the hyperparameters and channels of a job that names it by `algorithm` or `image`.

    The first condition offers the algorithms themselves, each with its newest version.
    """
    known = [found for found in map(by_name, names()) if found is not None]
    newest = [f"{name}@{algorithms()[name].versions[0].version}" for name in names() if name in algorithms()]
    return [{"properties": {"algorithm": _offers(newest)}}, *map(_condition, known)]


def _condition(algorithm: Algorithm) -> JsonSchema:
    repositories = "|".join(algorithm.repositories)  # of letters, digits and hyphens, which patterns take as they are
    named = [
        {"required": [field], "properties": {field: {"type": "string", "pattern": pattern}}}
        for field, pattern in (
            ("algorithm", f"^{algorithm.name}(@|$)"),
            ("image", rf"\.amazonaws\.com[^/]*/({repositories})(:|$)"),
        )
    ]
    kinds = sorted(algorithm.hyperparameters.values(), key=lambda kind: not kind.required)
    channels = {
        channel.name: {"description": f"A channel of {algorithm.title}{', required' if channel.required else ''}."}
        for channel in algorithm.channels.values()
    }
    return {
        "if": {"anyOf": named},
        "then": {
            "properties": {
                "hyperparameters": {"properties": {kind.name: _hyperparameter(kind, algorithm) for kind in kinds}},
                "inputs": {"properties": channels},
            }
        },
    }


def _hyperparameter(kind: Hyperparameter, algorithm: Algorithm) -> JsonSchema:
    of = f"{algorithm.title}: {'required, ' if kind.required else ''}{range_in_words(kind)}"
    versions = f" (from {kind.since} on)" if kind.since else f" (until {kind.until})" if kind.until else ""
    words = ("true", "false") if kind.kind == "boolean" else kind.words if kind.kind == "one_of" else ()
    return {"description": f"{of}{versions}.", **_offers([*words, *filter(None, kind.extra)])}


def _offers(words: list[str]) -> JsonSchema:
    """Values that are offered, without excluding others."""
    return {"anyOf": [{"enum": list(map(_scalar, words))}, {}]} if words else {}


def _scalar(word: str) -> str | int | bool:
    """A word as YAML reads it, so that an editor writes it without quotes."""
    return {"true": True, "false": False}.get(word, int(word) if re.fullmatch("[0-9]{1,6}", word) else word)
