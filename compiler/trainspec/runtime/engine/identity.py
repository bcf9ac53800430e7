"""Which task run a training job belongs to, written into the job itself.

CreateTrainingJob knows no client token, so the job's own description has to say whose it is. The identity goes into the
job's Environment, which DescribeTrainingJob returns, or into a tag where the request can have no Environment.

    1/0/1/2/-1/1744156800000000/ends/9f86d081884c7d659a2feaa0c55ad015/my_dag/scheduled__2025-04-09T00:00:00+00:00/train

From left to right: the version of this format; the generation (which clear of the task it was made after); the task's
`retries`; the try that made the job; the map index; when the DAG run started; whether the job may outlive its task
(`Stay`); the digest by which tasks are compared; the DAG, the run and the task, for people and tools to read, cut where
they are too long.

Jobs outlive deployments, so what a release has written, all later ones must read: a change of the format gets a new
version, and `decode` keeps a reader for each that was released. A version that it does not know is that of a later
release; such a job is another's, which is neither waited for nor stopped.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from trainspec.runtime.engine.problems import Kind, TrainingProblem

VARIABLE: Final = "TRAINSPEC_TASK_RUN"
TAG: Final = "trainspec:task-run"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
_MAX_VARIABLES, _MAX_VARIABLE = 100, 512
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
_MAX_TAGS, _MAX_TAG = 50, 256

LOCAL_RUN: Final = "trainspec-run__"
"""How the ids of runs begin that no Airflow knows of: `trainspec run` made them."""

_VERSION = "1"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:+@-]")  # tags allow few characters, so "/" separates and "=" escapes
_ESCAPED = re.compile(r"(?:=[0-9A-F]{2})+")


@dataclass(frozen=True)
class TaskRun:
    """One run of one Airflow task, over all its tries until a user clears it.

    `generation` is `max_tries - retries`: Airflow leaves it alone at a retry and raises it when a user clears the
    task. It shifts too where the author changes `retries` between two tries, but then their sum, Airflow's `max_tries`,
    stays as it was. `started` is when the DAG run started, in microseconds since the epoch (0: not known). It tells
    apart runs of the same name: of two Airflows that share an AWS account, or of a run that was deleted and made anew.
    It moves only when a finished run is cleared, and then the generation moves too.
    """

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    generation: int = 0
    started: int = 0
    retries: int = 0

    @property
    def digest(self) -> str:
        """Stands for the task of the DAG run, whatever its generation: 32 hexadecimal digits."""
        whole = "\0".join((self.dag_id, self.run_id, self.task_id, str(self.map_index)))
        return hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:32]

    @property
    def max_tries(self) -> int:
        """Airflow's number of the last try, which only a clear changes."""
        return self.generation + self.retries

    @property
    def is_local(self) -> bool:
        """Whether it is a job of `trainspec run`, of which no Airflow knows."""
        return self.run_id.startswith(LOCAL_RUN)


def microseconds(moment: datetime | None) -> int:
    """Return `moment` in microseconds since the epoch, as a TaskRun's `started`; 0 for None."""
    return round(moment.timestamp() * 1_000_000) if moment else 0


class Relation(Enum):
    """What another job's task run is to ours."""

    SAME = "same"
    """It is ours: this try's or an earlier one's."""
    EARLIER = "earlier"
    """The same task of the same DAG run, before a user cleared it."""
    LATER = "later"
    """The same task, cleared by a user since we started: we are the ones who should be gone."""
    OTHER = "other"
    """Somebody else's."""


@dataclass(frozen=True)
class Stay:
    """Whether a job may outlive its task, as its author chose. A sweep must know: nobody else is there to ask then."""

    after_success: bool = False
    """The task does not wait (`wait_for_completion=False`), so its success says nothing about the job."""
    seconds: int | None = None
    """Seconds after the job's creation when the task gives up and leaves it (`on_timeout="leave"`); None: never."""

    def __str__(self) -> str:
        if self.after_success:
            return "stays"
        return "ends" if self.seconds is None else f"stays-{self.seconds}"

    @classmethod
    def read(cls, text: str) -> "Stay":
        """Return what `str` wrote. Raises ValueError for anything else."""
        if text in ("stays", "ends"):
            return cls(text == "stays")
        word, _, seconds = text.partition("-")
        if word != "stays":
            raise ValueError(text)
        return cls(seconds=int(seconds))


