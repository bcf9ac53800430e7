"""The choice of an image, step by step: each step keeps the builds that fit, or explains why none does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from trainspec.request.images.problems import Field, ImageProblem, listed, near_words
from trainspec.request.images.processors import instance_family, processor_of_instance
from trainspec.request.images.table import Build, Image, load_table
from trainspec.request.images.versions import nearest_versions

Builds: TypeAlias = Sequence[Build]

_PROCESSORS = {"cpu": "CPU", "gpu": "GPU", "neuron": "Trainium"}
_OTHER = "use a different instance type"
_BASES: tuple[Field, ...] = ("pytorch", "tensorflow")


class Wanted(NamedTuple):
    """What a spec says of an image. `bases` maps `pytorch` and `tensorflow` to the version that it names of them."""

    image: Image
    version: str | None
    bases: Mapping[str, str | None]
    python: str | None
    region: str | None
    instance_type: str | None

    @property
    def label(self) -> str:
        """The framework or algorithm with its version, for messages."""
        return f"{self.image.name} {self.version or self.image.builds[0].version}"

    @property
    def processor(self) -> str | None:
        """The processor of the instance type; None without one."""
        return processor_of_instance(self.instance_type) if self.instance_type is not None else None


def of_version(wanted: Wanted, builds: Builds) -> Builds | ImageProblem:
    """The builds of the version, in any of its spellings; the only version if none is named."""
    image, version = wanted.image, wanted.version
    known = _versions(builds)
    if version is None:
        if len(known) == 1:
            return builds
        newest = nearest_versions(None, known)
        message = f"{image.name} has {len(known)} versions, but the job does not specify one"
        return ImageProblem("missing_version", "version", message, f"the newest are {listed(newest)}", newest)
    if fitting := [build for build in builds if version in build.written]:
        return fitting
    near = nearest_versions(version, known)
    advice = f"the nearest are {listed(near)}" if len(near) > 1 else f"its only version is {near[0]}"
    for other in load_table().images.values():
        if other.name.startswith(f"{image.name}-") and any(version in build.written for build in other.builds):
            advice += f"; `{other.name}` has {version}"
    return ImageProblem("unknown_version", "version", f"{image.name} has no version `{version}`", advice, near)


def on_instance(wanted: Wanted, builds: Builds) -> Builds | ImageProblem:
    """The builds for the instance type; all of them without one, if they are one image."""
    family = instance_family(wanted.instance_type or "")
    if wanted.instance_type is None:
        images = {(build.repository, tag) for build in builds for tag in build.tags.values()}
        processors = sorted({processor for build in builds for processor in build.tags})
        if len(processors) == 1 or len(images) == 1:
            return builds
        message = (
            f"{wanted.label} has images for {_processors(processors)}, but the job does not specify an instance type"
        )
        return ImageProblem("missing_instance_type", "instance_type", message, "set the job's `instance_type`")
    if family is None:
        with_prefix = f"ml.{wanted.instance_type}"
        near = (with_prefix,) if instance_family(with_prefix) else ()
        message = f"`{wanted.instance_type}` is not a SageMaker instance type"
        advice = f"did you mean `{near[0]}`?" if near else "instance types look like ml.m5.large"
        return ImageProblem("unknown_instance_type", "instance_type", message, advice, near)

    def fits(build: Build) -> bool:
        return wanted.processor in build.tags and family not in build.not_on

    if fitting := [build for build in builds if fits(build)]:
        return fitting
    if any(wanted.processor in build.tags for build in builds):
        message = f"{wanted.label} no longer runs on {family} instances"
    else:
        has = _processors(sorted({processor for build in builds for processor in build.tags}))
        needs = f"{wanted.instance_type} needs one for {_processors([wanted.processor or ''])}"
        message = f"{wanted.label} has images only for {has}, but {needs}"
    versions = nearest_versions(wanted.version, _versions(build for build in wanted.image.builds if fits(build)))
    there = f"versions with an image for {wanted.instance_type}: {listed(versions)}" if versions else _OTHER
    advice = f"{there}; an image that is not listed can be set as `image`"
    return ImageProblem("no_image_for_processor", "instance_type", message, advice, versions)


def on_base(wanted: Wanted, builds: Builds) -> Builds | ImageProblem:
    """The builds on the framework that the spec names as the base of the image's own; the only one if it names none."""
    given = [(field, version) for field in _BASES if (version := wanted.bases.get(field)) is not None]
    known = [(build.base, build.bases[0]) for build in builds if build.base]
    names = listed([f"{base} {version}" for base, version in known])
    if not given:
        if len(known) <= 1:
            return builds
        message = f"{wanted.label} is built on {names}, but none is specified"
        near = nearest_versions(None, [version for base, version in known if base == _BASES[0]])
        advice = f'specify it next to the version, such as `{_BASES[0]}: "{near[0]}"`'
        return ImageProblem("missing_base", _BASES[0], message, advice, near)
    field, version = given[0]
    if not known:
        return ImageProblem(
            "unknown_base", field, f"{wanted.label} is not built on another framework", f"remove `{field}`"
        )
    if len(given) > 1:
        message = "an image is built on PyTorch or on TensorFlow, not on both"
        return ImageProblem("unknown_base", given[1][0], message, f"{wanted.label} is built on {names}")
    if fitting := [build for build in builds if build.base == field and version in build.bases]:
        return fitting
    near = nearest_versions(version, [each for base, each in known if base == field])
    message = f"{wanted.label} is not built on {field} {version}"
    return ImageProblem("unknown_base", field, message, f"it is built on {names}", near)


