"""The model of a built-in algorithm's table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainspec.request.images.versions import version_key


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """What one hyperparameter may be.

    `kind` is integer, float, boolean, json (with `items`), string (with `pattern`), one_of or list_of (with `words`).
    `min` and `max` are inclusive, `above` and `below` exclusive; `extra` are other values that are accepted.
    `since` and `until` are the versions of the image that know it. A `plain` integer has no decimal point, unlike 3.0.
    `like` is an example of a string with a pattern.
    """

    name: str
    kind: str
    required: bool = False
    words: tuple[str, ...] = ()
    pattern: str | None = None
    extra: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    above: float | None = None
    below: float | None = None
    since: str | None = None
    until: str | None = None
    plain: bool = False
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Conditions between hyperparameters.

    Where each name in `when` has one of its words (empty: any value), `needs` must be set, and what `must` names
    (name → what it may be, and the value that counts if it is not set) must fit. `at_most` and `less` are pairs of
    which the first may not be larger than (or as large as) the second. `total` are numbers whose sum is between
    `min` and `max`; `default` counts for one that is not set. `because` is the container's error message, or the
    reason.
    """

    because: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    must: Mapping[str, tuple[Hyperparameter, tuple[str, ...], str | None]] = field(default_factory=dict)
    at_most: tuple[str, str] | None = None
    less: tuple[str, str] | None = None
    default: str | None = None
    total: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: the content types, distributions and input modes of its own (empty: the algorithm's).

    `needed_with` says of what data it is required with: `images` for image files by their content type, `files` for
    everything that is not an augmented manifest. `is_model` marks the channel of an earlier model.
    """

    name: str
    required: bool = False
    types: tuple[str, ...] = ()
    distribution: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    needed_with: str | None = None
    is_model: bool = False
    script_only: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """The content types of an algorithm's data.

    `default` is what it takes the data for where the channel says nothing; without one it goes by the files, or needs
    to be set (`required`). `augmented` are those of augmented manifests, `pipe` those that it reads from a pipe
    (empty: all), `pipe_until` the last version that does so, `label_size` the values of that parameter of CSV.
    """

    types: tuple[str, ...]
    default: str | None = None
    required: bool = False
    augmented: tuple[str, ...] = ()
    pipe: tuple[str, ...] = ()
    pipe_until: Mapping[str, str] = field(default_factory=dict)
    replicated_in_pipe: tuple[str, ...] = ()
    label_size: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineCase:
    """What the machines of an algorithm must be, depending on its hyperparameters."""

    because: str
    when: Mapping[str, tuple[str, ...]]
    processors: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Machines:
    """What an algorithm trains on: processors, the number of machines (None: any).

    `gpu_needs` are the hyperparameters of which one must have one of the words for a GPU to be used;
    `gpu_machines_need` is the one that several GPU machines need.
    """

    processors: tuple[str, ...] = ("cpu", "gpu")
    count: int | None = None
    one_gpu: bool = False
    gpu_since: str | None = None
    gpu_needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gpu_machines_need: str | None = None
    cases: tuple[MachineCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Tunable:
    """A hyperparameter that a tuning job may tune: its kind (float, int, values), and what AWS recommends for it."""

    kind: str
    least: float = 0
    most: float = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One built-in algorithm. `says` are its container's words for each kind of fault, with `{name}` and `{value}`."""

    name: str
    title: str
    repositories: tuple[str, ...]
    source: str
    as_of: str
    hyperparameters: Mapping[str, Hyperparameter]
    channels: Mapping[str, Channel]
    content: Content
    modes: tuple[str, ...]
    pipe_for_augmented_only: bool
    machines: Machines
    conditions: tuple[Condition, ...]
    metrics: tuple[str, ...]
    says: Mapping[str, str]
    checkpoints: bool
    checkpoints_since: str | None
    record_wrapper: str | None
    deprecated: tuple[str, ...]
    tunable: Mapping[str, Tunable] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """The hyperparameters that must be set."""
        return tuple(each.name for each in self.hyperparameters.values() if each.required)


def is_in(version: str | None, since: str | None, until: str | None) -> bool:
    """Whether a version of an image is in a range. An unknown one, or a moving tag, is in all."""
    if version is None or not re.fullmatch(r"[0-9]+\.[0-9.]+(?:-[0-9]+)?", version):
        return True
    key = version_key(version)
    return (since is None or key >= version_key(since)) and (until is None or key <= version_key(until))
