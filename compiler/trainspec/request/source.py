"""The codec of `source`: how the container gets and runs the user's script.

An image of AWS's frameworks has a toolkit that reads hyperparameters (`launch: toolkit`); any other gets the archive as
a channel, and an entrypoint that unpacks and starts it (`launch: channel`).

https://github.com/aws/sagemaker-training-toolkit#how-a-script-is-executed-inside-the-container
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import codes
from trainspec.request.codecs import Assignment, Lowered, ToText
from trainspec.request.texts import hyperparameter
from trainspec.text.fault import Fault
from trainspec.text.tree import Path
from trainspec.units import is_template

if TYPE_CHECKING:
    from trainspec.language.data import JobData

CHANNEL: Final = "code"
"""The channel for the archive, if no toolkit fetches it."""
_UNPACK: Final = (
    "set -e; mkdir -p /opt/ml/code; cd /opt/ml/code; tar xzf /opt/ml/input/data/code/sourcedir.tar.gz; "
    "P=$(command -v python3 || command -v python || :); "
    "[ ! -f requirements.txt ] || $P -m pip install -q -r requirements.txt; "
)
"""What comes before the script. A word of an entrypoint has at most 256 characters."""
_START: Final = {".py": 'exec $P "$0" "$@"', ".sh": 'exec sh "$0" "$@"'}
_INPUTS: Final = "InputDataConfig"
_ALGORITHM: Final = "AlgorithmSpecification"


class Source:
    """`source: {entry, dir, …}`, whose folder has become the S3 URI of its archive."""

    def lower(self, value: Mapping[str, Any], member: Path, field: Path, job: "JobData") -> Lowered:
        """The hyperparameters, or the channel and the entrypoint."""
        if launch_of(value, job) == "channel":
            yield from _by_channel(value, field, job)
        else:
            yield from _by_toolkit(value, field, job)

    def lift(self, value: Any, as_text: ToText) -> None:
        """Nothing: the members stay what they are."""


def launch_of(source: Mapping[str, Any], job: "JobData") -> str:
    """How the script is started: by `launch`, else by the toolkit if the image is one of AWS's frameworks.

    A script without an archive is in the image already, and only a toolkit can be given its name.
    """
    launch = source.get("launch")
    if isinstance(launch, str):
        return launch
    if "dir" not in source or "framework" in job or "image" not in job:
        return "toolkit"
    return "toolkit" if _is_of_a_framework(job["image"]) else "channel"


def _is_of_a_framework(image: Any) -> bool:
    if not isinstance(image, str) or is_template(image):
        return False
    from trainspec.request.images import algorithms, known_registry

    registry = known_registry(image)
    return registry is not None and bool(registry.names) and not set(registry.names) & set(algorithms())


def _by_toolkit(value: Mapping[str, Any], field: Path, job: "JobData") -> Lowered:
    said = (
        ("sagemaker_program", value.get("entry"), "entry"),
        ("sagemaker_submit_directory", value.get("dir"), "dir"),
        ("sagemaker_container_log_level", value.get("log_level"), "log_level"),
        ("sagemaker_region", job.get("region"), None),
        ("sagemaker_job_name", job.get("name"), None),
    )
    taken = job.get("hyperparameters") or {}
    for name, each, key in said:
        if each is None:
            continue
        if name in taken:
            message = f"`source` sets the hyperparameter `{name}`, and `hyperparameters` does too"
            yield Fault(codes.CONFLICT, field, message, "keep one")
            continue
        yield Assignment(("HyperParameters", name), hyperparameter(each, job), (*field, key) if key else field)


def _by_channel(value: Mapping[str, Any], field: Path, job: "JobData") -> Lowered:
    if "entrypoint" in job:
        message = "`source` starts its script with the container's entrypoint, but `entrypoint` is also set"
        yield Fault(codes.CONFLICT, field, message, "keep one, or set `launch: toolkit` in `source`")
        return
    channels = job.get("inputs") or {}
    if CHANNEL in _names(channels):
        message = f"`source` uses the channel `{CHANNEL}`, but `inputs` also has one of that name"
        yield Fault(codes.CONFLICT, field, message, f"rename the channel `{CHANNEL}` in `inputs`")
        return
    entry, directory = str(value.get("entry", "")), value.get("dir")
    for name, each in _channel(directory, channels):
        yield Assignment((_INPUTS, len(channels), *name), each, (*field, "dir"))
    start = _START[".sh" if entry.endswith(".sh") else ".py"]
    entrypoint = ["/bin/sh", "-c", _UNPACK + start]
    yield Assignment((_ALGORITHM, "ContainerEntrypoint"), entrypoint, field)
    yield Assignment((_ALGORITHM, "ContainerArguments"), [entry, *_arguments(job)], (*field, "entry"))


def _channel(directory: Any, channels: Any) -> Iterator[tuple[Path, Any]]:
    """The members of the channel of code. Where one channel names instance groups, all of them must."""
    prefix = directory.rpartition("/")[0] + "/" if isinstance(directory, str) else directory
    source: Path = ("DataSource", "S3DataSource")
    yield ("ChannelName",), CHANNEL
    yield (*source, "S3Uri"), prefix
    yield (*source, "S3DataType"), "S3Prefix"
    yield (*source, "S3DataDistributionType"), "FullyReplicated"
    listed = channels.values() if isinstance(channels, Mapping) else channels
    groups = dict.fromkeys(
        group for each in listed if isinstance(each, Mapping) for group in each.get("instance_groups") or ()
    )
    if groups:
        yield (*source, "InstanceGroupNames"), list(groups)
    yield ("InputMode",), "File"


def _names(channels: Any) -> list[Any]:
    if isinstance(channels, Mapping):
        return list(channels)
    return [each.get("name") for each in channels if isinstance(each, Mapping)]


def _arguments(job: "JobData") -> list[str]:
    from trainspec.request.special import split_words

    given = job.get("arguments") or []
    if isinstance(given, str):
        try:
            return split_words(given)
        except ValueError:
            return []  # rejected where `arguments` itself becomes a member
    return [str(word) for word in given]