@dataclass(frozen=True)
class Label:
    """An identity as a job carries it. The ids of `task_run` may be cut; the digest is always whole."""

    task_run: TaskRun
    try_number: int
    digest: str
    stay: Stay = Stay()

    @classmethod
    def of(cls, task_run: TaskRun, try_number: int, stay: Stay | None = None) -> "Label":
        """Return the label that try `try_number` of `task_run` puts on its job."""
        return cls(task_run, try_number, task_run.digest, stay or Stay())

    @property
    def complete(self) -> bool:
        """Whether all ids are as Airflow knows them, none cut."""
        return self.task_run.digest == self.digest

    def relation(self, other: "Label | None") -> Relation:
        """Return what the job that carries `other` is to the task run of this label."""
        if other is None or other.digest != self.digest:
            return Relation.OTHER
        ours, theirs = self.task_run, other.task_run
        if theirs.started == ours.started and theirs.max_tries == ours.max_tries:
            return Relation.SAME
        if theirs.generation < ours.generation:
            return Relation.EARLIER
        if theirs.started != ours.started:
            return Relation.OTHER
        return Relation.SAME if theirs.generation == ours.generation else Relation.LATER

    def __str__(self) -> str:
        run = self.task_run
        mapped = f", map index {run.map_index}" if run.map_index >= 0 else ""
        return f"DAG {run.dag_id}, run {run.run_id}, task {run.task_id}{mapped}, try {self.try_number}"


def encode(label: Label, limit: int = _MAX_VARIABLE) -> str:
    """`label` as text of at most `limit` characters, safe as an environment variable's and as a tag's value."""
    run = label.task_run
    numbers = (run.generation, run.retries, label.try_number, run.map_index, run.started)
    head = "/".join((_VERSION, *map(str, numbers), str(label.stay), label.digest))
    ids = [_escape(text) for text in (run.dag_id, run.run_id, run.task_id)]
    return "/".join((head, *_fit(ids, limit - len(head) - len(ids))))


def decode(text: str) -> Label | None:
    """Return the label that `encode` wrote, or None where `text` is nothing of ours, or of a later release."""
    version, *parts = text.split("/")
    if len(parts) != 10 or version != _VERSION:
        return None
    try:
        generation, retries, try_number, map_index, started = (int(part) for part in parts[:5])
        stay = Stay.read(parts[5])
    except ValueError:
        return None
    dag_id, run_id, task_id = (_unescape(part) for part in parts[7:])
    run = TaskRun(dag_id, run_id, task_id, map_index, generation, started, retries)
    return Label(run, try_number, parts[6], stay)


def sign(request: Mapping[str, Any], label: Label) -> dict[str, Any]:
    """Return a copy of `request` that carries `label`.

    Raises a fatal `TrainingProblem` where the request has no room for it.
    """
    if not signs_by_tag(request):
        return {**request, "Environment": {**(request.get("Environment") or {}), VARIABLE: encode(label)}}
    tags = [tag for tag in request.get("Tags") or [] if tag.get("Key") != TAG]
    if len(tags) >= _MAX_TAGS:
        raise TrainingProblem(
            Kind.FATAL,
            f"The request has no room for the identity of its task run: Environment is full or not allowed, and all "
            f"{_MAX_TAGS} tags are in use. Leave out one of them.",
        )
    return {**request, "Tags": [*tags, {"Key": TAG, "Value": encode(label, _MAX_TAG)}]}


def signs_by_tag(request: Mapping[str, Any]) -> bool:
    """Whether `request` can carry an identity in its tags only: it is serverless, or its Environment is full."""
    others = {name for name in (request.get("Environment") or {}) if name != VARIABLE}
    return "ServerlessJobConfig" in request or len(others) >= _MAX_VARIABLES


def signature(environment: Mapping[str, str], tags: list[dict[str, str]]) -> Label | None:
    """Return the label of a job, from its Environment (DescribeTrainingJob) and its tags (ListTags)."""
    text = environment.get(VARIABLE) or next((tag["Value"] for tag in tags if tag["Key"] == TAG), "")
    return decode(text)


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda match: "".join(f"={byte:02X}" for byte in match[0].encode("utf-8", "replace")), text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("=", "")).decode("utf-8", "replace"), text)


def _fit(texts: list[str], room: int) -> list[str]:
    """Cut `texts` to at most `room` characters together; the longest lose first, short ones stay whole."""
    longest = room
    while sum(min(len(text), longest) for text in texts) > room:
        longest -= 1
    return [text if len(text) <= longest else re.sub(r"=[0-9A-F]?$", "", text[:longest]) for text in texts]
