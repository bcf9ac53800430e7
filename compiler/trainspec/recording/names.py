"""Names that contain the time of the recording, which every run replaces with its own time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from trainspec.recording.clock import around_clock
from trainspec.recording.server import Created


@dataclass(frozen=True, slots=True)
class Kind:
    """What an operation creates: what it is called, the member with its name, and Airflow's operator.

    Names must differ within a `family`: jobs of several kinds write to paths with their names. A name has at most
    `longest` characters.
    """

    noun: str
    member: str
    operator: str | None = None
    longest: int = 63

    @property
    def family(self) -> str:
        """The group of kinds that share their names."""
        return "job" if self.noun in ("training", "processing", "transform") else self.noun


KINDS: Final = {
    "CreateTrainingJob": Kind("training", "TrainingJobName"),
    "CreateHyperParameterTuningJob": Kind("tuning", "HyperParameterTuningJobName", longest=32),
    "CreateProcessingJob": Kind("processing", "ProcessingJobName", "SageMakerProcessingOperator"),
    "CreateTransformJob": Kind("transform", "TransformJobName", "SageMakerTransformOperator"),
    "CreateModel": Kind("model", "ModelName", "SageMakerModelOperator"),
    "CreateEndpointConfig": Kind("endpoint-config", "EndpointConfigName", "SageMakerEndpointConfigOperator"),
    "CreateEndpoint": Kind("endpoint", "EndpointName", "SageMakerEndpointOperator"),
}
_RUNS: Final = (
    ("{{ ts_nodash }}", 15),
    ("{{ ts_nodash[2:13] }}", 11),
    ("{{ ts_nodash[2:8] }}{{ ts_nodash[9:13] }}", 10),
)
"""Times of a run and their lengths: to the second, to the minute as in the SDKs, and in as few digits as any time in a
name."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a recorded name becomes, and the remark on it."""

    template: str
    remark: str


def name_of(created: Created) -> str:
    """The name in a request of one of KINDS; an empty string if it has none."""
    return str(created.request.get(KINDS[created.operation].member, ""))


def names_of(created: Sequence[Created]) -> dict[str, Named]:
    """What the recorded names that contain a time become; names of training jobs are changed last."""
    known = [each for each in created if each.operation in KINDS]
    taken: dict[tuple[str, str], set[str]] = {}
    found: dict[str, Named] = {}
    for each in sorted(known, key=lambda one: KINDS[one.operation].operator is not None):
        name, kind = name_of(each), KINDS[each.operation]
        parts = around_clock(name, each.at)
        if parts is not None and name not in found:
            before, after = parts
            found[name] = _named(name, before, after, kind.longest, taken.setdefault((kind.family, after), set()))
    return found


def _named(name: str, before: str, after: str, longest: int, taken: set[str]) -> Named:
    base, room = before.rstrip("-"), longest - len(after)
    own = free_base(base, room, taken)
    template = f"{templated(own, room)}{after}"
    remark = f"the name `{name}` contains the time of the recording: written as `{template}`"
    if own != base:
        why = "another job has that name" if base in taken else f"a name has at most {longest} characters"
        remark += f", with `{own}` instead of `{base}`, because {why}"
    taken.add(own)
    return Named(template, remark)


def free_base(base: str, room: int, taken: Collection[str]) -> str:
    """`base`, cut if there is no room for a time after it; with a number if it is `taken`."""
    longest = room - 1 - _RUNS[-1][1]
    found, count = base[:longest].rstrip("-"), 1
    while found in taken:
        count += 1
        end = f"-{count}"
        found = base[: longest - len(end)].rstrip("-") + end
    return found


def templated(base: str, room: int) -> str:
    """`base`, which is a `free_base`, with the time of a run: as exact as there is room for."""
    start = f"{base}-" if base else ""
    return start + next(time for time, length in _RUNS if len(start) + length <= room)
