"""The identity that a job carries: in its Environment, which DescribeTrainingJob returns, or in a tag.

SageMaker's create calls have no client token, so the job's own description must show whose it is.

    2/prod/1/0/0/2/-1/1744156800000000/ends/9f86d081884c7d659a2feaa0c55ad015/my_dag/scheduled__2025-04-09T00:00:00+00:00/train

From left to right: the version of this format; the installation; the generation (after which clear of the task the job
was created); how many clears Airflow counts; the task's `retries`; the try that created the job; the map index; when
the DAG run started; whether the job may outlive its task (`Stay`); the digest by which tasks are compared; the DAG, the
run and the task, for people and tools, cut if they are too long.

Jobs outlive deployments, so all later releases must read what a release has written: a change of the format gets a new
version, and `decode` keeps a reader for each. Version 1 had neither installation nor clears. An unknown version is that
of a later release; such a job counts as someone else's, which is neither waited for nor stopped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from trainspec.runtime.engine.identity import Label, Stay, TaskRun
from trainspec.runtime.engine.problems import Kind, TrainingProblem

VARIABLE: Final = "TRAINSPEC_TASK_RUN"
TAG: Final = "trainspec:task-run"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
MAX_VARIABLES, _MAX_VARIABLE = 100, 512
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
_MAX_TAGS, _MAX_TAG = 50, 256

_VERSION: Final = "2"
_FIELDS: Final = {"1": ("generation", "retries"), "2": ("installation", "generation", "clears", "retries")}
"""The parts of a TaskRun before the try, by version; after it, all versions have the same."""

Path: TypeAlias = Sequence[str | int]
"""The path to a part of a request: members, and positions in a list."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:+@-]")  # tags allow few characters, so "/" separates and "=" escapes
_ESCAPED = re.compile(r"(?:=[0-9A-F]{2})+")


def encode(label: Label, limit: int = _MAX_VARIABLE) -> str:
    """`label` as a string of at most `limit` characters, safe as the value of an environment variable and of a tag."""
    run = label.task_run
    numbers = (run.generation, run.clears, run.retries, label.try_number, run.map_index, run.started)
    head = "/".join((_VERSION, _escape(run.installation), *map(str, numbers), str(label.stay), label.digest))
    ids = [_escape(text) for text in (run.dag_id, run.run_id, run.task_id)]
    return "/".join((head, *_fit(ids, limit - len(head) - len(ids))))


def decode(text: str) -> Label | None:
    """Return the label that `encode` wrote, or None if `text` is not a label, or that of a later release."""
    version, *parts = text.split("/")
    names = _FIELDS.get(version, ())
    if not names or len(parts) != len(names) + 8:
        return None
    first = dict(zip(names, parts, strict=False))
    installation = _unescape(first.pop("installation", ""))
    try:
        known = {name: int(part) for name, part in first.items()}
        try_number, map_index, started = (int(part) for part in parts[len(names) : len(names) + 3])
        stay = Stay.read(parts[len(names) + 3])
    except ValueError:
        return None
    digest, *ids = parts[len(names) + 4 :]
    dag_id, run_id, task_id = map(_unescape, ids)
    run = TaskRun(dag_id, run_id, task_id, map_index, started=started, installation=installation, **known)
    return Label(run, try_number, digest, stay)


def sign(request: Mapping[str, Any], label: Label, member: Path = (), most: int = MAX_VARIABLES) -> dict[str, Any]:
    """Return a copy of `request` that carries `label`.

    `member` is the path to the map that has the Environment, `most` the limit on its variables.

    Raises a fatal `TrainingProblem` if the request has no room for it.
    """
    if not signs_by_tag(request, member, most):
        signed: dict[str, Any] = _with_variable(request, encode(label), member)
        return signed
    tags = [tag for tag in request.get("Tags") or [] if tag.get("Key") != TAG]
    if len(tags) >= _MAX_TAGS:
        raise TrainingProblem(
            Kind.FATAL,
            f"The request has no room for the identity of its task run: Environment is full or not allowed, and all "
            f"{_MAX_TAGS} tags are in use. Leave out one of them.",
        )
    return {**request, "Tags": [*tags, {"Key": TAG, "Value": encode(label, _MAX_TAG)}]}


def signs_by_tag(request: Mapping[str, Any], member: Path = (), most: int = MAX_VARIABLES) -> bool:
    """Whether `request` can carry an identity only in its tags: it is serverless, or its Environment is full.

    `request` may be a description, too.
    """
    others = {name for name in _environment(request, member) if name != VARIABLE}
    return "ServerlessJobConfig" in request or len(others) >= most


def signature(description: Mapping[str, Any], tags: Sequence[Mapping[str, str]], member: Path = ()) -> Label | None:
    """Return the label of a job, from its description and its tags (ListTags)."""
    text = _environment(description, member).get(VARIABLE)
    return decode(text or next((tag["Value"] for tag in tags if tag["Key"] == TAG), ""))


def found_at(request: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Return the map at `path` in a request, or in a description; an empty one if there is none."""
    found: Any = request
    for step in path:
        if isinstance(found, Mapping):
            found = found.get(str(step))
        else:
            known = isinstance(found, (list, tuple)) and isinstance(step, int) and step < len(found)
            found = found[int(step)] if known else None
    return found if isinstance(found, Mapping) else {}


def _environment(request: Mapping[str, Any], member: Path) -> Mapping[str, str]:
    return found_at(request, member).get("Environment") or {}


def _with_variable(request: Any, value: str, member: Path) -> Any:
    """A copy of `request` with the variable in the map at `member`, which is created if it is missing."""
    if not member:
        return {**request, "Environment": {**(request.get("Environment") or {}), VARIABLE: value}}
    step, *below = member
    if isinstance(step, int):
        return [_with_variable(each, value, below) if at == step else each for at, each in enumerate(request)]
    return {**request, step: _with_variable(request.get(step) or {}, value, below)}


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda match: "".join(f"={byte:02X}" for byte in match[0].encode("utf-8", "replace")), text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("=", "")).decode("utf-8", "replace"), text)


def _fit(texts: list[str], room: int) -> list[str]:
    """Cut `texts` to at most `room` characters in total; the longest are cut first, short ones stay complete."""
    longest = room
    while sum(min(len(text), longest) for text in texts) > room:
        longest -= 1
    return [text if len(text) <= longest else re.sub(r"=[0-9A-F]?$", "", text[:longest]) for text in texts]
