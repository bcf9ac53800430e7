"""The requests that policies are checked against: those of training jobs.

A tuning job starts training jobs with any of its machines and definitions, so that it has a request for each of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.request.api.model import TRAINING
from trainspec.request.lower import Request
from trainspec.request.tuned import CONFIG, DEFINITION, NAME, OTHER_DEFINITIONS, STATIC, ranges_of, training_request
from trainspec.request.tuned import UNKNOWN as TUNED
from trainspec.safety.budget import spend
from trainspec.text.tree import Path

_STEPS_OF_TRAINING = 300
_DEFINITIONS, _, _RANGES = OTHER_DEFINITIONS
_TUNED_RESOURCES, _CONFIGS = "HyperParameterTuningResourceConfig", "InstanceConfigs"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request, and the one of its task that contains its members: at `places`, by the beginnings of their paths."""

    members: Mapping[str, Any]
    whole: Request
    places: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """The kind of the request: training jobs, even if a tuning job starts them."""
        return self.whole.operation if not self.places else TRAINING

    def is_tuned(self, path: Path) -> bool:
        """Whether the value at `path` is a hyperparameter that a tuning job chooses."""
        return len(path) == 2 and path[0] == "HyperParameters" and path in self.places

    def member(self, path: Path) -> Path:
        """Where a member is in the request of the task."""
        for length in range(len(path), -1, -1):
            if (place := self.places.get(path[:length])) is not None:
                return (*place, *path[length:])
        return path

    def origin(self, path: Path) -> Path:
        """The field of the job that a member comes from; the job itself for the complete request."""
        return self.whole.origin(self.member(path)) if path else ()


def whole_of(request: Request) -> Seen:
    """The request of the task itself."""
    return Seen(request.members, request)


def trainings_of(request: Request) -> Iterator[Seen]:
    """The requests of the training jobs that a task starts: its own, or those of a tuning job."""
    if request.operation == TRAINING:
        yield whole_of(request)
        return
    for above, definition, ranges in _definitions(request.members):
        for one, places in _machines(definition, above):
            spend(_STEPS_OF_TRAINING)
            yield _training(request, one, {(): above, ("HyperParameters",): (*above, STATIC), **places}, ranges)


def _definitions(members: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any], Path]]:
    """Each definition of training jobs: its place, itself, and the place of its ranges."""
    several = members.get(_DEFINITIONS)
    listed = several if isinstance(several, list) else []
    if DEFINITION in members or not listed:
        yield (DEFINITION,), _map(members.get(DEFINITION)), (CONFIG, "ParameterRanges")
    for index, each in enumerate(listed):
        yield (_DEFINITIONS, index), _map(each), (_DEFINITIONS, index, _RANGES)


def _machines(definition: Mapping[str, Any], above: Path) -> Iterator[tuple[Mapping[str, Any], Mapping[Path, Path]]]:
    """A definition with each machine that it may take, and where these are."""
    rest = {name: value for name, value in definition.items() if name not in ("ResourceConfig", _TUNED_RESOURCES)}
    tuned = definition.get(_TUNED_RESOURCES)
    if not isinstance(tuned, Mapping) or "ResourceConfig" in definition:
        yield {name: value for name, value in definition.items() if name != _TUNED_RESOURCES}, {}
    if not isinstance(tuned, Mapping):
        return
    place = (*above, _TUNED_RESOURCES)
    configs = tuned.get(_CONFIGS)
    for index, each in enumerate(configs if isinstance(configs, list) else ()):
        below: dict[Path, Path] = {("ResourceConfig", name): (*place, _CONFIGS, index, name) for name in _map(each)}
        yield {**rest, _TUNED_RESOURCES: {**tuned, _CONFIGS: [each]}}, {("ResourceConfig",): place, **below}
    if not configs or "InstanceType" in tuned:
        alone = {name: value for name, value in tuned.items() if name != _CONFIGS}
        yield {**rest, _TUNED_RESOURCES: alone}, {("ResourceConfig",): place}


def _training(request: Request, definition: Mapping[str, Any], places: Mapping[Path, Path], ranges: Path) -> Seen:
    """The request of a training job of a definition. What the tuning job chooses is not known."""
    config = _map(request.members.get(CONFIG))
    own = _map(value_at(request.members, ranges))
    whole = {**request.members, DEFINITION: definition, CONFIG: {**config, "ParameterRanges": own}}
    members = training_request(whole)
    names = {name: (*ranges, *place[2:], "Name") for name, place, _ in ranges_of(whole)}
    if names:
        members["HyperParameters"] = {**_map(members.get("HyperParameters")), **dict.fromkeys(names, TUNED)}
    of_job: dict[Path, Path] = {("TrainingJobName",): (NAME,), ("Tags",): ("Tags",)}
    return Seen(members, request, {**places, **of_job, **{("HyperParameters", name): at for name, at in names.items()}})


def value_at(value: Any, path: Path) -> Any:
    """What is at a path in data; None if nothing does."""
    for step in path:
        if isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            value = _map(value).get(str(step))
    return value


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
