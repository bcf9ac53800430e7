"""Whether the image, the data, the keys and the source of a job exist."""

from collections.abc import Iterator
from typing import Any

from trainspec.diagnostics import codes
from trainspec.preflight.model import Checked, Found, not_checked
from trainspec.request.images.registries import ecr_image, own_accounts
from trainspec.templates import has_template
from trainspec.text.tree import Path

_IMAGE: Path = ("AlgorithmSpecification", "TrainingImage")
_GONE = ("404", "NoSuchBucket", "NoSuchKey", "NotFound")


def check_image(checked: Checked) -> Iterator[Found]:
    """The image of the job, if it is in an ECR registry that is not one of AWS's own."""
    text = checked.job.view.text(*_IMAGE)
    image = ecr_image(text) if text else None
    if image is None or not image.repository or image.account in own_accounts():
        return
    wanted = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag or "latest"}
    answer = checked.account.ask(
        "ecr", "describe_images", image.region,
        registryId=image.account, repositoryName=image.repository, imageIds=[wanted],
    )  # fmt: skip
    if answer.error == "RepositoryNotFoundException":
        message = f"there is no repository `{image.repository}` in the registry of {image.account} ({image.region})"
        yield Found(codes.NO_SUCH_IMAGE, _IMAGE, message, "create it and push the image, or correct the image URI")
    elif answer.error == "ImageNotFoundException" or (not answer.error and not answer.data.get("imageDetails")):
        message = f"the repository `{image.repository}` has no image `{image.digest or image.tag or 'latest'}`"
        yield Found(codes.NO_SUCH_IMAGE, _IMAGE, message, "push the image, or use an existing tag")
    elif answer.error:
        yield not_checked(_IMAGE, "whether the image exists", ("ecr", "describe_images"), answer)


def check_data(checked: Checked) -> Iterator[Found]:
    """The buckets that the request names, and whether there is something where the job reads."""
    seen: set[str] = set()
    for leaf in checked.job.view.leaves:
        if leaf.shape != "S3Uri" or not leaf.text.startswith("s3://"):
            continue
        bucket, _, key = leaf.text.removeprefix("s3://").partition("/")
        if has_template(bucket):
            continue
        is_sound = True
        if bucket not in seen:
            seen.add(bucket)
            for found in _bucket(checked, bucket, leaf.path):
                is_sound = False
                yield found
        if leaf.path[0] == "InputDataConfig" and is_sound and not has_template(key):
            yield from _prefix(checked, bucket, key, leaf.path)


def _bucket(checked: Checked, bucket: str, member: Path) -> Iterator[Found]:
    answer = checked.ask("s3", "head_bucket", Bucket=bucket)
    here = answer.region
    if answer.error in _GONE:
        yield Found(codes.NO_BUCKET, member, f"there is no bucket `{bucket}`", "create it, or correct its name")
    elif here and checked.region and here != checked.region:
        message = f"the bucket `{bucket}` is in {here}, and the job runs in {checked.region}"
        yield Found(
            codes.BUCKET_ELSEWHERE, member, message, "SageMaker requires both in the same region: use a bucket there"
        )
    elif answer.error:
        yield not_checked(member, f"whether you can access the bucket `{bucket}`", ("s3", "head_bucket"), answer)


def _prefix(checked: Checked, bucket: str, key: str, member: Path) -> Iterator[Found]:
    answer = checked.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=key, MaxKeys=1)
    if answer.error:
        yield not_checked(member, "whether there is data", ("s3", "list_objects_v2"), answer)
    elif not answer.data.get("KeyCount", len(answer.data.get("Contents", ()))):
        message = f"there is nothing at s3://{bucket}/{key}"
        yield Found(
            codes.EMPTY_PREFIX,
            member,
            message,
            "the job fails while it downloads its data, unless the data arrives before",
        )


def check_keys(checked: Checked) -> Iterator[Found]:
    """The KMS keys of output and volumes."""
    for member in (("OutputDataConfig", "KmsKeyId"), ("ResourceConfig", "VolumeKmsKeyId")):
        key = checked.job.view.text(*member)
        if not key:
            continue
        answer = checked.ask("kms", "describe_key", KeyId=key)
        if answer.error in ("NotFoundException", "InvalidArnException"):
            message = f"there is no key `{key}` in {checked.region or 'this region'}"
            yield Found(codes.NO_KEY, member, message, "a key belongs to one region: use a key in the job's region")
        elif answer.error:
            yield not_checked(member, "whether the key can be used", ("kms", "describe_key"), answer)
        elif (state := (answer.data.get("KeyMetadata") or {}).get("KeyState")) != "Enabled":
            message = f"the key is not enabled: its state is {state}"
            yield Found(codes.KEY_DISABLED, member, message, "enable it, cancel its deletion, or use another one")


def check_source(checked: Checked) -> Iterator[Found]:
    """The archive of the job's source."""
    if checked.archive is None:
        return
    bucket, _, key = checked.archive.removeprefix("s3://").partition("/")
    answer = checked.ask("s3", "head_object", Bucket=bucket, Key=key)
    member: Path = ("HyperParameters", "sagemaker_submit_directory")
    if answer.error in _GONE:
        yield Found(codes.NOT_PUSHED, member, f"the source is not at {checked.archive}", "run `trainspec push`")
    elif answer.error:
        yield not_checked(member, "whether the source was pushed", ("s3", "head_object"), answer)


def check_plan(checked: Checked) -> Iterator[Found]:
    """The training plan of the job."""
    member: Path = ("ResourceConfig", "TrainingPlanArn")
    arn: Any = checked.job.view.text(*member)
    if not arn:
        return
    answer = checked.ask("sagemaker", "describe_training_plan", TrainingPlanName=arn.rpartition("/")[2])
    if answer.error in ("ResourceNotFound", "ResourceNotFoundException", "ValidationException"):
        yield Found(codes.NO_PLAN, member, "there is no such training plan", "correct its ARN, or buy the plan")
    elif answer.error:
        yield not_checked(
            member, "whether the training plan is active", ("sagemaker", "describe_training_plan"), answer
        )
    elif (status := answer.data.get("Status")) != "Active":
        yield Found(
            codes.NO_PLAN, member, f"the training plan is not active: it is {status}", "wait for its start date"
        )
