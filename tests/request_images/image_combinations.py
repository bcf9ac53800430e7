"""Every way to request an image: the combinations in which trainspec and sagemaker-core are compared."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from trainspec.request.images import ImageProblem, resolve_algorithm, resolve_framework
from trainspec.request.images.table import Build, load_table

INSTANCES = ("ml.m5.xlarge", "ml.g5.xlarge", "ml.p2.xlarge", "ml.p4d.24xlarge", "ml.p5.48xlarge", "ml.trn1.2xlarge")
ONE_REGION_A_PARTITION = (
    "us-east-1",
    "cn-north-1",
    "eu-isoe-west-1",
    "eusc-de-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "us-isof-south-1",
)


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """What a spec says about an image, except region and instance type. `base` is, for example, `pytorch 2.1`."""

    name: str
    version: str
    base: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    choice: Choice
    region: str
    instance_type: str

    @property
    def is_on_trainium(self) -> bool:
        return self.instance_type.startswith("ml.trn")


def choices() -> list[Choice]:
    """All choices in the table."""
    return sorted({each for image in load_table().images.values() for each in _choices(image.name, image.builds)})


def _choices(name: str, builds: Iterable[Build]) -> Iterator[Choice]:
    for build in builds:
        bases = [f"{build.base} {version}" for version in build.bases] or [""]
        for version, base, python in product(build.written, bases, build.python or [""]):
            yield Choice(name, version, base, python)


def combinations() -> list[Combination]:
    """Each choice with each instance type in a region of each partition, and in all regions with the usual two.

    In one region also without a Python version. Trainium's images of huggingface are left out: sagemaker-core lists
    them, but offers no way to request one.
    """
    regions = sorted(load_table().suffixes)
    places = {*product(ONE_REGION_A_PARTITION, INSTANCES), *product(regions, INSTANCES[:2])}
    without_python = sorted({replace(choice, python="") for choice in choices() if choice.python})
    everything = [
        *(Combination(choice, *place) for choice in choices() for place in sorted(places)),
        *(Combination(choice, "us-east-1", instance) for choice in without_python for instance in INSTANCES),
    ]
    return [each for each in everything if not (each.choice.name == "huggingface" and each.is_on_trainium)]


def our_answer(combination: Combination) -> str:
    """The image, or `-` if there is none."""
    choice = combination.choice
    if load_table().images[choice.name].is_framework:
        base, _, base_version = choice.base.partition(" ")
        answer = resolve_framework(
            choice.name,
            choice.version,
            python=choice.python or None,
            pytorch=base_version if base == "pytorch" else None,
            tensorflow=base_version if base == "tensorflow" else None,
            region=combination.region,
            instance_type=combination.instance_type,
        )
    else:
        answer = resolve_algorithm(
            choice.name, choice.version, region=combination.region, instance_type=combination.instance_type
        )
    return "-" if isinstance(answer, ImageProblem) else answer


def digests(answer: Callable[[Combination], str]) -> dict[str, str]:
    """For each name: how many combinations there are, how many have an image, and a digest of all results."""
    lines: dict[str, list[str]] = {}
    for each in combinations():
        lines.setdefault(each.choice.name, []).append(f"{each} {answer(each)}\n")
    return {name: _digest(answers) for name, answers in lines.items()}


def _digest(lines: list[str]) -> str:
    images = sum(not line.endswith(" -\n") for line in lines)
    return f"{len(lines)} combinations, {images} images, sha256 {hashlib.sha256(''.join(lines).encode()).hexdigest()}"
