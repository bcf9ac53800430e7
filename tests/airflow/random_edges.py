"""Edges as people write them in DAG files, between tasks, groups and lists of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random_dags import Writer


def _arrows(writer: "Writer", chosen: list[str]) -> list[str]:
    first, *rest = chosen
    if writer.chance.random() < 0.5:
        if any(map(_is_list, chosen)):
            return [f"cross_downstream({_as_list(first)}, {_as_list(rest[0])})"]
        return [f"{first} >> [{', '.join(rest)}]"]
    pairs = list(zip(chosen, rest, strict=False))
    if any(_is_list(one) and _is_list(two) for one, two in pairs):
        return [f"cross_downstream({_as_list(first)}, {_as_list(rest[0])})"]
    return [" >> ".join(chosen)] if writer.chance.random() < 0.6 else [" << ".join(reversed(chosen))]


def _is_list(handle: str) -> bool:
    return handle.startswith(("kept", "list(", "jobs")) and not handle.endswith(("[0]", "[1]", "[-1]"))


def _as_list(handle: str) -> str:
    return handle if _is_list(handle) else f"[{handle}]"


def _methods(writer: "Writer", chosen: list[str]) -> list[str]:
    one, two = chosen[0], chosen[1]
    if _is_list(one) and _is_list(two):
        return []
    return [f"{two}.set_upstream({one})" if not _is_list(two) else f"{one}.set_downstream({two})"]


def _chained(writer: "Writer", chosen: list[str]) -> list[str]:
    return [f"chain({', '.join(each for each in chosen if not _is_list(each))})"]


def _crossed(writer: "Writer", chosen: list[str]) -> list[str]:
    return [f"cross_downstream({_as_list(chosen[0])}, {_as_list(chosen[1])})"]


def _looped(writer: "Writer", chosen: list[str]) -> list[str]:
    plain = [each for each in chosen if not _is_list(each)]
    forms = [
        [f"for one, two in zip([{', '.join(plain)}], [{', '.join(plain)}][1:]):", "    one >> two"],
        [f"before = [{', '.join(plain[:1])}]", f"for one in [{', '.join(plain[1:])}]:", "    before[-1] >> one",
         "    before.append(one)"],
        [f"order = [{', '.join(plain)}]", "for index in range(len(order) - 1):",
         "    order[index] >> order[index + 1]"],
    ]  # fmt: skip
    return writer.chance.choice(forms) if len(plain) > 1 else []


def _labelled(writer: "Writer", chosen: list[str]) -> list[str]:
    plain = [each for each in chosen if not _is_list(each) and not each.startswith("group")]
    return [f"{plain[0]} >> Label('then') >> {plain[1]}"] if len(plain) > 1 else []


def _conditional(writer: "Writer", chosen: list[str]) -> list[str]:
    plain = [each for each in chosen if not _is_list(each)]
    return [f"if len('{'x' * len(plain)}') > 1:", f"    {plain[0]} >> {plain[1]}"] if len(plain) > 1 else []


EDGES: tuple[Callable[["Writer", list[str]], list[str]], ...] = (
    _arrows, _arrows, _arrows, _methods, _chained, _crossed, _looped, _labelled, _conditional,
)  # fmt: skip