def with_python(wanted: Wanted, builds: Builds) -> Builds | ImageProblem:
    """The builds with the Python version; the only one if none is named."""
    known = nearest_versions(wanted.python and wanted.python.replace(".", ""), _pythons(builds))
    if wanted.python is None:
        if len(known) <= 1:
            return builds
        message = f"{wanted.label} has images with {listed(known)}, but none is specified"
        return ImageProblem("missing_python", "python", message, f"specify it, such as `python: {known[0]}`", known)
    if fitting := [build for build in builds if wanted.python in build.python]:
        return fitting
    if not known:
        message = f"{wanted.label} has no Python versions to choose from"
        return ImageProblem("unknown_python", "python", message, "remove `python`")
    message = f"{wanted.label} has no image with Python `{wanted.python}`"
    return ImageProblem("unknown_python", "python", message, f"available: {listed(known)}", known)


def in_region(wanted: Wanted, builds: Builds) -> Builds | ImageProblem:
    """The builds that are in the region."""
    region = wanted.region
    if region is None:
        message = f"each region has its own image of {wanted.image.name}, but the job does not specify one"
        return ImageProblem("missing_region", "region", message, "set the job's `region`")
    if fitting := [build for build in builds if region in build.accounts]:
        return fitting
    if region not in load_table().suffixes:
        near = near_words(region, load_table().suffixes)
        advice = f"did you mean `{near[0]}`?" if near else "region names look like us-east-1"
        return ImageProblem("unknown_region", "region", f"there is no region `{region}`", advice, near)
    message = f"{wanted.label} has no image in {region}"
    there = [
        build
        for build in wanted.image.builds
        if region in build.accounts and (wanted.processor is None or wanted.processor in build.tags)
    ]
    if near := nearest_versions(wanted.version, _versions(there)):
        return ImageProblem("no_image_in_region", "version", message, f"available versions: {listed(near)}", near)
    regions = {other for build in builds for other in build.accounts}
    near = tuple(sorted(regions, key=lambda other: (other.split("-")[0] != region.split("-")[0], other)))[:3]
    return ImageProblem("no_image_in_region", "region", message, f"regions that have it: {listed(near)}", near)


STEPS: tuple[Callable[[Wanted, Builds], Builds | ImageProblem], ...] = (
    of_version,
    on_instance,
    on_base,
    with_python,
    in_region,
)


def _versions(builds: Iterable[Build]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(build.version for build in builds))


def _pythons(builds: Iterable[Build]) -> list[str]:
    return [python for build in builds for python in build.python]


def _processors(names: Sequence[str]) -> str:
    return listed([_PROCESSORS[name] for name in names])
