"""A version or tag that AWS did not publish for SageMaker.

Images whose tags end with `-ec2` or `-ecs` are for other services. AWS publishes only certain versions of its
algorithms and frameworks. SageMaker rejects the request, or the job fails before it starts.

https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import algorithms, frameworks, known_registry
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS822", "a tag that AWS did not publish for SageMaker", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.6-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""


_NUMBERED = ("sagemaker-xgboost", "sagemaker-scikit-learn")
"""Repositories whose tags begin with a version of the framework and one of the container: `1.7-1`."""
_FRAMEWORKS = ("pytorch-training", "tensorflow-training")
"""Repositories of which AWS skipped minor versions: there is no TensorFlow 2.15, 2.17 or 2.20, and no PyTorch 1.14."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the tag; a version that is newer than all that the table knows may exist."""
    registry = known_registry(job.text(*PLACE) or "")
    tag = registry.image.tag if registry else None
    if registry is None or tag is None:
        return
    if re.search(r"-(?:ec2|ecs|eks)(?:-v[0-9.]+)?$", tag):
        service = "EC2" if "-ec2" in tag else "ECS and EKS"
        meant = re.sub(r"-(?:ec2|ecs|eks)(?=-v|$)", "-sagemaker", tag)
        message = f"the image `{tag}` is for {service}, not for SageMaker"
        yield Found(job.origin(*PLACE), message, f"write `{meant}`")
        return
    known = [version for name in registry.names for version in _versions(name)]
    if gap := _gap(registry.image.repository, tag, known):
        yield Found(job.origin(*PLACE), *gap, fails_with="")
        return
    number = re.fullmatch(r"([0-9]+\.[0-9.]+-[0-9]+)(?:-[a-z0-9-]+)?", tag)
    if number and registry.image.repository in _NUMBERED and number[1] not in known:
        from trainspec.request.images.versions import nearest_versions, version_key

        newest = max(known, key=version_key, default="0")
        if version_key(number[1]) < version_key(newest):
            near = ", ".join(f"`{each}`" for each in nearest_versions(number[1], known))
            message = f"AWS has not published {registry.image.repository} {number[1]}"
            advice = f"the nearest versions are {near}, as of 2026-11"
            yield Found(job.origin(*PLACE), message, advice, fails_with="")


def _gap(repository: str, tag: str, known: list[str]) -> tuple[str, str] | None:
    """What is wrong with a tag whose version is between those of a framework, or not an algorithm's only one."""
    if known == ["1"] and re.fullmatch(r"[2-9]|[1-9][0-9]+", tag):
        return f"AWS has not published `{repository}:{tag}`, only `{repository}:1`", "write the tag `1` (as of 2026-11)"
    minor = re.match(r"[0-9]+\.[0-9]+(?=[.-])", tag) if repository in _FRAMEWORKS else None
    minors = {".".join(version.split(".")[:2]) for version in known} if minor else set()
    if minor is None or minor[0] in minors:
        return None
    from trainspec.request.images.end_of_support import last_patched
    from trainspec.request.images.versions import nearest_versions, version_key

    is_newer = version_key(minor[0]) > max(map(version_key, minors), default=())
    if is_newer or last_patched(repository.removesuffix("-training"), minor[0]):
        return None
    near = ", ".join(f"`{each}`" for each in nearest_versions(minor[0], minors))
    return f"AWS has not published {repository} {minor[0]}", f"the nearest versions are {near}, as of 2026-11"


def _versions(name: str) -> list[str]:
    known = algorithms().get(name) or frameworks().get(name)
    return [word for version in known.versions for word in (version.version, *version.aliases)] if known else []
