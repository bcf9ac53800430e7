"""Explains why there is no image for a name, and suggests similar names."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

What: TypeAlias = Literal[
    "unknown_name",  # no framework or algorithm has the name
    "missing_version",  # there are several versions, and the job names none
    "unknown_version",
    "missing_base",  # the image is based on one of several versions of another framework, and none is named
    "unknown_base",
    "missing_instance_type",  # the image depends on the processor, and the instance type is not known
    "unknown_instance_type",  # the text is no SageMaker instance type
    "no_image_for_processor",  # the version has no image for the instance type
    "missing_python",  # there are several Python versions, and the job names none
    "unknown_python",
    "missing_region",
    "unknown_region",  # AWS has no such region, or no ECR in it
    "no_image_in_region",  # the region exists, and this image is not there
]

Field: TypeAlias = Literal["name", "version", "python", "pytorch", "tensorflow", "region", "instance_type"]


class ImageProblem(NamedTuple):
    """Why there is no image.

    `field` is the key that is wrong or missing: one of the framework's own, or the job's region or instance type.
    `nearest` has possible replacements, the nearest first; it may be empty.
    """

    what: What
    field: Field
    message: str
    advice: str
    nearest: tuple[str, ...] = ()


_LONGEST_WORD = 200
"""No name of AWS is longer, and comparing takes longer the longer a word is."""


def near_words(word: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The words that `word` may mean: similar in spelling, or with it as a part."""
    if len(word) > _LONGEST_WORD:
        return ()
    from difflib import SequenceMatcher  # a run without an unknown name needs none

    wanted = _folded(word)

    def likeness(candidate: str) -> float:
        folded = _folded(candidate)
        alike = SequenceMatcher(None, wanted, folded).ratio()
        is_part = min(len(wanted), len(folded)) > 3 and (wanted in folded or folded in wanted)
        return 1 + alike if is_part else alike

    rated = sorted(((likeness(candidate), candidate) for candidate in known), key=lambda each: (-each[0], each[1]))
    return tuple(candidate for rating, candidate in rated[:count] if rating >= 0.6)


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _folded(word: str) -> str:
    return word.replace("_", "").replace("-", "").replace(" ", "").lower()
