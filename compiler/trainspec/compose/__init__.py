"""Composition: trees in, one tree out, every value at the place where its author wrote it."""

from trainspec.compose.document import Composed, compose
from trainspec.compose.extend import Extended, Read, extend
from trainspec.compose.merge import settled

__all__ = ["Composed", "Extended", "Read", "compose", "extend", "settled"]
