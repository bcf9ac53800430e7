"""A job's channels, as rules need them."""

from collections.abc import Iterator
from typing import NamedTuple

from trainspec.rules.support.view import JobView, once_a_job
from trainspec.text.tree import Path

S3 = ("DataSource", "S3DataSource")


class ChannelView(NamedTuple):
    """One channel of a request. What is a template, or not said, is None.

    `mode` is the channel's own input mode, else the job's.
    """

    place: Path
    name: str | None
    mode: str | None
    content_type: str | None
    has_content_type: bool
    uri: str | None
    kind: str | None
    distribution: str | None

    @property
    def shown(self) -> str:
        """The channel's name for a message."""
        return f"`{self.name}`" if self.name else "the channel"

    @property
    def is_augmented(self) -> bool:
        """Whether it is an augmented manifest."""
        return self.kind == "AugmentedManifestFile"


@once_a_job
def channels(job: JobView) -> Iterator[ChannelView]:
    """The channels of a job, in order."""
    mode = job.text("AlgorithmSpecification", "TrainingInputMode")
    for place in job.places("InputDataConfig"):
        has_mode = bool(job.member(*place, "InputMode"))
        yield ChannelView(
            place,
            job.text(*place, "ChannelName"),
            job.text(*place, "InputMode") if has_mode else mode,
            job.text(*place, "ContentType"),
            job.member(*place, "ContentType") is not None,
            job.text(*place, *S3, "S3Uri"),
            job.text(*place, *S3, "S3DataType"),
            job.text(*place, *S3, "S3DataDistributionType"),
        )


def channel_names(job: JobView) -> tuple[str, ...] | None:
    """The names of a job's channels; None if one of them, or all of them, are not known."""
    if "inputs" in job.invalid_fields:
        return None
    names = [job.text(*place, "ChannelName") for place in job.places("InputDataConfig")]
    known = tuple(name for name in names if name is not None)
    return known if len(known) == len(names) else None
