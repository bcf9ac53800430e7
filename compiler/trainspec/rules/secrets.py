"""What looks like a secret. Nothing here gives a secret back: a rule says where it is, never what it is."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from trainspec.rules.support.view import LONGEST, JobView, once_a_job
from trainspec.safety.masking import form_of, names_password, refers, speaks_of_secrets
from trainspec.safety.randomness import is_random
from trainspec.text.tree import Path

__all__ = ["form_of", "is_secret_by_name", "places"]


@once_a_job
def places(job: JobView) -> Iterator[tuple[str, str, Path]]:
    """The texts that anyone who may describe the job can read: name, text and member's path."""
    for member in ("Environment", "HyperParameters"):
        values = job.member(member)
        for name, text in values.items() if isinstance(values, Mapping) else ():
            if isinstance(text, str) and len(text) <= LONGEST:
                yield str(name), text, (member, name)
    for tag in job.places("Tags"):
        name, text = job.member(*tag, "Key"), job.member(*tag, "Value")
        if isinstance(name, str) and isinstance(text, str) and len(text) <= LONGEST:
            yield name, text, (*tag, "Value")
    for argument in job.places("AlgorithmSpecification", "ContainerArguments"):
        text = job.member(*argument)
        if isinstance(text, str) and len(text) <= LONGEST:
            yield "", text, argument


def is_secret_by_name(name: str, text: str) -> bool:
    """Whether a name that speaks of secrets stands before a text that is random, or a password that is written out."""
    if _refers(text):
        return False
    return _names_password(name) or (_speaks_of_secrets(name) and is_random(text))


_names_password = lru_cache(maxsize=1024)(names_password)
_speaks_of_secrets = lru_cache(maxsize=1024)(speaks_of_secrets)
"""The names of parameters are few, and many jobs share them."""


def _refers(text: str) -> bool:
    return refers(text) and not text.isdigit()  # a password may well be a number
