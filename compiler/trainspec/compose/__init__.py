"""Composition: trees in, one tree out, in which every value keeps the position where its author wrote it."""

from trainspec.compose.document import Composed, compose
from trainspec.compose.extend import Extended, Read, extend
from trainspec.compose.merge import settled
from trainspec.compose.provenance import Origin, origin
from trainspec.compose.references import handed_on, in_words

__all__ = ["Composed", "Extended", "Origin", "Read", "compose", "extend", "handed_on", "in_words", "origin", "settled"]
