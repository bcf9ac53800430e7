"""The codecs of single fields: the role, the images by name, script mode."""

import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import codes
from trainspec.request.arn import role_arn
from trainspec.request.codecs import AS_IS, Assignment, Lowered, ToText
from trainspec.request.texts import natural_text
from trainspec.templates.literal import pieces
from trainspec.text.fault import Fault
from trainspec.text.tree import Path
from trainspec.units import is_template

if TYPE_CHECKING:
    from trainspec.language.data import JobData


class Role:
    """The execution role: an ARN, or a bare name in the job's account."""

    def lower(self, value: str, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment."""
        yield Assignment(member, role_arn(value, job.get("account"), job.get("region")), field)

    def lift(self, value: str, as_text: ToText) -> str:
        """The ARN."""
        return as_text(value)


class OfS3:
    """A detail of how SageMaker reads S3, which a channel with another source of data cannot have."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment, or that the channel reads no S3."""
        channel: Any = job
        for step in field[:-1]:
            channel = channel[step]
        other = next((each for each in ("file_system", "dataset") if channel.get(each) is not None), None)
        if other is None or any(channel.get(each) is not None for each in _SOURCES_IN_S3):
            yield Assignment(member, value, field)
            return
        message = f"`{field[-1]}` applies to data in S3, but the channel has `{other}`"
        yield Fault(codes.CONFLICT, field, message, "remove it", on_key=True)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The value as a spec writes it."""
        return AS_IS.lift(value, as_text)


_SOURCES_IN_S3 = ("s3", "manifest", "augmented_manifest", "converse")


class Words:
    """The words of a command: a list, or a string that is split as in a shell. A template is never split."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment, or why the string cannot be split."""
        if isinstance(value, list):
            yield Assignment(member, [str(word) for word in value], field)
            return
        try:
            yield Assignment(member, split_words(value), field)
        except ValueError as error:
            message = f"`{field[-1]}` cannot be split into words: {str(error).lower()}"
            yield Fault(codes.MALFORMED, field, message, "close the quote, or write a list")

    def lift(self, value: list[str], as_text: ToText) -> list[Any]:
        """The list."""
        return [natural_text(as_text(word)) for word in value]


def split_words(text: str) -> list[str]:
    """`text` split as in a POSIX shell, with each template as one character of a word. Raises ValueError."""
    templates: list[str] = []

    def hidden(piece: str) -> str:
        templates.append(piece)
        return f"\U0010fffd{len(templates) - 1}\U0010fffd"

    shown = "".join(piece if literal else hidden(piece) for piece, literal in pieces(text))
    restored = re.compile("\U0010fffd([0-9]+)\U0010fffd")
    return [restored.sub(lambda found: templates[int(found[1])], word) for word in shlex.split(shown)]


class Framework:
    """`framework: {name, version, python}`: the image of AWS for it, in the job's region and for its machines."""

    def lower(self, value: Mapping[str, Any], member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment, or why there is no such image."""
        from trainspec.request.images import resolve_framework

        names = ("python", "pytorch", "tensorflow")
        answer = resolve_framework(
            value.get("name", ""),
            value.get("version"),
            region=job.get("region"),
            instance_type=instance_type(job),
            **{name: value.get(name) for name in names},
        )
        yield _image(answer, member, field, value)

    def lift(self, value: Any, as_text: ToText) -> None:
        """Nothing: an image stays an image."""


class Algorithm:
    """`algorithm: xgboost@1.7-1`: the image of a built-in algorithm. Without `@` it is AlgorithmName."""

    def lower(self, value: str, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment, or why there is no such image."""
        name, at, version = value.partition("@")
        if not at or is_template(value):
            yield Assignment((*member[:-1], "AlgorithmName"), value, field)
            return
        from trainspec.request.images import resolve_algorithm

        answer = resolve_algorithm(name, version or None, region=job.get("region"), instance_type=instance_type(job))
        yield _image(answer, (*member[:-1], "TrainingImage"), field, {})

    def lift(self, value: str, as_text: ToText) -> str:
        """The algorithm's name or ARN."""
        return as_text(value)


def instance_type(job: "JobData") -> str | None:
    """The first instance type that a job names; None if it names none, or one that only the task run knows."""
    resources = job.get("resources") or {}
    groups, preferences = resources.get("groups") or (), resources.get("preferences") or ()
    structures = [resources, *(groups.values() if isinstance(groups, Mapping) else groups), *preferences]
    named = (each.get("instance_type") for each in structures if isinstance(each, Mapping))
    known = next((each for each in named if isinstance(each, str)), None)
    return None if is_template(known) else known


def _image(answer: Any, member: Path, field: Path, value: Mapping[str, Any]) -> Assignment | Fault:
    if isinstance(answer, str):
        return Assignment(member, answer, field)
    at = (*field, answer.field) if answer.field in value else field
    return Fault(codes.NO_IMAGE, at, answer.message, answer.advice)
