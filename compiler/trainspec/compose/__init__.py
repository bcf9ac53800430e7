"""Composition: trees in, one tree out, every value at the place where its author wrote it."""

from trainspec.compose.document import Composed, compose

__all__ = ["Composed", "compose"]
