"""What a built-in algorithm takes, as `trainspec explain NAME` shows it: its table, in words."""

import textwrap
from collections.abc import Iterator

from trainspec.request.algorithms import Algorithm, Channel, Hyperparameter, by_name, range_in_words

WIDTH = 100


def show_algorithm(name: str) -> Iterator[str]:
    """The lines about an algorithm; none if no table knows it."""
    algorithm = by_name(name)
    if algorithm is None:
        return
    yield f"\nHyperparameters (as of {algorithm.as_of}):\n"
    kinds = sorted(algorithm.hyperparameters.values(), key=lambda kind: not kind.required)
    width = max(len(kind.name) for kind in kinds)
    for kind in kinds:
        lines = textwrap.wrap(_about(kind), WIDTH - width - 4, break_long_words=False, break_on_hyphens=False)
        yield f"  {kind.name:<{width}}  {lines[0]}"
        yield from (f"  {'':<{width}}  {line}" for line in lines[1:])
    if algorithm.conditions:
        yield "\nBetween them:\n"
        yield from (f"  {condition.because}" for condition in algorithm.conditions)
    yield "\nChannels:\n"
    width = max(map(len, algorithm.channels))
    for channel in algorithm.channels.values():
        yield f"  {channel.name:<{width}}  {_about_channel(channel, algorithm)}".rstrip()
    yield ""
    for title, words in _facts(algorithm):
        lines = textwrap.wrap(words, WIDTH - 18, break_long_words=False, break_on_hyphens=False)
        yield f"  {title:<15} {lines[0]}"
        yield from (f"  {'':<15} {line}" for line in lines[1:])
    yield ""
    yield algorithm.source


def _about(kind: Hyperparameter) -> str:
    versions = f"; from {kind.since} on" if kind.since else f"; until {kind.until}" if kind.until else ""
    return f"{'required: ' if kind.required else ''}{range_in_words(kind).replace('`', '')}{versions}"


def _about_channel(channel: Channel, algorithm: Algorithm) -> str:
    needed = {"images": "required with image files", "files": "required without an augmented manifest"}
    said = [
        "required" if channel.required else needed.get(channel.needed_with or "", ""),
        "an earlier model" if channel.is_model else ", ".join(channel.types),
        ", ".join(channel.distribution),
    ]
    return "; ".join(each for each in said if each)


def _facts(algorithm: Algorithm) -> Iterator[tuple[str, str]]:
    content, machines = algorithm.content, algorithm.machines
    yield "content types", ", ".join(each for each in content.types if "/" in each) or ", ".join(content.types)
    if content.default:
        yield "by default", content.default
    yield "input modes", ", ".join(algorithm.modes)
    count = "one" if machines.count == 1 else "any number"
    yield "machines", f"{count}, with {' or '.join(each.upper() for each in machines.processors)}"
    yield "checkpoints", "yes" if algorithm.checkpoints else "none: on spot, max_wait is an hour at most"
    yield "metrics", ", ".join(algorithm.metrics)
