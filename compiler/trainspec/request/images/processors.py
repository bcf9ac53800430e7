"""Which processor an instance type has, and which one an image is for.

https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-available-instance-types.html
"""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Processor: TypeAlias = Literal["cpu", "gpu", "neuron", "unknown"]

_INSTANCE = re.compile(r"ml\.([a-z]+[0-9]+[a-z0-9-]*)\.[a-z0-9-]+")
_WORDS: tuple[tuple[Processor, re.Pattern[str]], ...] = (
    ("neuron", re.compile(r"neuronx?|trn[0-9]*n?|trainium")),
    ("gpu", re.compile(r"gpu|cuda[0-9]*|cu[0-9]+|trcomp")),
    ("cpu", re.compile(r"cpu")),
)


def instance_family(instance_type: str) -> str | None:
    """`p4d` of `ml.p4d.24xlarge`; None if it is not a SageMaker instance type."""
    found = _INSTANCE.fullmatch(instance_type)
    return found.group(1) if found else None


@lru_cache(maxsize=256)
def processor_of_instance(instance_type: str) -> Processor:
    """The processor of an instance type; `unknown` if it is not an instance type, such as a template."""
    family = instance_family(instance_type)
    if family is None:
        return "unknown"
    if family.startswith(("trn", "inf")):
        return "neuron"
    return "gpu" if family[0] in "gp" else "cpu"


@lru_cache(maxsize=256)
def processor_of(image: str) -> Processor:
    """The processor for an image, by its tag, or else its repository; `unknown` if they name none or both.

    A built-in algorithm's image, such as `kmeans:1`, runs on CPU and GPU alike and is `unknown`.
    """
    path = image.partition("@")[0]
    host, slash, rest = path.partition("/")
    if slash and ("." in host or ":" in host):
        path = rest
    repository, _, tag = path.partition(":")
    for text in (tag, repository):
        words = re.split(r"[^a-z0-9]+", text.lower())
        if text is repository:  # `gpu-scheduler` is about GPUs, `my-algo-gpu` is made for them
            words = [word for word in words if word in (words[-1], "neuron", "neuronx", "trcomp")]
        said: set[Processor] = {name for name, form in _WORDS if any(form.fullmatch(word) for word in words)}
        if len(said) == 1:
            return said.pop()
        if said:
            return "unknown"
    return "unknown"
