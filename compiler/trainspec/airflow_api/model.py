"""What is known of a class that a DAG file calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

EVENT_TRIGGER: Final = "BaseEventTrigger"
"""What a trigger must derive from to watch an asset; it may be any of its bases."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: the kinds of value that it takes (of KINDS, or `any`), and whether it must be given."""

    kinds: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a class takes. `renders` are its template fields, None if they cannot be read off.

    `root` is the last of its bases, without its package; `open`: it passes on arguments that cannot be followed.
    """

    arguments: Mapping[str, Argument]
    renders: tuple[str, ...] | None
    root: str | None
    open: bool = False
