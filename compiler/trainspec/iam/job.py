"""A job as policies see it: the resources that its request names, as ARNs in which templates are wildcards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os.path import commonprefix
from typing import TYPE_CHECKING, Any

from trainspec.compose import handed_on
from trainspec.request.api.model import TUNING, operation_of
from trainspec.request.arn import partition
from trainspec.request.tuned import training_request
from trainspec.rules.support.view import JobView
from trainspec.templates.choices import OPERATOR as BEST
from trainspec.templates.literal import pieces

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_ECR = re.compile(r"([0-9*]+)\.dkr\.ecr(?:-fips)?\.([a-z0-9*-]+)\.[^/]+/([^:@]+)")
_SPECIAL = re.compile(r"[*?$]")


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `outputs` has the output path of each job of the spec by task id."""

    view: JobView
    outputs: Mapping[str, str]
    region: str
    account: str
    partition: str
    is_tuning: bool = False

    @property
    def role(self) -> str:
        """The ARN of its execution role, wildcards for templates."""
        return wild(str(self.view.request.get("RoleArn", "*")))

    @property
    def names(self) -> str:
        """The names that its training jobs may have: a retry or another job of the name adds a suffix."""
        return _end(wild(str(self.view.request.get("TrainingJobName", "*"))))

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in the job's region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def objects(self, uri: str) -> str | None:
        """The ARN of all objects at and below an S3 URI; None if it is not one."""
        place = self._place(uri)
        return f"arn:{self.partition}:s3:::{_end(place)}" if place else None

    def bucket(self, uri: str) -> str | None:
        """The ARN of the bucket of an S3 URI; None if it is not one."""
        place = self._place(uri)
        return f"arn:{self.partition}:s3:::{place.partition('/')[0]}" if place else None

    def _place(self, uri: str) -> str | None:
        """Bucket and key. What another job creates is below that job's output path."""
        makers = [name for name, _ in handed_on(uri)]
        if makers and uri.startswith("{{"):
            uri = self.outputs.get(makers[0], uri)
        shown = wild(uri)
        return shown.removeprefix("s3://") if shown.startswith("s3://") else "*" if shown.startswith("*") else None

    def repository(self) -> str | None:
        """The ARN of the ECR repository of its image; None if the image is not from ECR, or there is none."""
        image = self.view.member("AlgorithmSpecification", "TrainingImage")
        found = _ECR.match(wild(image)) if isinstance(image, str) else None
        return f"arn:{self.partition}:ecr:{found[2]}:{found[1]}:repository/{found[3]}" if found else None

    def texts(self, shape: str) -> Iterator[tuple[str, str]]:
        """The strings of a kind in its request, each with the top-level member that it is in."""
        yield from ((str(leaf.path[0]), leaf.text) for leaf in self.view.leaves if leaf.shape == shape)


def jobs_of(data: "SpecData", requests: Mapping[str, Mapping[str, Any]], region: str | None) -> Iterator[Job]:
    """The jobs of a spec: its validated `data` and the request of each. `region` is for those that name none."""
    trainings = {name: training_request(request) for name, request in requests.items()}
    paths = {name: (request.get("OutputDataConfig") or {}).get("S3OutputPath") for name, request in trainings.items()}
    outputs = {name: path for name, path in paths.items() if isinstance(path, str)}
    outputs |= dict(_of_choices(data, outputs))
    for name, whole in requests.items():
        request = trainings[name]
        view = JobView(name, data["jobs"][name], request, data.get("dag", {}))
        role = str(request.get("RoleArn", "")).split(":")
        image = _ECR.match(str(view.member("AlgorithmSpecification", "TrainingImage") or ""))
        where = view.region or region or (image[2] if image else "*")
        owner = role[4] if len(role) > 4 and role[4].isdigit() else "*"
        yield Job(view, outputs, where, owner, partition(where), operation_of(whole) == TUNING)


def _of_choices(data: "SpecData", outputs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The outputs of the points among which each task chooses, as one; a template if they differ."""
    for name, task in (data.get("tasks") or {}).items():
        if task.get("operator") == BEST:
            points = [path for job, path in outputs.items() if job.startswith(f"{task['depends_on']}.")]
            shared = commonprefix(points)  # noqa: RUF071  # of the texts: S3 has no folders
            if shared.startswith("s3://"):
                yield name, shared if len({*points}) == 1 else f"{shared}{{{{ any }}}}"


def wild(text: str) -> str:
    """`text` for a policy: templates as wildcards, and characters that would be wildcards as themselves."""
    parts = (_SPECIAL.sub(r"${\g<0>}", piece) if is_literal else "*" for piece, is_literal in pieces(text))
    return re.sub(r"(?<!\{)\*(?:\*)+", "*", "".join(parts))


def _end(text: str) -> str:
    return text if text.endswith("*") else f"{text}*"
