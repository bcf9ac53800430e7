"""Images by name: the frameworks and built-in algorithms of SageMaker, from a table derived from sagemaker-core."""

from trainspec.request.images.catalogue import ImageInfo, VersionInfo, algorithms, frameworks
from trainspec.request.images.problems import Field, ImageProblem, What
from trainspec.request.images.processors import Processor, instance_family, processor_of, processor_of_instance
from trainspec.request.images.registries import EcrImage, Registry, ecr_image, known_registry, registry_account
from trainspec.request.images.resolve import resolve_algorithm, resolve_framework

__all__ = [
    "EcrImage",
    "Field",
    "ImageInfo",
    "ImageProblem",
    "Processor",
    "Registry",
    "VersionInfo",
    "What",
    "algorithms",
    "ecr_image",
    "frameworks",
    "instance_family",
    "known_registry",
    "processor_of",
    "processor_of_instance",
    "registry_account",
    "resolve_algorithm",
    "resolve_framework",
]
