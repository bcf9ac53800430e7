"""What SageMaker's built-in algorithms need of a job, by the repository of their image.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trainspec.request.images import known_registry
from trainspec.rules.support.view import JobView


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A built-in algorithm: its channels, and whether it trains on GPUs alone.

    `with_images` are the channels that it needs besides when the data are image files (`application/x-image`) and no
    augmented manifest.
    """

    channels: tuple[str, ...] = ("train",)
    with_images: tuple[str, ...] = ()
    needs_gpu: bool = False


_BOTH = ("train", "validation")
_LISTS = ("train_lst", "validation_lst")
_ANNOTATIONS = ("train_annotation", "validation_annotation")

ALGORITHMS: Mapping[str, Algorithm] = {
    "blazingtext": Algorithm(),
    "factorization-machines": Algorithm(),
    "forecasting-deepar": Algorithm(),
    "image-classification": Algorithm(_BOTH, _LISTS, needs_gpu=True),
    "ipinsights": Algorithm(),
    "kmeans": Algorithm(),
    "knn": Algorithm(),
    "lda": Algorithm(),
    "linear-learner": Algorithm(),
    "ntm": Algorithm(),
    "object-detection": Algorithm(_BOTH, _ANNOTATIONS, needs_gpu=True),
    "object2vec": Algorithm(),
    "pca": Algorithm(),
    "randomcutforest": Algorithm(),
    "sagemaker-xgboost": Algorithm(),
    "semantic-segmentation": Algorithm(_BOTH, _ANNOTATIONS, needs_gpu=True),
    "seq2seq": Algorithm((*_BOTH, "vocab"), needs_gpu=True),
    "xgboost": Algorithm(),
}


def built_in(job: JobView) -> tuple[str, Algorithm] | None:
    """The repository and the needs of the built-in algorithm that a job runs; None where it runs something else."""
    runs_script = job.member("HyperParameters", "sagemaker_program") is not None
    has_entrypoint = job.member("AlgorithmSpecification", "ContainerEntrypoint") is not None
    registry = known_registry(job.text("AlgorithmSpecification", "TrainingImage") or "")
    if registry is None or runs_script or has_entrypoint:
        return None
    algorithm = ALGORITHMS.get(registry.image.repository)
    return (registry.image.repository, algorithm) if algorithm else None
