"""Lowering: a job's fields → the full request, each member with the field that it came from."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from trainspec.diagnostics import codes
from trainspec.request.api.model import TRAINING
from trainspec.request.codecs import Assignment, lower_rows
from trainspec.request.fields import JOB, members
from trainspec.safety.budget import spend
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import JobData

_STEPS_OF_JOB = 300


class Request(NamedTuple):
    """A CreateTrainingJob or CreateHyperParameterTuningJob request as its spec says it, templates untouched.

    `origins` maps members' paths to the fields (paths from the job) that set them; `keys` has the members that are
    set by a field's key, such as a channel's name. `faults` are of the fields that became nothing.
    """

    members: dict[str, Any]
    origins: Mapping[Path, Path]
    keys: frozenset[Path]
    faults: tuple[Fault, ...]
    operation: str = TRAINING
    of_training: "Request | None" = None
    """For a tuning job: the request of its training jobs, with templates for what is not known about them."""

    @property
    def training(self) -> "Request":
        """The request as that of a training job, as most rules see it."""
        return self.of_training or self

    def origin(self, member: Path) -> Path:
        """The field that sets `member`: the nearest known one, and the rest of the path below it."""
        for length in range(len(member), 0, -1):
            if (field := self.origins.get(member[:length])) is not None:
                return (*field, *member[length:])
        return self._below(member)

    def _below(self, member: Path) -> Path:
        """For a structure: the map that the fields of its members are in."""
        fields = [field for path, field in self.origins.items() if member and path[: len(member)] == member]
        if not fields:
            return ()
        shared = min(fields, key=len)
        while any(field[: len(shared)] != shared for field in fields):
            shared = shared[:-1]
        return shared[:-1] if len(shared) > 1 and shared in fields else shared


def lower(job: "JobData") -> Request:
    """The request of a job's validated data."""
    spend(_STEPS_OF_JOB)
    lowered = _of_rows(lower_rows(JOB, job, (), (), job))
    if job.get("tuning") is None:
        return _with_raw(lowered, job)
    from trainspec.request.tuning import as_training, rerooted  # most jobs are not tuned

    whole = _with_raw(rerooted(lowered, _of_rows, job), job)
    return whole._replace(of_training=as_training(whole))


def _of_rows(assigned: Iterable[Assignment | Fault]) -> Request:
    """The request that the rows of a table result in."""
    root: dict[str, Any] = {}
    origins: dict[Path, Path] = {}
    keys: set[Path] = set()
    faults: list[Fault] = []
    for each in assigned:
        if isinstance(each, Fault):
            faults.append(each)
            continue
        _put(root, each.member, each.value)
        origins[each.member] = each.field
        if each.is_key:
            keys.add(each.member)
    return Request(root, origins, frozenset(keys), tuple(faults))


def _with_raw(request: Request, job: "JobData") -> Request:
    """`request` with the raw members of the job's field `request`."""
    raw = list(_leaves(job.get("request") or {}, ()))
    if not raw:
        return request
    root, origins, faults = request.members, dict(request.origins), list(request.faults)
    for path, value in raw:
        if _is_set(root, path):
            message = f"`request.{dotted(path)}` is also set by `{dotted(_field(origins, path))}`"
            faults.append(Fault(codes.CONFLICT, ("request", *path), message, "set it once"))
        else:
            _put(root, path, value)
            origins[path] = ("request", *path)
    return request._replace(origins=origins, faults=tuple(faults))


def image_of(job: Mapping[str, Any]) -> str | None:
    """The image that some fields of a job name; None if there is none, or it is only known at run time."""
    try:
        members = lower(cast("JobData", job)).members
    except (TypeError, ValueError, KeyError, AttributeError):  # the fields are not validated yet
        return None
    specification = (members.get("TrainingJobDefinition") or members).get("AlgorithmSpecification")
    image = specification.get("TrainingImage") if isinstance(specification, Mapping) else None
    return image if isinstance(image, str) else None


def is_algorithm(image: str) -> bool:
    """Whether an image is that of one of AWS's built-in algorithms."""
    from trainspec.request.algorithms.table import by_repository
    from trainspec.request.images.registries import known_registry

    registry = known_registry(image)
    return registry is not None and by_repository(registry.image.repository) is not None


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The effect of raw members: maps are merged, everything else replaces."""
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif path:
        yield path, value


def _is_set(members: Any, path: Path) -> bool:
    """Whether something is at `path`, or in the way to it."""
    for step in path:
        if not isinstance(members, Mapping):
            return True
        if step not in members:
            return False
        members = members[step]
    return True


def _field(origins: Mapping[Path, Path], member: Path) -> Path:
    """The field that set `member`, or something that contains it."""
    near = (field for path, field in origins.items() if path[: len(member)] == member or member[: len(path)] == path)
    return next(near, ())


def field_of(member: Path, operation: str = TRAINING) -> Path | None:
    """The field that becomes `member` in any job: `resources.instance_type` for ResourceConfig.InstanceType."""
    if operation != TRAINING:
        from trainspec.request.tuning import training_member, tuning_field

        if (field := tuning_field(member)) is not None:
            return field
        member = training_member(member)
    return _fields_by_member().get(tuple(str(step) if not isinstance(step, int) else "*" for step in member))


@cache
def _fields_by_member() -> Mapping[tuple[str, ...], Path]:
    """Every field's path by the request member that it becomes; of several fields, the first."""
    found: dict[tuple[str, ...], Path] = {}
    for field, name in members():
        found.setdefault(tuple(name.split(".")), tuple(field.split(".")))
    return found


def _put(root: dict[str, Any], path: Path, value: Any) -> None:
    """Set `value` at `path`, making the maps and lists on the way; an entry of a list that says nothing is empty."""
    node: Any = root
    for step, following in pairwise(path):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            _lengthen(node, step)
            node = node[step]
        else:
            node = node.setdefault(step, fresh)
    if isinstance(path[-1], int):
        _lengthen(node, path[-1])
    node[path[-1]] = value


def _lengthen(items: list[Any], index: int) -> None:
    items.extend({} for _ in range(index + 1 - len(items)))
