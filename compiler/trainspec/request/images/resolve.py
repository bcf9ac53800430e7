"""From a framework or algorithm by its name to the image of a region and instance type.

https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

from trainspec.request.images.narrow import STEPS, Builds, Wanted
from trainspec.request.images.problems import ImageProblem, listed, near_words
from trainspec.request.images.processors import instance_family
from trainspec.request.images.table import Build, Image, load_table
from trainspec.request.images.versions import nearest_versions


def resolve_framework(
    name: str,
    version: str | None,
    *,
    region: str | None,
    instance_type: str | None,
    python: str | None = None,
    pytorch: str | None = None,
    tensorflow: str | None = None,
) -> str | ImageProblem:
    """The image in which a framework runs a training script.

    `version` and `python` are needed where there are several, `pytorch` or `tensorflow` where the framework, such as
    huggingface, stands on several versions of them, `instance_type` where its processors have images of their own.
    """
    image = load_table().images.get(name)
    if image is None or not image.is_framework:
        return _unknown_name(name, "framework")
    bases = {"pytorch": pytorch, "tensorflow": tensorflow}
    return _resolve(Wanted(image, version, bases, python, region, instance_type))


def resolve_algorithm(
    name: str, version: str | None = None, *, region: str | None, instance_type: str | None = None
) -> str | ImageProblem:
    """The image of a built-in algorithm. `version` is needed if there are several."""
    image = load_table().images.get(name)
    if image is None or not image.is_algorithm:
        return _unknown_name(name, "built-in algorithm")
    return _resolve(Wanted(image, version, {}, None, region, instance_type))


def _resolve(wanted: Wanted) -> str | ImageProblem:
    builds: Builds = wanted.image.builds
    for step in STEPS:
        narrowed = step(wanted, builds)
        if isinstance(narrowed, ImageProblem):
            return narrowed
        builds = narrowed
    return _uri(wanted, builds[0])


def _uri(wanted: Wanted, build: Build) -> str:
    region = wanted.region or ""
    template = build.tags[wanted.processor or next(iter(build.tags))]
    base = next((version for version in wanted.bases.values() if version is not None), "".join(build.bases[:1]))
    python = wanted.python or "".join(build.python[:1])
    tag = template.format(version=wanted.version or build.version, base=base, python=python)
    tag = wanted.image.families.get(instance_family(wanted.instance_type or "") or "", {}).get(tag, tag)
    return f"{build.accounts[region]}.dkr.ecr.{region}.{load_table().suffixes[region]}/{build.repository}:{tag}"


def _unknown_name(name: str, kind: str) -> ImageProblem:
    images = load_table().images
    if name in images:
        message = f"`{name}` is not a {kind} but a {_kind(images[name])}"
        return ImageProblem("unknown_name", "name", message, f"write `{_spelling(images[name])}`", (name,))
    message = f"there is no {kind} `{name}`"
    of_kind = [
        each for each, image in images.items() if kind == _kind(image) or (image.is_algorithm and image.is_framework)
    ]
    if near := near_words(name, of_kind):
        return ImageProblem("unknown_name", "name", message, f"did you mean `{near[0]}`?", near)
    if near := near_words(name, images):
        return ImageProblem("unknown_name", "name", message, f"did you mean `{_spelling(images[near[0]])}`?", near)
    return ImageProblem("unknown_name", "name", message, f"available: {listed(sorted(of_kind))}")


def _kind(image: Image) -> str:
    return "built-in algorithm" if image.is_algorithm else "framework"


def _spelling(image: Image) -> str:
    """How a spec names an image: its newest version, in the form of its kind."""
    newest = nearest_versions(None, [build.version for build in image.builds])[0]
    if image.is_algorithm:
        return f"algorithm: {image.name}@{newest}"
    return f'framework: {{name: {image.name}, version: "{newest}"}}'
